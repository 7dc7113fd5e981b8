from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import SQL

from ..utils import PASSWORD_LINK_HOURS, hash_secret, new_token, own_transaction


class CustomerPasswordLink(models.Model):
    """A mail to a contact that leads to choosing a password, once.

    The first one or a forgotten one. The token is made when the mail leaves. Odoo's own
    tokens for this are signed, not kept: they come to life again with the next request.
    """

    _name = "customer.password.link"
    _description = "Way to a password"
    _order = "id desc"

    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True)
    access_id = fields.Many2one(
        "customer.access", ondelete="cascade", help="Where it leads; empty: all of them."
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    email = fields.Char(required=True, help="Where it was sent, normalised.")
    token_hash = fields.Char(groups=fields.NO_ACCESS)
    expires_at = fields.Datetime()
    used_at = fields.Datetime()

    _token_hash_unique = models.UniqueIndex("(token_hash)")

    # ------------------------------------------------------------
    # VALIDITY
    # ------------------------------------------------------------

    @api.model
    def _find(self, token):
        """Return the link of a token, or none.

        :param str token: what stands in the URL
        """
        return self.search([("token_hash", "=", hash_secret(self.env, None, token or ""))], limit=1)

    def _may_choose_password(self):
        """Say whether a password may be chosen by this link.

        :rtype: bool
        """
        return (
            bool(self)
            and not self.used_at
            and bool(self.expires_at)
            and self.expires_at > fields.Datetime.now()
            and self.email == self.partner_id.email_normalized
            and self.partner_id._customer_may_have_password(self.company_id)
        )

    # ------------------------------------------------------------
    # LIFE
    # ------------------------------------------------------------

    def _release(self):
        """Make the link for the mail that leaves now; a link made before is dead then.

        :return: the URL, or ``None`` when it is not wanted any more
        :rtype: str | None
        """
        self.ensure_one()
        if not self.partner_id._customer_may_have_password(self.company_id):
            return None
        token = new_token()
        with own_transaction(self.env) as env:
            env.cr.execute(
                SQL(
                    """
                    UPDATE customer_password_link SET token_hash = %s, expires_at = %s
                     WHERE id = %s AND used_at IS NULL RETURNING id
                    """,
                    hash_secret(env, None, token),
                    fields.Datetime.now() + timedelta(hours=PASSWORD_LINK_HOURS),
                    self.id,
                )
            )
            if not env.cr.fetchone():
                return None
        self.invalidate_recordset()
        return f"{self.partner_id.get_base_url()}/customer/reset/{token}"

    @api.model
    def _redeem(self, token, confirmed_switch=False):
        """Let this browser choose the password.

        :param str token: what stands in the URL
        :param bool confirmed_switch: the visitor agrees to end another person's log-in
        :return: ``step`` (``refused``, ``switch`` or ``password``) and ``link``
        :rtype: dict
        """
        link = self._find(token)
        if not link._may_choose_password():
            return {"step": "refused", "link": link}
        ir_http = self.env["ir.http"]
        if confirmed_switch:
            ir_http._customer_agree(link.partner_id)
        if ir_http._customer_must_ask(link.partner_id):
            return {"step": "switch", "link": link}
        for key in ("pre_uid", "pre_login", "customer_password"):  # begun here, and given up
            request.session.pop(key, None)
        request.session["customer_password_link"] = link.id
        return {"step": "password", "link": link}

    def _choose_password(self, password):
        """Set the contact's password, once, and sign in; whoever is signed in elsewhere is out.

        :param str password: the new password
        :return: ``status`` (``ok``, ``refused`` or ``error``), with ``ok`` the local ``path``
            to go to, with ``error`` its ``message``
        :rtype: dict
        """
        if not self._may_choose_password() or self.env["ir.http"]._customer_must_ask(
            self.partner_id
        ):
            return {"status": "refused"}
        try:
            credential = self._use_up(password)
        except UserError as error:
            return {"status": "error", "message": error.args[0]}
        if not credential:
            return {"status": "refused"}
        # The user may be new: sign in on a snapshot that has it, as core does.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        request.session.pop("customer_password_link", None)
        request.session.authenticate(request.env, credential)
        path = self._target_path()
        if not request.session.uid:  # the contact has a second factor to show
            user = self.env["res.users"].browse(request.session["pre_uid"])
            path = f"{user._mfa_url()}?redirect={path}"
        return {"status": "ok", "path": path}

    def _use_up(self, password):
        """Set the password and consume all links of the contact, both or none.

        :return: what to sign in with; ``False`` when the link was used up meanwhile
        :rtype: dict | bool
        :raises UserError: when the password breaks the rules
        """
        with own_transaction(self.env) as env:
            env.cr.execute(
                SQL(
                    """
                    UPDATE customer_password_link SET used_at = %s
                     WHERE id = %s AND used_at IS NULL RETURNING id
                    """,
                    fields.Datetime.now(),
                    self.id,
                )
            )
            if not env.cr.fetchone():
                return False
            link = self.with_env(env)
            user = link.partner_id._customer_user(link.company_id)
            user._check_password_policy([password or " "])
            user.password = password
            link._waiting().used_at = fields.Datetime.now()
            accesses = link.partner_id._customer_open_accesses()
            env["customer.access.event"]._log("password_chosen", accesses)
            login = user.login
        self.env.invalidate_all()
        return {"login": login, "password": password, "type": "password"}

    def _waiting(self):
        """Return the links of this contact that nobody has used."""
        return self.search(
            Domain("partner_id", "=", self.partner_id.id) & Domain("used_at", "=", False)
        )

    def _target_path(self):
        """Return the local path this leads to."""
        access = self.access_id if self.access_id and not self.access_id._closed() else None
        if access:
            return access._path()
        return "/my/customer" if self.partner_id._customer_open_accesses() else "/my"

    @api.autovacuum
    def _gc_links(self):
        limit = fields.Datetime.now() - timedelta(days=30)
        self.search([("create_date", "<", limit)]).unlink()
