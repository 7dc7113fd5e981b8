from . import login
from . import provider
