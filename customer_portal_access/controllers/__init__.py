from . import colleague, link, publication, verify, workspace
