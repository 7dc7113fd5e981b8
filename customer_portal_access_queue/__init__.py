from . import models


def uninstall_hook(env):
    """Leave no job that nobody could run; the scheduled action goes on with the rest."""
    env["customer.invitation.job"]._drop_from_queue()
