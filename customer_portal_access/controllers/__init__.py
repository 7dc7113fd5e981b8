from . import colleague, link, verify, workspace
