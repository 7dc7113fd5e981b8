"""`make lock`: the newest versions of everything in ``requirements/*.in``."""

from . import python_packages
from .console import Step, main


def update():
    """Write the lock files anew."""
    with Step("Lock files"):
        python_packages.lock()


if __name__ == "__main__":
    main(update)
