"""A mail server and an SMS gateway that deliver to a web page on this machine."""

from .catcher import Catcher
from .store import Faults, Mail, Sms

__all__ = ["Catcher", "Faults", "Mail", "Sms"]
