def post_init_hook(env):
    """Give companies that were there before the default role.

    Their column was filled before the roles came.

    :param env: environment of the superuser, handed in by Odoo
    """
    companies = env["res.company"].search([("customer_default_role_id", "=", False)])
    companies.write({"customer_default_role_id": env["customer.access"]._default_role().id})


def uninstall_hook(env):
    """Drop what Odoo does not know of, and mails that would leave without their link.

    :param env: environment of the superuser, handed in by Odoo
    """
    env["mail.mail"].search([("customer_access_id", "!=", False)]).unlink()
    env.cr.execute("DROP FUNCTION IF EXISTS customer_access_event_guard() CASCADE")
