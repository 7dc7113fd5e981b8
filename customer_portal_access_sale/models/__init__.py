from . import sale_order
from . import sale_order_answer
from . import account_move
from . import customer_access
