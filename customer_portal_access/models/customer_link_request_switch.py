from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerLinkRequest(models.Model):
    """New links for those whose login-free links a company has switched off."""

    _inherit = "customer.link.request"
    _order = "switched_off, id"  # who asked waits for nobody

    switched_off = fields.Boolean(
        default=False,
        readonly=True,
        help="Staff switched the old link off; the contact asked for nothing.",
    )

    @api.model
    def _enqueue_holders(self, company):
        """Ask for a new link for everybody who holds a login-free link that works.

        Call it before the switch is thrown. One statement, whatever their number; the
        scheduled action answers in batches.

        :param company: whose links will be switched off
        :return: how many are asked for
        :rtype: int
        """
        links = self.env["customer.access.link"].sudo()._search(self._held_domain(company))
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO customer_link_request
                            (link_id, wish, switched_off,
                             create_uid, create_date, write_uid, write_date)
                     SELECT DISTINCT ON (access_id) id, 'link', TRUE,
                            %(uid)s, %(now)s, %(uid)s, %(now)s
                       FROM customer_access_link
                      WHERE id IN %(links)s
                   ORDER BY access_id, id DESC
                """,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                links=links.subselect(),
            )
        )
        count = self.env.cr.rowcount
        if count:
            # sudo: who may throw the switch need not be a system administrator
            self.env.ref("customer_portal_access.ir_cron_recovery").sudo()._trigger()
        return count

    @api.model
    def _held_domain(self, company):
        """Return the domain of the login-free links by which contacts come in now."""
        return (
            Domain("kind", "=", "login_free")
            & Domain("state", "=", "live")
            & Domain("company_id", "=", company.id)
            & Domain("access_id", "any", ~self.env["customer.access"]._closed_domain())
        )

    @api.model
    def _hopeless_domain(self, company):
        """Return the domain of the requests of a company that no mail can answer now."""
        unreachable = Domain.OR(self.env["customer.access"]._unreachable_domains().values())
        return Domain("switched_off", "=", True) & Domain(
            "link_id.access_id", "any", Domain("company_id", "=", company.id) & unreachable
        )

    def _answer(self, access, publication):
        if not self.switched_off:
            return super()._answer(access, publication)
        code = access._block()
        if not code:
            template = self.env.ref("customer_portal_access.mail_template_switched_off")
            result = self._send_new_link(template, access, publication)
            if result["status"] == "sent":
                return None
        if code not in access._closed_domains():  # whoever was taken off meanwhile is out
            access._tell(
                None,
                self.env._(
                    "The link of %(contact)s was switched off: no new one could be sent",
                    contact=access.partner_id.name,
                ),
                access._block_text(code) if code else result["reason"],
            )
        return None
