from . import common
from . import test_questionnaire
from . import test_questionnaire_doors
from . import test_questionnaire_pages
from . import test_questionnaire_routes
from . import test_translations
