def uninstall_hook(env):
    """Drop what Odoo does not know of, and mails that would leave without their link.

    :param env: environment of the superuser, handed in by Odoo
    """
    env["mail.mail"].search([("customer_access_id", "!=", False)]).unlink()
    env.cr.execute("DROP FUNCTION IF EXISTS customer_access_event_guard() CASCADE")
