# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Customer Portal Access: Google, Microsoft, OpenID",
    "summary": "Customers register and sign in with Google, Microsoft or any OpenID provider",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "license": "LGPL-3",
    "author": "Customer Portal Access contributors",
    "depends": ["auth_oauth", "customer_portal_access"],
    "external_dependencies": {"python": ["authlib>=1.7", "joserfc"]},
    "data": [
        "security/ir.model.access.csv",
        "security/customer_identity_rules.xml",
        "data/auth_oauth_provider.xml",
        "data/mail_template.xml",
        "views/auth_oauth_provider_views.xml",
        "views/customer_identity_views.xml",
        "views/portal_provider.xml",
        "views/portal_sign_in.xml",
        "views/portal_register.xml",
    ],
    "auto_install": True,
}
