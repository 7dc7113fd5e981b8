from markupsafe import Markup

from odoo import models
from odoo.fields import Domain

from odoo.addons.customer_portal_access.utils import find_page

ON_WORKSPACE = 6
A_PAGE = 20


class CustomerAccess(models.Model):
    """Quotations, orders and invoices that a contact sees, by role."""

    _inherit = "customer.access"

    # ------------------------------------------------------------
    # WHICH
    # ------------------------------------------------------------

    def _order_domain(self):
        """Return the domain of the orders of this workspace, published ones if not ordered."""
        target = self._target()
        company = Domain("company_id", "=", self.company_id.id)
        published = Domain("customer_published_at", "!=", False)
        if target._name == "crm.lead":
            return company & published & Domain("opportunity_id", "=", target.id)
        if target._name == "res.partner":
            return (
                company
                & (published | Domain("state", "=", "sale"))
                & Domain("partner_id.commercial_partner_id", "=", target.id)
            )
        return Domain.FALSE

    def _invoice_domain(self):
        """Return the domain of the invoices of this workspace."""
        target = self._target()
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "=", "posted")
            & Domain("move_type", "in", ("out_invoice", "out_refund"))
        )
        if target._name == "crm.lead":
            # most have no order yet: then nobody looks for invoices
            orders = self.env["sale.order"].search(self._order_domain())
            return domain & Domain("line_ids.sale_line_ids.order_id", "in", orders.ids)
        if target._name == "res.partner":
            return domain & Domain("commercial_partner_id", "=", target.id)
        return Domain.FALSE

    def _orders(self, assurance, domain=Domain.TRUE, limit=None):
        """Return the quotations and orders that the visitor sees, newest first.

        :param str assurance: the level the visitor has reached
        :param domain: which of them
        :return: ``sale.order`` records, with ``sudo``
        """
        self.ensure_one()
        access_sudo = self.sudo()  # the gate decides, whoever is signed in
        if not access_sudo._check("view_quotations", assurance):
            return access_sudo.env["sale.order"]
        return access_sudo.env["sale.order"].search(
            access_sudo._order_domain() & domain, order="date_order desc, id desc", limit=limit
        )

    def _invoices(self, assurance, domain=Domain.TRUE, limit=None):
        """Return the invoices that the visitor sees, newest first.

        :param str assurance: the level the visitor has reached
        :param domain: which of them
        :return: ``account.move`` records, with ``sudo``
        """
        self.ensure_one()
        access_sudo = self.sudo()  # as in _orders
        if not access_sudo._check("view_invoices", assurance):
            return access_sudo.env["account.move"]
        return access_sudo.env["account.move"].search(
            access_sudo._invoice_domain() & domain,
            order="invoice_date desc, id desc",
            limit=limit,
        )

    def _find_order(self, order_id, assurance):
        """Return one quotation or order, or none when it is not for this visitor."""
        return self._orders(assurance, Domain("id", "=", order_id))

    def _find_invoice(self, invoice_id, assurance):
        """Return one invoice, or none when it is not for this visitor."""
        return self._invoices(assurance, Domain("id", "=", invoice_id))

    def _may_respond_quotations(self, assurance):
        """Say whether the visitor may answer quotations, and not only look.

        :param str assurance: the level the visitor has reached
        :rtype: bool
        """
        return (
            not self.env.context.get("customer_preview")
            and self._check("view_quotations", assurance)
            and self._check("respond_quotations", assurance)
        )

    def _sale_waits(self, assurance):
        """Say whether there is something to see here after confirming who one is."""
        return assurance == "link" and bool(
            self._orders("account", limit=1) or self._invoices("account", limit=1)
        )

    # ------------------------------------------------------------
    # PAGES
    # ------------------------------------------------------------

    def _workspace_page_values(self, assurance):
        # one more than are shown tells that there are more
        orders = self._orders(assurance, limit=ON_WORKSPACE + 1)
        invoices = self._invoices(assurance, limit=ON_WORKSPACE + 1)
        return {
            **super()._workspace_page_values(assurance),
            "orders": [order._customer_facts(self) for order in orders[:ON_WORKSPACE]],
            "more_orders": len(orders) > ON_WORKSPACE,
            "invoices": [move._customer_facts(self) for move in invoices[:ON_WORKSPACE]],
            "more_invoices": len(invoices) > ON_WORKSPACE,
            "sale_waits": self._sale_waits(assurance),
        }

    def _sale_page(self, name, assurance, page=None):
        """Return what a page of the list of all quotations and orders, or invoices, shows.

        :param str name: ``orders`` or ``invoices``
        :param str assurance: the level the visitor has reached
        :param page: from 1, as the address says it
        :return: plain values; ``None`` when there is nothing for this visitor
        :rtype: dict | None
        """
        self.ensure_one()
        find = {"orders": self._orders, "invoices": self._invoices}[name]
        documents = find(assurance)
        if not documents:
            return None
        number, pages = find_page(page, len(documents), A_PAGE)
        shown = documents[(number - 1) * A_PAGE : number * A_PAGE]
        return {
            name: [document._customer_facts(self) for document in shown],
            "page_number": number,
            "pages": pages,
        }

    def _section_path(self, section):
        if section == "quotations":
            return "#quotations"
        return super()._section_path(section)

    def _pays_online(self, document, amount):
        """Say whether some provider takes the contact's money.

        :param document: a ``sale.order`` or an ``account.move``
        :param float amount: in the document's currency
        :rtype: bool
        """
        # sudo: contacts may not read providers
        providers_sudo = self.env["payment.provider"].sudo()
        return bool(
            providers_sudo._get_compatible_providers(
                document.company_id.id,
                self.partner_id.id,
                amount,
                currency_id=document.currency_id.id,
            )
        )

    def _print(self, report, document):
        """Return a document as PDF, in the contact's language and time zone.

        :param str report: external id of an ``ir.actions.report``
        :param document: what the gate has opened
        :return: the PDF; ``None`` when there is none to be had
        :rtype: bytes | None
        """
        if not self.env["customer.publication"]._can_print():
            return None
        partner = self.sudo().partner_id
        # sudo: the gate has decided
        report_sudo = self.env["ir.actions.report"].sudo()
        content, _type = report_sudo.with_context(
            lang=partner.lang, tz=partner.tz
        )._render_qweb_pdf(report, document.ids)
        return content

    def _link_html(self, publications=()):
        """Name, above the link, the quotations that wait for an answer."""
        html = super()._link_html(publications)
        waiting = self._orders("account").filtered(lambda order: order._customer_is_open())
        if not waiting:
            return html
        lines = Markup("").join(
            Markup("<br/>• %s, %s") % (order.name, order.currency_id.format(order.amount_total))
            for order in waiting
        )
        return Markup("<strong>%s</strong>%s<br/><br/>%s") % (
            self.env._("Quotations for you:"),
            lines,
            html,
        )

    # ------------------------------------------------------------
    # WHAT STAFF HEAR
    # ------------------------------------------------------------

    def _open_order(self, order):
        """Log that the contact reads a quotation, at most once a minute."""
        if self._leaves_no_trace():
            return
        if not self.env["customer.quota"]._take("opened", f"{self.id}-order-{order.id}"):
            self.env["customer.access.event"]._log("quotation_opened", self, order.name)

    def _report_quotation(self, order, values):
        """Tell staff that the contact has answered a quotation.

        :param order: the ``sale.order``
        :param dict values: of the answer
        """
        words = {
            "contact": self.partner_id.name,
            "quotation": order.name,
            "amount": order.currency_id.format(order.amount_total),
        }
        env = self._staff_env()
        if values["decision"] == "accepted":
            summary = env._("%(contact)s has accepted %(quotation)s (%(amount)s)", **words)
        else:
            summary = env._("%(contact)s has declined %(quotation)s (%(amount)s)", **words)
        text = Markup("%s") % summary
        if values["comment"]:
            text += Markup("<br/>“%s”") % values["comment"]
        self._report(
            "quotation_answered",
            text,
            activity=summary,
            notify=True,
            reason=f"{values['decision']}: {order.name}",
        )
