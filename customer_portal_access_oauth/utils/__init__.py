from .limits import ARRIVAL_MINUTES, FLOW_MINUTES, FLOWS_AT_ONCE, PROOF_MINUTES
from .openid import OpenIDClient, ProviderError, is_secure
