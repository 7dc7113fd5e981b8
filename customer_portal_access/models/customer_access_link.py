from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import SQL

from ..utils import hash_secret, new_token, own_transaction


class CustomerAccessLink(models.Model):
    """A token for one access. The database keeps its hash only."""

    _name = "customer.access.link"
    _inherit = ["customer.state.mixin"]
    _description = "Customer link"
    _order = "id desc"
    _rec_name = "access_id"

    access_id = fields.Many2one(
        "customer.access", required=True, readonly=True, ondelete="cascade", index=True
    )
    publication_id = fields.Many2one(
        "customer.publication",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="What it leads to; empty: the workspace.",
    )
    section = fields.Char(
        readonly=True, help="The part of the workspace that it leads to; empty: its beginning."
    )
    partner_id = fields.Many2one(related="access_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="access_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [("login_free", "Login-free link"), ("invitation", "Invitation")],
        required=True,
        readonly=True,
    )
    requires_code = fields.Boolean(
        readonly=True, help="Asks for a code by SMS: the rule when it was made."
    )
    channel = fields.Selection([("mail", "Mail"), ("copy", "Copied")], required=True, readonly=True)
    token_hash = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    epoch = fields.Integer(readonly=True, help="The company's count of switching login-free off.")
    expires_at = fields.Datetime(readonly=True, help="Empty: never.")
    revoked_at = fields.Datetime(readonly=True)
    used_at = fields.Datetime(readonly=True, help="When it was used up by choosing a password.")
    first_used_at = fields.Datetime(readonly=True)
    last_used_at = fields.Datetime(readonly=True)
    use_count = fields.Integer(readonly=True)
    is_off = fields.Boolean(
        compute="_compute_is_off",
        search="_search_is_off",
        compute_sudo=True,
        help="The company has switched login-free links off since it was made.",
    )
    state = fields.Selection(
        [
            ("live", "Live"),
            ("expired", "Expired"),
            ("used", "Used up"),
            ("off", "Switched off"),
            ("revoked", "Revoked"),
        ],
        compute="_compute_state",
        search="_search_state",
    )

    _token_hash_unique = models.UniqueIndex("(token_hash)")

    # ------------------------------------------------------------
    # VALIDITY
    # ------------------------------------------------------------

    @api.model
    def _dead_domains(self):
        """Return what makes a link dead: a domain a code, the first that matches.

        :rtype: dict[str, Domain]
        """
        return {
            "revoked": Domain("revoked_at", "!=", False),
            "used": Domain("used_at", "!=", False),
            "off": Domain("is_off", "=", True),
            "expired": Domain("expires_at", "<=", fields.Datetime.now()),
        }

    @api.depends(
        "kind",
        "epoch",
        "company_id.active",
        "company_id.customer_login_free",
        "company_id.customer_login_free_epoch",
    )
    def _compute_is_off(self):
        # of a company only what is asked: it is wide, and this is asked at every request
        self.company_id.fetch(["active", "customer_login_free", "customer_login_free_epoch"])
        for link in self:
            company = link.company_id
            link.is_off = link.kind == "login_free" and not (
                company.active
                and company.customer_login_free
                and company.customer_login_free_epoch == link.epoch
            )

    def _search_is_off(self, operator, value):
        if operator != "in":
            return NotImplemented
        companies_sudo = self.env["res.company"].sudo()  # as the field is computed
        on = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("epoch", "=", company.customer_login_free_epoch)
            for company in companies_sudo.search([("customer_login_free", "=", True)])
        )
        off = Domain("kind", "=", "login_free") & ~on
        return off if True in value else ~off

    def _state_codes(self):
        """Return why links are dead, by id; asked anew, since a switch may have been thrown."""
        return self._first_match(self._dead_domains())

    @api.model
    def _state_domains(self):
        return {**self._dead_domains(), "live": Domain.TRUE}

    @api.depends("revoked_at", "used_at", "expires_at", "kind", "epoch")
    def _compute_state(self):
        states = self._first_match(self._state_domains())
        for link in self:
            link.state = states[link._ids[0]]

    def _alive(self):
        """Return the links of these that still work by themselves."""
        dead = self._state_codes()
        return self.filtered(lambda link: link.id not in dead)

    def _refusal(self, inside=False):
        """Return why this link lets nobody in, or ``False``.

        :param bool inside: the visitor is in by it: its end closes the door, not the rooms
        :rtype: str | bool
        """
        if not self:
            return "unknown"
        dead = self._state_codes().get(self.id)
        if dead and not (inside and dead == "expired"):
            return dead
        if closed := self.access_id._closed():
            return closed
        if self._asks_code() and not self.access_id.code_number:
            return "number"
        return False

    def _asks_code(self):
        """Say whether a code opens it: by the rule it was made with, or the role's since.

        :rtype: bool
        """
        role_asks = self.kind == "login_free" and self.access_id.role_id.requires_code
        return self.requires_code or role_asks

    # ------------------------------------------------------------
    # LIFE
    # ------------------------------------------------------------

    @api.model
    def _issue(self, access, kind, channel, publication=None, section=None):
        """Make a link.

        :param access: the access it opens
        :param str kind: ``login_free`` or ``invitation``
        :param str channel: ``mail`` or ``copy``
        :param publication: the ``customer.publication`` it leads to, if any
        :param str section: the part of the workspace that it leads to, if any
        :return: the URL, whose token is nowhere else, and when it ends
        :rtype: tuple[str, datetime]
        """
        token = new_token()
        expires_at = access._link_end(kind, fields.Datetime.now())
        values = {
            "access_id": access.id,
            "publication_id": publication and publication.id,
            "section": section,
            "kind": kind,
            "requires_code": kind == "invitation" and access._invitation_asks_code(),
            "channel": channel,
            "issued_by_id": access.invited_by_id.id,
            "token_hash": hash_secret(self.env, None, token),
            "epoch": access.company_id.customer_login_free_epoch,
            "expires_at": expires_at,
        }
        if channel == "mail":
            # A mail cannot be called back: what it opens must stand before it leaves.
            with own_transaction(self.env) as env:
                env[self._name].create(values)
        else:
            self.create(values)
        return f"{access.get_base_url()}/customer/link/{token}", expires_at

    def _target_path(self):
        """Return the local path this link leads to."""
        return self.access_id._return_path(self._return_page())

    def _return_page(self):
        """Return the page this link leads to, as a code keeps it.

        :rtype: dict
        """
        return self.access_id._return_page(self.publication_id.id, self.section)

    @api.model
    def _find(self, token):
        """Return the link of a token, or none.

        :param str token: what stands in the URL
        """
        return self.search([("token_hash", "=", hash_secret(self.env, None, token or ""))], limit=1)

    @api.model
    def _peek(self, token):
        """Look at a link without changing anything.

        A refused one that is known leaves a line in the log, at most once an hour.

        :return: the link and ``ok`` or ``refused``
        :rtype: tuple
        """
        link = self._find(token)
        reason = link._refusal()
        if not reason:
            return link, "ok"
        if link and not self.env["customer.quota"]._take("refused_event", link.id):
            self.env["customer.access.event"]._log_at_once("link_refused", link.access_id, reason)
        return link, "refused"

    def _come_back(self):
        """Let a browser straight in that has gone in by this login-free link before.

        The one case in which looking at a link opens it: nobody else has the cookie.

        :return: whether the visitor is in
        :rtype: bool
        """
        self.ensure_one()
        if self.kind != "login_free" or self._asks_code() or self._refusal():
            return False
        ir_http = self.env["ir.http"]
        if ir_http._customer_is_in(self):
            return True
        browser = ir_http._customer_browser(self)
        if not browser:
            return False
        ir_http._customer_begin(self, browser)
        return True

    @api.model
    def _redeem(self, token, confirmed_switch=False):
        """Use a link: open level 1, or begin what leads to a log-in.

        :param str token: what stands in the URL
        :param bool confirmed_switch: the visitor agrees to end another person's log-in
        :return: ``step`` (``refused``, ``switch``, ``workspace``, ``code``, ``password``
            or ``sign_in``) and ``link``
        :rtype: dict
        """
        link = self._find(token)
        if reason := link._refusal():
            if link:
                self.env["customer.access.event"]._log_at_once(
                    "link_refused", link.access_id, reason
                )
            return {"step": "refused", "link": link}
        ir_http = self.env["ir.http"]
        if confirmed_switch:
            ir_http._customer_agree(link.partner_id)
        opens_at_once = link.kind == "login_free" and not link._asks_code()
        if not opens_at_once and ir_http._customer_must_ask(link.partner_id):
            return {"step": "switch", "link": link}
        for key in ("pre_uid", "pre_login"):  # a sign-in begun here is given up
            request.session.pop(key, None)
        if opens_at_once:
            ir_http._customer_begin(link)
            return {"step": "workspace", "link": link}
        with own_transaction(self.env) as env:
            link._count_use(env)
        if link._asks_code():
            page = link._return_page()
            ir_http._customer_open_challenge(link.partner_id, link.access_id, link, page)
            return {"step": "code", "link": link}
        if link.partner_id._customer_has_password():
            return {"step": "sign_in", "link": link}
        request.session["customer_password"] = link.id
        return {"step": "password", "link": link}

    def _count_use(self, env):
        """Count one use: parallel uses wait for each other, none fails.

        :param env: of a transaction of its own, so that the use stands
        """
        env.cr.execute(
            SQL(
                """
                UPDATE customer_access_link
                   SET use_count = COALESCE(use_count, 0) + 1,
                       last_used_at = %(now)s,
                       first_used_at = COALESCE(first_used_at, %(now)s)
                 WHERE id = %(id)s
                """,
                now=fields.Datetime.now(),
                id=self.id,
            )
        )
        env["customer.access.event"]._log("link_opened", self.access_id)
        self.invalidate_recordset(["use_count", "first_used_at", "last_used_at"])

    def _may_choose_password(self):
        """Say whether this link lets its contact choose a password, who has none.

        :rtype: bool
        """
        return (
            not self._refusal()
            and not self.requires_code
            and self.kind != "login_free"
            and not self.partner_id._customer_has_password()
        )

    @api.model
    def _choose_password(self, password):
        """Set the password of a contact who came by an invitation without code, once.

        :param str password: the new password
        :return: ``status`` (``ok``, ``refused`` or ``error``), with ``error`` its ``message``
        :rtype: dict
        """
        link = self.browse(request.session.get("customer_password")).exists()
        if not link._may_choose_password() or self.env["ir.http"]._customer_must_ask(
            link.partner_id
        ):
            return {"status": "refused"}
        try:
            credential = link._use_up(password)
        except UserError as error:
            return {"status": "error", "message": error.args[0]}
        if not credential:
            return {"status": "refused"}
        # The user may be new: sign in on a snapshot that has it, as core does.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        request.session.pop("customer_password", None)
        request.session.authenticate(request.env, credential)
        path = link._target_path()
        if not request.session.uid:  # the contact has a second factor to show
            user = self.env["res.users"].browse(request.session["pre_uid"])
            path = f"{user._mfa_url()}?redirect={path}"
        return {"status": "ok", "path": path}

    def _use_up(self, password):
        """Set the contact's password and consume this link, both or none.

        :return: what to sign in with; ``False`` when the link was used up meanwhile
        :rtype: dict | bool
        :raises UserError: when the password breaks the rules
        """
        with own_transaction(self.env) as env:
            env.cr.execute(
                SQL(
                    """
                    UPDATE customer_access_link SET used_at = %s
                     WHERE id = %s AND used_at IS NULL RETURNING id
                    """,
                    fields.Datetime.now(),
                    self.id,
                )
            )
            if not env.cr.fetchone():
                return False
            user = self.partner_id.with_env(env)._customer_user(self.company_id)
            user._check_password_policy([password or " "])
            user.password = password
            env["customer.access.event"]._log("password_chosen", self.access_id.with_env(env))
            return {"login": user.login, "password": password, "type": "password"}
