from datetime import timedelta

from odoo import api, fields, models
from odoo.http import request
from odoo.tools import SQL, consteq

from ..utils import (
    CODE_MINUTES,
    CODE_TRIES,
    LIMITS,
    hash_secret,
    new_code,
    new_token,
    own_transaction,
)


class CustomerSmsChallenge(models.Model):
    """One browser that must show a code from an SMS: for a link, or after a password.

    The challenge is locked by wrong tries, never the account.
    """

    _name = "customer.sms.challenge"
    _description = "Code by SMS"
    _order = "id desc"

    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True)
    access_id = fields.Many2one("customer.access", ondelete="cascade", index=True)
    link_id = fields.Many2one("customer.access.link", ondelete="cascade", index=True)
    publication_id = fields.Many2one(
        "customer.publication", ondelete="set null", help="Where the code leads, if to one."
    )
    section = fields.Char(help="The part of the workspace that the code leads to.")
    number = fields.Char(required=True)
    secret_hash = fields.Char(required=True, groups=fields.NO_ACCESS)
    code_hash = fields.Char(groups=fields.NO_ACCESS)
    sent_at = fields.Datetime()
    expires_at = fields.Datetime()
    tries = fields.Integer()
    consumed_at = fields.Datetime(help="When the right code was typed.")
    passed_at = fields.Datetime(help="When that opened the session.")
    failed_at = fields.Datetime(help="When the gateway last did not take a code.")
    closed_at = fields.Datetime(help="When the visitor said: not me, or not my number.")

    # ------------------------------------------------------------
    # LIFE: open, send, try, pass
    # ------------------------------------------------------------

    @api.model
    def _open(self, partner, access, link, page=None, **values):
        """Begin a challenge for the browser at hand. Nothing is sent yet.

        :param partner: whose number is asked
        :param access: the access it is for
        :param link: the link it came by; empty after a password
        :param dict page: where it leads, see ``customer.access._return_page``
        :param values: what the code proves, if not who comes in
        :return: the challenge and the secret that ties it to the browser
        :rtype: tuple
        """
        secret = new_token()
        challenge = self.create(
            {
                "partner_id": partner.id,
                "access_id": access.id,
                "link_id": link.id,
                "number": access.code_number or "",
                "secret_hash": hash_secret(self.env, None, secret),
                **(page or {}),
                **values,
            }
        )
        return challenge, secret

    @api.model
    def _resume(self, challenge_id, secret):
        """Return the challenge of this browser, if it still may go on.

        :param int challenge_id: kept in the browser's session
        :param str secret: kept there, too
        """
        challenge = self.browse(challenge_id).exists()
        link = challenge.link_id
        inside = bool(request) and self.env["ir.http"]._customer_is_in(link)
        if (
            challenge
            and consteq(challenge.secret_hash, hash_secret(self.env, None, secret or ""))
            and not challenge.passed_at
            and not (link and link._refusal(inside))
        ):
            return challenge
        return self.browse()

    def _view(self):
        """Return what the code page shows.

        :return: ``state`` (``new``, ``sent``, ``dead``, ``expired``, ``number``, ``closed``),
            ``masked``, ``sent``, ``wait`` (seconds), ``tries_left``, and the records
            ``access``, ``partner``, ``company``
        :rtype: dict
        """
        self.ensure_one()
        return {
            "state": self._state(),
            "masked": f"•••• {self.number[-2:]}" if self.number else "",
            "sent": bool(self.sent_at),
            "wait": self.env["customer.quota"]._wait("sms_pause", self._pause_key()),
            "tries_left": CODE_TRIES - (self.tries or 0),
            "access": self.access_id,
            "partner": self.partner_id,
            "company": self.access_id.company_id,
        }

    def _state(self):
        if self.closed_at:
            return "closed"
        if not self.number or self.number != self._expected_number():
            return "number"
        if not self._may_go_to(self.number, self.access_id.company_id):
            return "number"
        if not self.sent_at:
            return "new"
        if self.expires_at <= fields.Datetime.now():
            return "expired"
        return "dead" if self.tries >= CODE_TRIES else "sent"

    def _send(self):
        """Send a fresh code; the one before is dead from now on.

        Each limit is counted and committed before anything leaves.

        :return: ``status`` (``sent``, ``wait``, ``limit``, ``gateway``, ``number``) and
            ``wait`` in seconds
        :rtype: dict
        """
        self.ensure_one()
        if self._state() in ("number", "closed"):
            return {"status": "number", "wait": 0}
        quota, pause_key = self.env["customer.quota"], self._pause_key()
        if wait := quota._take("sms_pause", pause_key):
            return {"status": "wait", "wait": wait}
        if wait := self._take_budget():
            return {"status": "limit", "wait": wait}
        code, now = new_code(), fields.Datetime.now()
        with own_transaction(self._company_env()) as env:
            env.cr.execute(
                SQL(
                    """
                    UPDATE customer_sms_challenge
                       SET code_hash = %(hash)s, sent_at = %(now)s, expires_at = %(end)s,
                           tries = 0
                     WHERE id = %(id)s AND consumed_at IS NULL RETURNING id
                    """,
                    hash=hash_secret(env, self.id, code),
                    now=now,
                    end=now + timedelta(minutes=CODE_MINUTES),
                    id=self.id,
                )
            )
            arrived = bool(env.cr.fetchone()) and self._deliver(env, code)
            if not arrived:
                self.with_env(env).write({"sent_at": False, "code_hash": False, "failed_at": now})
            env["customer.access.event"]._log(
                "code_sent" if arrived else "code_failed", self.access_id
            )
        self.invalidate_recordset()
        if not arrived:
            self._tell_gateway()
            quota._give_back("sms_pause", pause_key)  # one may try again at once
            return {"status": "gateway", "wait": 0}
        return {"status": "sent", "wait": LIMITS["sms_pause"].seconds}

    def _tell_gateway(self):
        """Tell who invited, once an hour, that a code could not be sent."""
        if not self.env["customer.quota"]._take("limit_alert", f"gateway-{self.access_id.id}"):
            summary = self.env._(
                "The SMS to %(contact)s was not sent", contact=self.partner_id.name
            )
            self.access_id._tell(self.access_id.invited_by_id, summary)

    def _take_budget(self):
        """Count one SMS against each budget; return the seconds to wait if one is used up."""
        quota, company = self.env["customer.quota"], self.access_id.company_id
        address = request.httprequest.remote_addr if request else None
        wait = (
            quota._take("sms_contact", self.partner_id.id)
            or quota._take_address("sms_address", address)
            or quota._take("sms_company", company.id, company.customer_sms_hourly_limit)
        )
        if wait and not quota._take("limit_alert", f"sms-{self.partner_id.id}"):
            self.env["customer.access.event"]._log_at_once("limit_hit", self.access_id, "sms")
            self.access_id._tell(
                None,
                self.env._("Limit of SMS codes reached: %(contact)s", contact=self.partner_id.name),
            )
        return wait

    def _company_env(self):
        """Return the environment with the company that the code is from."""
        return self.with_company(self.access_id.company_id).env

    def _deliver(self, env, code):
        """Hand the code to the SMS gateway and forget it.

        :param env: of a transaction of its own, in which nothing else was read
        :return: whether the gateway took it
        :rtype: bool
        """
        access = self.access_id
        lang_self = self.with_context(lang=access._invitation_lang())
        body = lang_self.env._(
            "%(code)s is your code for %(company)s. It is valid for %(minutes)s minutes. "
            "Pass it on to nobody.",
            code=code,
            company=access.company_id.name,
            minutes=CODE_MINUTES,
        )
        sms = env["sms.sms"].create(
            {"number": self.number, "body": body, "partner_id": self.partner_id.id}
        )
        sms.send()
        arrived = sms.state in ("pending", "process", "sent")
        sms.unlink()  # with its body: core keeps it until the next vacuum, or for good
        return arrived

    def _try(self, code):
        """Try a code. Count, compare and consume are one step that nothing takes back.

        :param str code: what was typed; blanks do not count
        :return: ``status`` (``ok``, ``wrong``, ``dead``, ``expired``, or ``switch`` when
            somebody else has signed in here meanwhile) and ``tries_left``
        :rtype: dict
        """
        self.ensure_one()
        if self.link_id and request and self.env["ir.http"]._customer_must_ask(self.partner_id):
            return {"status": "switch", "tries_left": CODE_TRIES - self.tries}
        typed, now = "".join((code or "").split()), fields.Datetime.now()
        number, access = self._expected_number(), self.access_id
        with own_transaction(self._company_env()) as env:
            env.cr.execute(
                SQL(
                    """
                    UPDATE customer_sms_challenge SET tries = COALESCE(tries, 0) + 1
                     WHERE id = %s AND COALESCE(tries, 0) < %s AND code_hash IS NOT NULL
                       AND consumed_at IS NULL AND closed_at IS NULL
                    RETURNING code_hash, number, expires_at, tries
                    """,
                    self.id,
                    CODE_TRIES,
                )
            )
            row = env.cr.fetchone()
            code_hash, sent_to, expires_at, tries = row or (None, None, None, CODE_TRIES)
            if not row or sent_to != number:
                status = "dead"
            elif expires_at <= now:
                status = "expired"
            elif not consteq(code_hash, hash_secret(env, self.id, typed)):
                status = "wrong" if tries < CODE_TRIES else "dead"
            else:
                self.with_env(env).consumed_at = now
                status = "ok"
            event = "code_passed" if status == "ok" else "code_wrong"
            env["customer.access.event"]._log(event, access, status)
        self.invalidate_recordset()
        return {"status": status, "tries_left": CODE_TRIES - tries}

    def _pass(self, redirect=None):
        """Open the session of the contact whose code was right, once.

        :param str redirect: a local path to go to, after a password sign-in
        :return: the local path to go to, or ``False`` when it was used already
        :rtype: str | bool
        """
        self.ensure_one()
        access, link = self.access_id, self.link_id
        with own_transaction(self.env) as env:
            env.cr.execute(
                SQL(
                    """
                    UPDATE customer_sms_challenge SET passed_at = %s
                     WHERE id = %s AND consumed_at IS NOT NULL AND passed_at IS NULL
                       AND purpose = 'enter'
                    RETURNING id
                    """,
                    fields.Datetime.now(),
                    self.id,
                )
            )
            if not env.cr.fetchone() or (access._closed() and link):
                return False
        ir_http = self.env["ir.http"]
        if not link:
            ir_http._customer_finish_sign_in()
            return redirect or access._path()
        with own_transaction(self.env) as env:
            user_id = (
                self.partner_id.with_env(env)._customer_user(access.company_id.with_env(env)).id
            )
        # The user may be new: go on with a snapshot that has it, as core does.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        ir_http._customer_finish(self.env["res.users"].browse(user_id), link)
        access._seen()
        return access._return_path(
            {"publication_id": self.publication_id.id, "section": self.section}
        )

    @api.model
    def _void(self, partners):
        """Let the codes on their way to these contacts die; they may ask for another.

        :param partners: the contacts
        """
        self.search(
            [
                ("partner_id", "in", partners.ids),
                ("consumed_at", "=", False),
                ("code_hash", "!=", False),
            ]
        ).write({"code_hash": False, "expires_at": fields.Datetime.now()})

    def _report(self, what):
        """Close the challenge and tell the person in charge why.

        :param str what: ``not_me`` or ``wrong_number``
        """
        self.ensure_one()
        with own_transaction(self.env) as env:
            self.with_env(env).closed_at = fields.Datetime.now()
            env["customer.access.event"]._log(what, self.access_id.with_env(env))
        name = self.partner_id.name
        summary = (
            self.env._("Somebody else opened the link of %(contact)s", contact=name)
            if what == "not_me"
            else self.env._("%(contact)s has a new number for codes", contact=name)
        )
        self.access_id._tell(None, summary)

    @api.autovacuum
    def _gc_challenges(self):
        limit = fields.Datetime.now() - timedelta(days=1)
        self.search([("create_date", "<", limit)]).unlink()
