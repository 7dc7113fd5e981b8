from . import base_partner_merge
from . import customer_invitation
from . import customer_invitation_line
from . import customer_invitation_text
from . import customer_portal_settings
from . import customer_portal_setup
