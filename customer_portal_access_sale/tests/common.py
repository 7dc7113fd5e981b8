from odoo.fields import Command

from odoo.addons.customer_portal_access.tests.common import CustomerData


class SaleData(CustomerData):
    """A quotation of the opportunity, and Bo, who may answer it."""

    @classmethod
    def _create_sale_data(cls):
        cls.desk = cls.env["product.product"].create({"name": "Desk", "list_price": 100})
        cls.order = cls._create_order()

    @classmethod
    def _create_order(cls, **values):
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "opportunity_id": cls.lead.id,
                "company_id": cls.company.id,
                "user_id": cls.sara.id,
                "require_signature": True,
                "require_payment": False,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.desk.id,
                            "product_uom_qty": 2,
                            "price_unit": 100,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **values,
            }
        )

    @classmethod
    def _create_invoice(cls, order=None, partner=None):
        """Post an invoice, without a chart of accounts, for an order or for itself."""
        journal = cls.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", cls.company.id)], limit=1
        ) or cls.env["account.journal"].create(
            {"name": "Sales", "type": "sale", "code": "XINV", "company_id": cls.company.id}
        )
        income = cls.env["account.account"].create(
            {"name": "Income", "code": "X4000", "account_type": "income"}
        )
        receivable = cls.env["account.account"].create(
            {
                "name": "Debtors",
                "code": "X1500",
                "account_type": "asset_receivable",
                "reconcile": True,
            }
        )
        (partner or cls.customer).with_company(
            cls.company
        ).property_account_receivable_id = receivable
        line = {
            "name": "Desk",
            "price_unit": 200,
            "account_id": income.id,
            "tax_ids": [Command.clear()],
        }
        if order:
            line["sale_line_ids"] = [Command.set(order.order_line.ids)]
        invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or cls.customer).id,
                "journal_id": journal.id,
                "invoice_date": "2026-01-05",
                "invoice_line_ids": [Command.create(line)],
            }
        )
        invoice.action_post()
        return invoice
