from datetime import timedelta

import phonenumbers

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import SQL, consteq

from ..utils import hash_secret, new_token, own_transaction

OPEN_FOR = timedelta(hours=1)


class CustomerNumberChange(models.Model):
    """A contact takes another number for codes: a code to the old one, then to the new one.

    The new number gets nothing before the old one is proven, so that an open session
    cannot send SMS to numbers of its choice. Each code is a ``customer.sms.challenge``
    with the limits of any other.
    """

    _name = "customer.number.change"
    _description = "Change of the number for codes"
    _order = "id desc"

    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True)
    access_id = fields.Many2one("customer.access", required=True, ondelete="cascade", index=True)
    number = fields.Char(required=True, help="The new number, in international form.")
    secret_hash = fields.Char(required=True, groups=fields.NO_ACCESS)
    old_challenge_id = fields.Many2one("customer.sms.challenge", ondelete="cascade")
    new_challenge_id = fields.Many2one("customer.sms.challenge", required=True, ondelete="cascade")
    applied_at = fields.Datetime()

    @api.model
    def _begin(self, access, typed, assurance):
        """Begin a change for the browser at hand. Nothing is sent yet.

        Without a number on record there is no old one to prove. Then it takes level
        ``account``: whoever came by a link has nothing else that is the contact's own. The
        person in charge is told in any case.

        :param access: the access whose page it is
        :param str typed: the new number
        :param str assurance: the level the visitor has reached
        :raises UserError: with a sentence for the contact
        """
        number = self._check_number(access, typed, assurance)
        Challenge = self.env["customer.sms.challenge"]
        no_link, old = self.env["customer.access.link"], Challenge
        if access.code_number:
            old, _secret = Challenge._open(access.partner_id, access, no_link, purpose="old_number")
        new, _secret = Challenge._open(
            access.partner_id, access, no_link, purpose="new_number", number=number
        )
        secret = new_token()
        change = self.create(
            {
                "partner_id": access.partner_id.id,
                "access_id": access.id,
                "number": number,
                "secret_hash": hash_secret(self.env, None, secret),
                "old_challenge_id": old.id,
                "new_challenge_id": new.id,
            }
        )
        request.session["customer_number"] = {"id": change.id, "secret": secret}

    @api.model
    def _check_number(self, access, typed, assurance):
        """Return the number typed in E.164, if it may become the one for codes.

        :raises UserError: with a sentence for the contact
        """
        partner, company = access.partner_id, access.company_id
        in_charge = access.person_in_charge_id.name or company.name
        if not access.code_number and assurance != "account":
            raise UserError(
                self.env._(
                    "We have no number of yours to which we could send a code first. Please ask "
                    "%(name)s to put your number in.",
                    name=in_charge,
                )
            )
        number = partner.with_env(self.env)._customer_check_mobile(typed, company)
        if not number:
            raise UserError(self.env._("Please type your new mobile number."))
        number = phonenumbers.format_number(
            phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.E164
        )
        if number == access.code_number:
            raise UserError(self.env._("Your codes go to this number already."))
        if not self.env["customer.sms.challenge"]._may_go_to(number, company):
            raise UserError(
                self.env._(
                    "We cannot send SMS to this country. Please ask %(name)s.", name=in_charge
                )
            )
        return number

    @api.model
    def _resume(self, access):
        """Return the change that this browser has begun, if it may go on.

        :param access: the access whose page it is
        """
        kept = (request and request.session.get("customer_number")) or {}
        change = self.browse(kept.get("id")).exists()
        if (
            change
            and consteq(change.secret_hash, hash_secret(self.env, None, kept["secret"]))
            and change.partner_id == access.partner_id
            and change.access_id == access.with_context(customer_opened=None)
            and not change.applied_at
            and change.create_date > fields.Datetime.now() - OPEN_FOR
            and change._is_current()
        ):
            return change
        return self.browse()

    def _is_current(self):
        """Say whether the number on record is still the one that was to be replaced."""
        return (self.old_challenge_id.number or False) == (self.access_id.code_number or False)

    def _challenge(self):
        """Return the code to be shown next: the old number's, then the new one's."""
        old = self.old_challenge_id
        return old if old and not old.consumed_at else self.new_challenge_id

    def _view(self):
        """Return what the page shows of this change.

        :return: as ``customer.sms.challenge._view``, and ``step`` (``old`` or ``new``)
        :rtype: dict
        """
        challenge = self._challenge()
        return {
            **challenge._view(),
            "step": "new" if challenge == self.new_challenge_id else "old",
            "steps": 2 if self.old_challenge_id else 1,
        }

    def _send(self):
        """Send the code that is to be shown next.

        :return: as ``customer.sms.challenge._send``
        :rtype: str
        """
        self.ensure_one()
        return self._challenge()._send()["status"]

    def _try(self, code):
        """Try the code that is to be shown next; after the last one, change the number.

        :param str code: what was typed
        :return: ``changed``, ``next``, ``stale`` (the number on record is another one
            meanwhile), or as ``customer.sms.challenge._try``
        :rtype: str
        """
        self.ensure_one()
        challenge = self._challenge()
        is_last = challenge == self.new_challenge_id
        status = challenge._try(code)["status"]
        if status != "ok":
            return status
        if not is_last:
            return "next"
        return "changed" if self._apply() else "stale"

    def _apply(self):
        """Take the new number, once, if all that was to be proven is.

        :rtype: bool
        """
        with own_transaction(self.env) as env:
            env.cr.execute(
                SQL(
                    """
                    UPDATE customer_number_change change SET applied_at = %(now)s
                      FROM customer_sms_challenge new
                     WHERE change.id = %(id)s AND change.applied_at IS NULL
                       AND new.id = change.new_challenge_id AND new.consumed_at IS NOT NULL
                       AND NOT EXISTS (
                            SELECT FROM customer_sms_challenge old
                             WHERE old.id = change.old_challenge_id AND old.consumed_at IS NULL)
                    RETURNING change.id
                    """,
                    now=fields.Datetime.now(),
                    id=self.id,
                )
            )
            if not env.cr.fetchone():
                return False
            change = self.with_env(env)
            partner = change.partner_id
            env.cr.execute(
                "SELECT id FROM res_partner WHERE id = %s FOR NO KEY UPDATE", [partner.id]
            )
            if not change._is_current() or change.access_id._closed():
                return False
            partner._customer_take_number(change.number)
            change._tell()
        self.env.invalidate_all()
        if request:
            request.session.pop("customer_number", None)
        return True

    def _tell(self):
        """Let the person in charge know; the contact hears of it by mail anyway."""
        access = self.access_id
        lang = access.person_in_charge_id.lang or access.company_id.partner_id.lang
        env = self.with_context(lang=lang).env
        text = env._(
            "%(contact)s has another number for codes, proven by a code: %(number)s",
            contact=self.partner_id.name,
            number=f"•••• {self.number[-2:]}",
        )
        if not self.old_challenge_id:
            access._tell(
                None,
                env._("%(contact)s has put in a number for codes", contact=self.partner_id.name),
                env._("There was none before. If you did not expect it, call and ask."),
            )
        access._target()._message_log(body=text, author_id=self.partner_id.id)

    @api.autovacuum
    def _gc_changes(self):
        limit = fields.Datetime.now() - timedelta(days=1)
        self.search([("create_date", "<", limit)]).unlink()
