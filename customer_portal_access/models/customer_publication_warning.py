from odoo import api, fields, models


class CustomerPublication(models.Model):
    """What staff should know before they publish."""

    _inherit = "customer.publication"

    list_warning = fields.Text(compute="_compute_list_warning")

    @api.depends(
        "kind",
        "role_ids",
        "lead_id.customer_access_ids.role_id",
        "project_id.customer_access_ids.role_id",
    )
    @api.depends_context("lang")
    def _compute_list_warning(self):
        for publication in self:
            publication.list_warning = publication._list_warning()

    def _list_warning(self):
        """Say that a list is not shown by a login-free link alone, and who stays outside.

        :return: sentences; empty for other kinds, and while login-free links are off
        :rtype: str
        """
        self.ensure_one()
        shown = self.kind == "list" and self._known_target()
        if not shown or not self.company_id.sudo().customer_login_free:
            return ""
        sentences = [
            self.env._(
                "Login-free links do not show lists: contacts type a code by SMS or sign in first."
            )
        ]
        # sudo: names of the workspace's contacts, for who may read the publication
        readers = self.sudo()._list_readers()
        stuck = readers.filtered(lambda access: not access._can_confirm())
        if stuck:
            sentences.append(
                self.env._(
                    "These have neither a number for codes nor a password, and will not see it: "
                    "%(names)s.",
                    names=", ".join(stuck.partner_id.mapped("name")),
                )
            )
        return " ".join(sentences)

    def _list_readers(self):
        """Return the accesses whose role may see this, and that are not closed."""
        accesses = self._target().customer_access_ids._origin
        return accesses.filtered_domain(~accesses._closed_domain()).filtered(
            lambda access: (
                access.role_id._holds(self._view_permission())
                and (not self.role_ids or access.role_id in self.role_ids._origin)
            )
        )
