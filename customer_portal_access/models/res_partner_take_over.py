from odoo import api, models
from odoo.fields import Command, Domain


class ResPartner(models.Model):
    """Portal users who were there before: made contacts with accesses, in one click."""

    _inherit = "res.partner"

    @api.model
    def _customer_earlier_domain(self):
        """Return the domain of persons with a portal user that is no customer contact yet."""
        group = self.env.ref("customer_portal_access.group_customer_contact")
        portal = self.env.ref("base.group_portal")
        return Domain("is_company", "=", False) & Domain(
            "user_ids",
            "any!",
            Domain("share", "=", True)
            & Domain("group_ids", "in", portal.ids)
            & Domain("group_ids", "not in", group.ids),
        )

    @api.model
    def action_customer_earlier_users(self):
        """Open the list of portal users who are no customer contacts yet.

        :rtype: dict
        """
        self.env.company._customer_check_admin()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_access.res_partner_action_earlier"
        )
        # ids: what tells them apart, users and groups, is not everybody's to read
        found_sudo = self.sudo().search(self._customer_earlier_domain())
        return dict(action, domain=[("id", "in", found_sudo.ids)])

    def action_customer_take_over(self):
        """Make these portal users contacts with accesses: on their customer and projects.

        Each keeps the user and the password. From now on they see what their role allows,
        no longer all of their company: an access is made on each project they see now.

        :rtype: dict
        :raises AccessError: for anybody but a portal administrator
        """
        company = self.env.company
        company._customer_check_admin()
        self.check_access("read")
        # sudo: a portal administrator need not see users and projects
        partners_sudo = self.sudo().filtered_domain(self._customer_earlier_domain())
        partners_sudo = partners_sudo.filtered_domain([("company_id", "in", (company.id, False))])
        made = sum(len(partner._customer_take_over(company)) for partner in partners_sudo)
        partners_sudo.user_ids.filtered("share").write(
            {
                "group_ids": [
                    Command.link(self.env.ref("customer_portal_access.group_customer_contact").id)
                ]
            }
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(contacts)s contacts, %(accesses)s accesses.",
                    contacts=len(partners_sudo),
                    accesses=made,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _customer_take_over(self, company):
        """Return the accesses made for what this portal user could see before."""
        self.ensure_one()
        Access = self.env["customer.access"]
        role = self._customer_policy_role(company)
        if not role.can_be_invited:
            role = Access._default_role()
        projects = self.env["project.project"].search(
            [
                # as Odoo's own rule: what the person or its company follows
                ("message_partner_ids", "child_of", self.commercial_partner_id.ids),
                ("privacy_visibility", "in", ("portal", "invited_users")),
                ("company_id", "in", (company.id, False)),
                ("is_template", "=", False),
            ]
        )
        places = [{"customer_id": self.commercial_partner_id.id}]
        places += [{"project_id": project.id} for project in projects]
        own = Access.search([("partner_id", "=", self.id), ("company_id", "=", company.id)])
        return Access.create(
            [
                {
                    "partner_id": self.id,
                    "company_id": company.id,
                    "role_id": role.id,
                    **place,
                }
                for place in places
                if not own.filtered_domain([(name, "=", place[name]) for name in place])
            ]
        )
