from . import test_timesheet_translations
from . import hours_common
from . import test_hours
from . import test_hours_pages
from . import test_hours_reminder
from . import test_hours_manual
