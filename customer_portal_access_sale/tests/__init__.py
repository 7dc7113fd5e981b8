from . import common
from . import test_quotation
from . import test_sale_doors
from . import test_sale_translations
