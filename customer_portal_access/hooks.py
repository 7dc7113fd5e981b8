def uninstall_hook(env):
    """Drop what Odoo does not know of: the trigger that guards the access log.

    :param env: environment of the superuser, handed in by Odoo
    """
    env.cr.execute("DROP FUNCTION IF EXISTS customer_access_event_guard() CASCADE")
