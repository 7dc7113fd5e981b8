from . import hours
