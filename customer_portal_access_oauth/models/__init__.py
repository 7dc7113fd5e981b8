from . import auth_oauth_provider
from . import customer_provider_flow
from . import customer_registration
from . import customer_identity
from . import customer_identity_sign_in
from . import ir_http
from . import res_partner
from . import res_users
