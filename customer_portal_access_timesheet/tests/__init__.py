from . import test_timesheet_translations
