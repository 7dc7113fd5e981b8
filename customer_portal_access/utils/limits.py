"""All limits of the addon, in one place."""

from typing import NamedTuple


class Limit(NamedTuple):
    """At most ``maximum`` times in ``seconds``, counted from the first time."""

    maximum: int
    seconds: int


CODE_DIGITS = 6
CODE_MINUTES = 10
CODE_TRIES = 5

# how long a browser that has gone in by a login-free link goes straight in
BROWSER_DAYS = 90

MESSAGE_LENGTH = 10_000
PASSWORD_MINIMUM = 8
PASSWORD_LENGTH = 128
# as many tries guess eight characters of pure chance
PASSWORD_GUESSES = 10**8
PASSWORD_SCORED = 32
PASSWORD_LINK_HOURS = 24
NAME_LENGTH = 200
DATA_LENGTH = 500
EMAIL_LENGTH = 254
VAT_LENGTH = 50
# a registration: the least time a person takes for the form, how long the form and the link in
# the mail work
FORM_SECONDS = 2
FORM_HOURS = 24
CONFIRM_DAYS = 7
SIGNATURE_BYTES = 300_000
SIGNATURE_PIXELS = 4_000_000

# a published list: what staff may define, what a row may hold, what a page shows
LIST_COLUMNS = 30
LIST_CHOICES = 200
LIST_LABEL_LENGTH = 200
LIST_ROWS = 10_000
LIST_TEXT_LENGTH = 2_000
LIST_PAGE_ROWS = 200
# what is imported into a list, in bytes: the file, and what it unpacks to
IMPORT_BYTES = 5_000_000
IMPORT_UNPACKED_BYTES = 100_000_000

# files from customers; one request is also bound by Odoo's web.max_file_upload_size
FILE_NAME_LENGTH = 150
FILE_SIZE = 25 * 1024**2
FILES_AT_ONCE = 20
FILES_A_WORKSPACE = 200
BYTES_A_WORKSPACE = 1024**3
FILE_UNDO_MINUTES = 60
ZIP_SIZE = 1024**3

LIMITS = {
    # codes by SMS: the pause between two, then by contact, client address, company
    "sms_pause": Limit(1, 60),
    "sms_contact": Limit(5, 3600),
    "sms_address": Limit(50, 3600),
    "sms_company": Limit(200, 3600),  # customer_sms_hourly_limit replaces the 200
    # "Send me a new link"
    "recovery_access": Limit(3, 3600),
    "recovery_address": Limit(30, 3600),
    # ways to an OpenID provider that are begun from one address
    "provider_address": Limit(60, 3600),
    # one way to a password, however many workspaces the contact is on
    "password_reset": Limit(1, 60),
    # mails to one person who asks for the way in, or for a password
    "way_in": Limit(3, 3600),
    # a page asks how good a password is that is being typed, by client address
    "password_meter": Limit(600, 3600),
    # a visitor of somebody's link asks for access of one's own: by link's access, address
    "own_access": Limit(5, 3600),
    "own_access_address": Limit(20, 3600),
    # what is noted or told at most once an hour
    "refused_event": Limit(1, 3600),
    "limit_alert": Limit(1, 3600),
    # a contact proposes colleagues, or asks to remove them
    "colleague_request": Limit(10, 3600),
    # a contact asks for another e-mail address of its own
    "email_change": Limit(5, 3600),
    # a contact sends requests, which become tasks
    "job_request": Limit(20, 3600),
    # a contact orders shifts, changes and cancels them
    "shift_order": Limit(60, 3600),
    "shift_change": Limit(120, 3600),
    # self-registration: by client address, by e-mail address, and in all
    "registration_address": Limit(20, 3600),
    "registration_email": Limit(3, 3600),
    "registration_company": Limit(100, 3600),  # customer_registration_hourly_limit replaces it
    # mails to one address that wait for an approval, however often it is typed
    "registration_told": Limit(3, 3600),
    # mails that ask one contact whether it knows somebody
    "vouch": Limit(5, 3600),
    # one form, one message, however often it is sent
    "message_form": Limit(1, 86400),
    # a contact changes rows of lists; staff are told at most once an hour a list
    "row_change": Limit(3000, 3600),
    "rows_report": Limit(1, 3600),
    # how often a contact uploads files, or has a zip made
    "upload": Limit(60, 3600),
    "zip": Limit(30, 3600),
    # a customer's step is shown as "seen" at most once a minute
    "seen": Limit(1, 60),
    # a contact's visit of one publication is noted at most once a minute
    "opened": Limit(1, 60),
}
