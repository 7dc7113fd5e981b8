from . import sale_order
from . import sale_order_answer
from . import sale_order_payment
from . import account_move
from . import customer_access
from . import customer_access_document
