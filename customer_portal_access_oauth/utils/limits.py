"""How long each step of signing in with a provider may take."""

# from our button to the provider and back, passwords and second factors there included
FLOW_MINUTES = 15
# tabs of one browser that may be on their way at once
FLOWS_AT_ONCE = 5
# to say whether somebody else's log-in here shall end
ARRIVAL_MINUTES = 10
# to fill in the form of registration
PROOF_MINUTES = 60
