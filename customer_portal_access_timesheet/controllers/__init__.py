from . import hours
from . import shifts
