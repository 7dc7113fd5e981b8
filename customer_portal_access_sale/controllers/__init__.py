from . import sale
from . import payment
