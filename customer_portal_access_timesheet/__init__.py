from odoo.addons.customer_portal_access.hooks import drop_inherited_names

from . import controllers
from . import models
from . import wizards


def uninstall_hook(env):
    """Drop what Odoo does not know of.

    :param env: environment of the superuser, handed in by Odoo
    """
    drop_inherited_names(env, "customer\\_shift\\_%")
