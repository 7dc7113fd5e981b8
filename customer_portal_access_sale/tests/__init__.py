from . import common
from . import test_payment
from . import test_quotation
from . import test_sale_doors
from . import test_sale_print
from . import test_sale_routes
from . import test_sale_translations
