from . import colleague, link, preview, publication, verify, workspace
