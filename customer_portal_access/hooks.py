def post_init_hook(env):
    """Give companies that were there before the default role; ask before sign-up closes.

    Their column was filled before the roles came. Odoo's own sign-up stays open where a
    shop uses it, until an administrator decides.

    :param env: environment of the superuser, handed in by Odoo
    """
    companies = env["res.company"].search([("customer_default_role_id", "=", False)])
    companies.write({"customer_default_role_id": env["customer.access"]._default_role().id})
    shop = env["ir.module.module"].search([("name", "=", "website_sale")])
    if shop.state in ("installed", "to upgrade", "to install"):
        env["ir.config_parameter"].set_param("customer_portal_access.open_signup", "ask")


def uninstall_hook(env):
    """Drop what Odoo does not know of, and mails that would leave without their link.

    :param env: environment of the superuser, handed in by Odoo
    """
    env["mail.mail"].search(
        ["|", ("customer_access_id", "!=", False), ("customer_confirmation_id", "!=", False)]
    ).unlink()
    drop_inherited_names(env, "customer\\_%")
    env.cr.execute("DROP FUNCTION IF EXISTS customer_access_event_guard() CASCADE")


def drop_inherited_names(env, pattern):
    """Drop the names that mail, portal and others gave to what our models inherit of theirs.

    :param env: environment of the superuser
    :param str pattern: of the models' names as in external ids, for ``=like``
    """
    env["ir.model.data"].search(
        [
            ("module", "not =like", "customer\\_portal\\_access%"),
            ("model", "in", ["ir.model.fields", "ir.model.fields.selection", "ir.model.inherit"]),
            "|",
            "|",
            ("name", "=like", f"model\\_inherit\\_\\_{pattern}"),
            ("name", "=like", f"selection\\_\\_{pattern}"),
            ("name", "=like", f"field\\_{pattern}"),
        ]
    ).unlink()
