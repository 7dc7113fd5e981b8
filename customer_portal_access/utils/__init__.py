from . import request_log
from .file_size import readable_size
from .files import TYPES, clean_file_name, examine, unique_names
from .limits import (
    BROWSER_DAYS,
    BYTES_A_WORKSPACE,
    CODE_DIGITS,
    CODE_MINUTES,
    CODE_TRIES,
    CONFIRM_DAYS,
    DATA_LENGTH,
    EMAIL_LENGTH,
    IMPORT_BYTES,
    IMPORT_UNPACKED_BYTES,
    FILE_NAME_LENGTH,
    FILES_A_WORKSPACE,
    FILES_AT_ONCE,
    FILE_SIZE,
    FILE_UNDO_MINUTES,
    FORM_HOURS,
    FORM_SECONDS,
    LIMITS,
    LIST_CHOICES,
    LIST_COLUMNS,
    LIST_LABEL_LENGTH,
    LIST_PAGE_ROWS,
    LIST_ROWS,
    LIST_TEXT_LENGTH,
    MESSAGE_LENGTH,
    PASSWORD_LENGTH,
    PASSWORD_LINK_HOURS,
    PASSWORD_MINIMUM,
    NAME_LENGTH,
    SIGNATURE_BYTES,
    VAT_LENGTH,
    ZIP_SIZE,
)
from .free_mail import own_domain
from .defaults import without_defaults
from .domains import case_sql, first_of, has_one, in_turn
from .own_transaction import own_transaction
from .paging import find_page
from .password import judge_password
from .secrets import hash_secret, new_code, new_token
from .signature import read_signature
from .table import BrokenCell, TableError, read_table, read_text
from .text import as_integer, strip_invisible
from .text import strip_invisible_lines
