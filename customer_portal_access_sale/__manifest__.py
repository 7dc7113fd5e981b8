# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Customer Portal Access: quotations and invoices",
    "summary": "Contacts see, accept and decline quotations, and see invoices, by their role",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "license": "LGPL-3",
    "author": "Customer Portal Access contributors",
    "depends": ["customer_portal_access", "sale_crm", "sale_management"],
    "data": [
        "security/customer_sale_rules.xml",
        "data/customer_permission.xml",
        "views/sale_order_views.xml",
        "views/portal_sale.xml",
    ],
    "demo": ["demo/sale_order.xml"],
    "auto_install": True,
}
