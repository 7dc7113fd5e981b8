from odoo import api, fields, models
from odoo.api import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import SQL

# In the context of code by which a person chooses: no context from outside has it.
OWN_CHOICE = object()


class ResUsers(models.Model):
    """A password that staff or an import chose: replaced before anything else is served."""

    _inherit = "res.users"

    customer_must_change_password = fields.Boolean(
        string="Must choose a password",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Somebody else chose the password: another one is chosen before any other page.",
    )

    def _set_password(self):
        res = super()._set_password()
        for user in self:
            user._mark_must_change(not user._is_own_choice())
        return res

    def _is_own_choice(self):
        """Say whether the person chooses, or a program for the person, and not staff.

        :rtype: bool
        """
        context, actor = self.env.context, self.env.user
        if context.get("import_file"):
            return False
        if self.env.uid == SUPERUSER_ID or context.get("customer_own_choice") is OWN_CHOICE:
            return True
        return actor == self or not actor._is_internal()

    def _mark_must_change(self, must):
        """Note whether a customer's user has to choose another password.

        :param bool must: staff choose their own passwords, whatever is noted
        """
        # sudo: nobody writes the fields but this verb
        self.sudo().write({"customer_must_change_password": must, "customer_renew_password": False})

    @api.model
    def signup(self, values, token=None):
        """Whoever comes by Odoo's link chooses, also in a browser of somebody else."""
        return super(ResUsers, self.with_context(customer_own_choice=OWN_CHOICE)).signup(
            values, token
        )

    @api.model
    def _must_change(self, uid):
        """Say whether a user has to choose a password before anything else is served.

        :param int uid: asked at every request, which has read the user by then
        :rtype: bool
        """
        user_sudo = self.sudo().browse(uid)  # nobody reads the fields themselves
        return user_sudo.share and (
            user_sudo.customer_must_change_password
            or (user_sudo.customer_renew_password and self._has_come_to_renew(uid))
        )

    # ------------------------------------------------------------
    # THE WAY TO A PASSWORD (as customer.password.link)
    # ------------------------------------------------------------

    def _may_choose_password(self):
        """Say whether this user, who is signed in, may choose a password without an old one.

        Who has none has come in by a code.

        :rtype: bool
        """
        if self._must_change(self.id):
            return True
        has_shown_code = request.session.get("customer_factor") == self.id
        return self.share and has_shown_code and not self.partner_id._customer_has_password()

    def _choose_password(self, password):
        """Take the first password, or one in place of what staff chose, and stay signed in.

        :param str password: the new password
        :return: as ``customer.password.link``; ``path``: ``None``, the page asked for
        :rtype: dict
        """
        self.ensure_one()
        if not self._may_choose_password():
            return {"status": "refused"}
        try:
            self._check_new_password(password)
            self.with_context(customer_own_choice=OWN_CHOICE).password = password
        except UserError as error:
            return {"status": "error", "message": error.args[0]}
        self.env.flush_all()
        self.env.registry.clear_cache()
        user = self.with_user(self)
        request.session.session_token = user.sudo()._compute_session_token(request.session.sid)
        request.session.pop("customer_renew", None)
        return {"status": "ok", "path": None}

    def _check_new_password(self, password):
        """Refuse no password, and the one that is to be replaced.

        :raises UserError: with a sentence for the contact
        """
        self._check_password_policy([password or " "])
        self.env.cr.execute(
            SQL("SELECT COALESCE(password, '') FROM res_users WHERE id = %s", self.id)
        )
        [known] = self.env.cr.fetchone()
        if known and self._crypt_context().verify(password, known):
            raise UserError(
                self.env._("This is the password that you have now. Please choose another one.")
            )
