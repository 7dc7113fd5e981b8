from . import customer_hours_reopening
from . import customer_portal_settings_hours
from . import customer_shift_refusal
from . import customer_shift_settings
