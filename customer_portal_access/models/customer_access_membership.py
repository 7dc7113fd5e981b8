from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning
from odoo.fields import Domain

# A minute to think again, and the time the click takes.
UNDO = timedelta(seconds=70)
NAMED_AT_MOST = 10


class CustomerAccess(models.Model):
    """Membership: contacts on customers, taken off and put back without accidents."""

    _inherit = "customer.access"
    _rec_names_search = ["partner_id.name", "partner_id.email"]

    permission_names = fields.Char(string="What it allows", compute="_compute_permission_names")
    removed = fields.Boolean(
        store=False, help="The line is taken off when the form that shows it is saved."
    )
    joins_customer = fields.Boolean(
        store=False,
        help="The contact was made before its customer was saved, and belongs to it.",
    )

    @api.depends("role_id.permission_ids.name")
    @api.depends_context("lang")
    def _compute_permission_names(self):
        for access in self:
            access.permission_names = ", ".join(access.role_id.permission_ids.mapped("name"))

    @api.model_create_multi
    def create(self, vals_list):
        accesses = super().create(vals_list)
        for access, vals in zip(accesses, vals_list, strict=True):
            if (
                vals.get("joins_customer")
                and access.customer_id
                and not access.partner_id.parent_id
            ):
                access.partner_id.parent_id = access.customer_id
        return accesses

    def write(self, vals):
        # A form keeps a line until it is saved, so that it can be put back.
        if vals.get("removed"):
            return self.unlink()
        return super().write(vals)

    def action_edit_contact(self):
        """Open the small form of the contact behind the name.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Edit contact"),
            "res_model": "customer.contact.edit",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
            },
        }

    def _end_for_new_address(self):
        """End links and sessions, and call back mails that would reach the old address."""
        # sudo: mails and links are no staff's to write
        mails_sudo = self.env["mail.mail"].sudo()
        mails_sudo.search(
            [("customer_access_id", "in", self.ids), ("state", "in", ["outgoing", "exception"])]
        ).cancel()
        self.filtered("link_ids")._end_links("email")
        self.filtered("invited_at").write({"link_expires_at": fields.Datetime.now()})

    # ------------------------------------------------------------
    # REMOVAL
    # ------------------------------------------------------------

    @api.model
    def _running_domain(self):
        """Return the domain of accesses that are not over: let in now, or later."""
        today = fields.Date.context_today(self)
        return (
            Domain("revoked_at", "=", False)
            & Domain("granted", "=", True)
            & (Domain("date_until", "=", False) | Domain("date_until", ">=", today))
        )

    def _kept_by(self):
        """Return the accesses on projects and opportunities that keep these memberships."""
        found = self.browse()
        for access in self.filtered("customer_id"):
            customer = access.customer_id.commercial_partner_id
            found |= self.search(
                self._running_domain()
                & Domain("partner_id", "=", access.partner_id.id)
                & Domain("company_id", "=", access.company_id.id)
                & Domain("id", "not in", self.ids)
                & (
                    Domain("lead_id.partner_id.commercial_partner_id", "=", customer.id)
                    | Domain("project_id.partner_id.commercial_partner_id", "=", customer.id)
                )
            )
        return found

    @api.ondelete(at_uninstall=False)
    def _refuse_while_kept(self):
        """Keep a contact on the customer while it is on a project or opportunity of it."""
        if self.env.su:
            return  # merging settles the accesses itself
        # sudo: what the user may not see keeps the contact, too
        kept_by_sudo = self.sudo()._kept_by()
        if not kept_by_sudo:
            return
        seen = kept_by_sudo.with_env(self.env)._filtered_access("read")
        names = [f"{access.partner_id.name}: {access.res_name}" for access in seen[:NAMED_AT_MOST]]
        if unnamed := len(kept_by_sudo) - len(names):
            names.append(self.env._("%(count)s more", count=unnamed))
        raise RedirectWarning(
            self.env._(
                "Still on projects or opportunities of this customer, so not removed:\n"
                "%(names)s\n"
                "Remove the contact there first.",
                names="\n".join(names),
            ),
            seen._action_open_targets(),
            self.env._("Open them"),
        )

    def _action_open_targets(self):
        """Open the projects or opportunities of these accesses; the accesses, if both.

        :rtype: dict
        """
        targets = {access.workspace_model for access in self}
        records = self
        if targets == {"project.project"}:
            records = self.project_id
        elif targets == {"crm.lead"}:
            records = self.lead_id
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Where the contact is"),
            "res_model": records._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", records.ids)],
            "target": "current",
        }
        if len(records) == 1:
            action.update(views=[(False, "form")], res_id=records.id)
        return action

    def _facts(self):
        """Return what it takes to make this access again.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "access_id": self.id,
            "partner_id": self.partner_id.id,
            "customer_id": self.customer_id.id,
            "lead_id": self.lead_id.id,
            "project_id": self.project_id.id,
            "role_id": self.role_id.id,
            "company_id": self.company_id.id,
            "sequence": self.sequence,
            "granted": self.granted,
            "date_from": fields.Date.to_string(self.date_from),
            "date_until": fields.Date.to_string(self.date_until),
        }

    @api.model
    def undo_removal(self, access_ids):
        """Put back what the user removed within the last minute, with its role.

        Old links stay dead: they went with the access.

        :param list access_ids: ids of the accesses that were removed
        :return: how many were put back
        :rtype: int
        """
        # sudo: only to find one's own removals; what is made, is made as the user
        removals_sudo = (
            self.env["customer.access.event"]
            .sudo()
            .search(
                [
                    ("kind", "=", "removed"),
                    ("user_id", "=", self.env.uid),
                    ("create_date", ">=", fields.Datetime.now() - UNDO),
                ]
            )
        )
        back = self.browse()
        for facts in removals_sudo.mapped("facts"):
            if facts and facts.pop("access_id") in access_ids and not self._is_there(facts):
                back |= self.create(facts)
        self.env["customer.access.event"]._log("reinstated", back)
        return len(back)

    @api.model
    def _is_there(self, facts):
        """Say whether a contact is on a target (again)."""
        keys = ("partner_id", "customer_id", "lead_id", "project_id", "company_id")
        return bool(self.search_count([(key, "=", facts[key]) for key in keys], limit=1))
