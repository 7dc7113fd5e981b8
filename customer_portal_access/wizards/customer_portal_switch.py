from odoo import fields, models


class CustomerPortalSettings(models.TransientModel):
    """The switch of login-free links: what it changes is said before it is thrown."""

    _inherit = "customer.portal.settings"

    live_link_holders = fields.Integer(
        compute="_compute_live_link_holders", help="People whose login-free links work now."
    )
    login_free_contacts = fields.Integer(
        compute="_compute_login_free_contacts", help="Who would get such links."
    )
    login_free_roles = fields.Char(compute="_compute_login_free_contacts")
    code_roles = fields.Char(compute="_compute_login_free_contacts")
    send_new_links = fields.Boolean(string="Send these people a new invitation now", default=True)

    def _compute_live_link_holders(self):
        for settings in self:
            domain = self.env["customer.link.request"]._held_domain(settings.company_id)
            # sudo: a portal administrator need not see every opportunity and project
            links_sudo = self.env["customer.access.link"].sudo()
            [(holders,)] = links_sudo._read_group(domain, aggregates=["partner_id:count_distinct"])
            settings.live_link_holders = holders

    def _compute_login_free_contacts(self):
        for settings in self:
            # sudo: as above
            accesses_sudo = self.env["customer.access"].sudo()
            company = settings.company_id
            groups = accesses_sudo._read_group(
                [("company_id", "=", company.id), ~accesses_sudo._closed_domain()],
                ["role_id"],
                ["partner_id:array_agg_distinct"],
            )
            contacts = {
                partner
                for role, partners in groups
                if not role.requires_code
                for partner in partners
            }
            roles = self.env["customer.contact.role"].search(
                [("can_be_invited", "=", True), ("company_id", "in", [company.id, False])]
            )
            by_code = roles.filtered("requires_code")
            settings.login_free_contacts = len(contacts)
            settings.login_free_roles = ", ".join((roles - by_code).mapped("name"))
            settings.code_roles = ", ".join(by_code.mapped("name"))

    def action_confirm(self):
        """Write the page to the company; say what a switch of login-free links did.

        :rtype: dict
        :raises AccessError: for anybody but a portal administrator
        """
        self.ensure_one()
        self._check_admin()
        if self.customer_login_free or not self.company_id.customer_login_free:
            return super().action_confirm()
        holders = self.live_link_holders
        # sudo: requests for links are written by verbs only
        requests_sudo = self.env["customer.link.request"].sudo()
        asked = requests_sudo._enqueue_holders(self.company_id) if self.send_new_links else 0
        after = super().action_confirm()
        hopeless = requests_sudo.search_count(requests_sudo._hopeless_domain(self.company_id))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if hopeless else "success",
                "sticky": True,
                "message": self._switch_receipt(holders, asked, hopeless),
                "next": after,
            },
        }

    def _switch_receipt(self, holders, asked, hopeless):
        """Say what switching login-free links off did.

        :param int holders: whose links stopped working
        :param int asked: how many new links were asked for
        :param int hopeless: for how many of them no mail can be sent
        :rtype: str
        """
        sentences = [
            self.env._(
                "Login-free links are off. Those of %(holders)s people stopped working.",
                holders=holders,
            )
        ]
        if asked - hopeless > 0:
            sentences.append(
                self.env._(
                    "%(mails)s mails with a new link go out in the background.",
                    mails=asked - hopeless,
                )
            )
        if hopeless:
            sentences.append(
                self.env._(
                    "%(count)s cannot get one, for lack of a mobile number, say: who looks "
                    "after them is told.",
                    count=hopeless,
                )
            )
        return " ".join(sentences)
