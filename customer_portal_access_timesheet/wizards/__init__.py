from . import customer_hours_reopening
from . import customer_portal_settings_hours
