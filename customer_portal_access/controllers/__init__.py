from . import link, verify, workspace
