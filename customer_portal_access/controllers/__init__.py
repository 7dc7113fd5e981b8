from . import colleague, file, job, link, preview, publication, verify, workspace
from . import leave
from . import entry
from . import data
from . import export
from . import contact
from . import password
from . import way_in
from . import register
from . import signup
from . import my_access
