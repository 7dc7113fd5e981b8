from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .customer_permission import ASSURANCE_RANK


class CustomerAccess(models.Model):
    """See it as the customer: staff look at the pages of a contact, and change nothing.

    An access that is looked at so has ``customer_preview`` in its context; what a verb
    would note of a visit it does not note then.
    """

    _inherit = "customer.access"

    def action_preview(self):
        """Ask at which level to see the workspace as this contact.

        :rtype: dict
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("See it as the customer"),
            "res_model": "customer.access.preview",
            "view_mode": "form",
            "target": "new",
            "context": {"default_choice_ids": self.ids, "dialog_size": "medium"},
        }

    def _start_preview(self, level):
        """Let the user see the workspace as this contact, in this browser.

        :param str level: ``link``, ``code`` or ``account``
        :return: the local path of the workspace
        :rtype: str
        :raises AccessError: when the user may not read the access and its workspace
        :raises UserError: when there is no such level
        """
        self.ensure_one()
        if not self._may_preview():
            raise AccessError(self.env._("You may not see this workspace."))
        if level not in ASSURANCE_RANK:
            raise UserError(self.env._("There is no such level."))
        self.env["ir.http"]._customer_begin_preview(self, level)
        self.env["customer.access.event"]._log("preview", self, level)
        return self._path()

    @api.model
    def _change_preview(self, level):
        """See the same workspace at another level.

        :param str level: ``link``, ``code`` or ``account``
        :return: the local path to go to
        :rtype: str
        :raises UserError: when there is no such level
        """
        access = self.env["ir.http"]._customer_previewed()
        return access._start_preview(level) if access else "/odoo"

    @api.model
    def _end_preview(self):
        """Leave the preview.

        :return: the local path of the record that was looked at
        :rtype: str
        """
        access = self.browse(self.env["ir.http"]._customer_end_preview()).exists()
        if not access or not access._may_preview():
            return "/odoo"
        target = access.sudo()._target()  # sudo: _may_preview has asked
        return f"/odoo/{target._name}/{target.id}"

    def _may_preview(self):
        """Say whether the user may look: at the access and at what it opens.

        A preview shows what the user may see anyway, only as the contact sees it.

        :rtype: bool
        """
        self.ensure_one()
        user = self.env.user
        if not user._is_internal():
            return False
        # pages know no current company: all that the user belongs to count
        access = self.sudo(False).with_context(allowed_company_ids=user.company_ids.ids)
        return access.has_access("read") and access._target().has_access("read")

    def _preview_problem(self):
        """Say why the contact cannot enter at all, or ``""``.

        :rtype: str
        """
        self.ensure_one()
        code = self.sudo()._closed()  # sudo: the state is told to whoever sees the access
        return self._block_text(code) if code else ""

    def _preview_step(self, level):
        """Say what the contact has to do before the workspace at this level, or ``""``.

        :param str level: ``link``, ``code`` or ``account``
        :rtype: str
        """
        self.ensure_one()
        if self._check(None, level):
            return ""
        return self.env._(
            "With the link alone %(contact)s sees no workspace: the role %(role)s asks for a "
            "code by SMS first.",
            contact=self.partner_id.name,
            role=self.role_id.name,
        )

    # What a contact has open beside the access that is looked at may be beyond the user.

    def _open_workspace(self, kind, res_id, assurance):
        return super()._open_workspace(kind, res_id, assurance)._shown_in_preview()

    def _listed_accesses(self, assurance):
        return [
            access for access in super()._listed_accesses(assurance) if access._shown_in_preview()
        ]

    def _shown_in_preview(self):
        """Leave out, of none or one access, what who looks at it may not see."""
        if self and self.env.context.get("customer_preview") and not self._may_preview():
            return self.browse()
        return self
