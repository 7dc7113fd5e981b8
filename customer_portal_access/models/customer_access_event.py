from odoo import api, fields, models
from odoo.api import SUPERUSER_ID
from odoo.http import request

from ..utils import own_transaction

KINDS = [
    ("created", "Added"),
    ("removed", "Removed"),
    ("invited", "Invitation sent"),
    ("withheld", "Invitation withheld"),
    ("link_copied", "Link copied"),
    ("mail_failed", "Mail failed"),
    ("mail_bounced", "Mail bounced"),
    ("link_opened", "Link used"),
    ("link_refused", "Link refused"),
    ("code_sent", "Code sent"),
    ("code_failed", "Code not sent"),
    ("code_wrong", "Wrong code"),
    ("code_passed", "Code passed"),
    ("password_chosen", "Password chosen"),
    ("entered", "Came in"),
    ("left", "Logged out"),
    ("revoked", "Revoked"),
    ("renewed", "Credentials renewed"),
    ("reinstated", "Let in again"),
    ("recovery", "New link asked for"),
    ("not_me", "Says: not me"),
    ("wrong_number", "Says: not my number"),
    ("number_changed", "Number for codes changed"),
    ("limit_hit", "Limit reached"),
    ("merged", "Merged"),
    ("colleague_proposed", "Colleague proposed"),
    ("colleague_approved", "Colleague approved"),
    ("colleague_rejected", "Colleague rejected"),
    ("removal_asked", "Removal asked for"),
    ("removal_approved", "Removal approved"),
    ("removal_rejected", "Removal rejected"),
    ("access_asked", "Access of one's own asked for"),
    ("preview", "Previewed by staff"),
    ("published", "Publication sent"),
    ("publication_opened", "Publication opened"),
    ("publication_answered", "Offer answered"),
    ("rows_changed", "Rows of a list changed"),
    ("file_uploaded", "File uploaded"),
    ("file_removed", "File taken back"),
    ("data_changed", "Data changed"),
    ("job_requested", "Request sent"),
    ("notified", "Mail about the workspace sent"),
    ("email_changed", "E-mail address changed"),
    ("vouch_asked", "Asked to vouch"),
    ("vouched", "Said whether a colleague is known"),
    ("registered", "Registered"),
    ("registration_approved", "Registration approved"),
    ("registration_rejected", "Registration rejected"),
    # of the addons that open other apps to contacts: what is logged outlives them
    ("questionnaire_answered", "Questionnaire answered"),
    ("quotation_opened", "Quotation opened"),
    ("quotation_answered", "Quotation answered"),
    ("hours_approved", "Hours approved"),
    ("hours_rejected", "Hours sent back"),
    ("hours_reopened", "Approved hours reopened"),
    ("shift_ordered", "Shift ordered"),
    ("shift_changed", "Shift changed"),
    ("shift_cancelled", "Shift cancelled"),
    # of accounts at an OpenID provider; here, for the log outlives the addon that has them
    ("identity_linked", "Sign-in with a provider linked"),
    ("identity_removed", "Sign-in with a provider taken away"),
    ("identity_refused", "Sign-in with a provider refused"),
]


class CustomerAccessEvent(models.Model):
    """The access log. A database trigger keeps it append-only (see ``init``)."""

    _name = "customer.access.event"
    _description = "Customer access log"
    _order = "id desc"
    _rec_name = "kind"
    _log_access = False

    create_date = fields.Datetime(
        string="When",
        readonly=True,
        required=True,
        index=True,
        default=lambda self: fields.Datetime.now(),
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    reason = fields.Char(readonly=True)
    access_id = fields.Many2one(
        "customer.access", readonly=True, ondelete="set null", index="btree_not_null"
    )
    partner_id = fields.Many2one(
        "res.partner", readonly=True, ondelete="set null", index="btree_not_null"
    )
    user_id = fields.Many2one(
        "res.users",
        string="By",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Who did it; empty: the customer or nobody signed in.",
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="restrict")
    facts = fields.Json(
        readonly=True,
        help="Of an access that was removed: what it was; of data that changed: fingerprints.",
    )
    ip_address = fields.Char(string="Address", readonly=True)
    user_agent = fields.Char(string="Browser", readonly=True)

    def init(self):
        """Let the database itself refuse to change what was logged.

        Only references may be emptied or follow a merge, and a person's address and
        browser may be erased.
        """
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION customer_access_event_guard() RETURNS trigger AS
            $$
            BEGIN
                IF TG_OP = 'UPDATE'
                   AND (to_jsonb(NEW) - ARRAY['access_id', 'partner_id', 'user_id',
                                              'ip_address', 'user_agent'])
                     = (to_jsonb(OLD) - ARRAY['access_id', 'partner_id', 'user_id',
                                              'ip_address', 'user_agent'])
                   AND (NEW.ip_address IS NULL OR NEW.ip_address = OLD.ip_address)
                   AND (NEW.user_agent IS NULL OR NEW.user_agent = OLD.user_agent)
                   AND (NEW.access_id IS NULL OR OLD.access_id IS NOT NULL)
                   AND (NEW.partner_id IS NULL OR OLD.partner_id IS NOT NULL)
                   AND (NEW.user_id IS NULL OR OLD.user_id IS NOT NULL)
                THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'The customer access log cannot be changed.';
            END
            $$ LANGUAGE plpgsql;
            CREATE OR REPLACE TRIGGER customer_access_event_guard
                BEFORE UPDATE OR DELETE ON customer_access_event
                FOR EACH ROW EXECUTE FUNCTION customer_access_event_guard();
            """
        )

    @api.model
    def _log(self, kind, access=None, reason=None, partner=None, **values):
        """Write one line, in the transaction of this environment.

        :param str kind: one of ``KINDS``
        :param access: the accesses concerned, one line each
        :param str reason: a code or a short text; never a secret
        :param partner: the person, or persons, when there is no access
        :param values: other fields of the lines
        :return: the lines
        """
        none = self.env["customer.access"]
        if access is None:
            targets = [(none, person) for person in partner or [none.partner_id]]
        else:
            targets = [(target, partner or target.partner_id) for target in access]
        client = request.httprequest if request else None
        return self.sudo().create(
            [
                {
                    "kind": kind,
                    "reason": reason,
                    "access_id": target.id,
                    "partner_id": person.id,
                    "company_id": target.company_id.id,
                    "user_id": self._acting_user_id(),
                    "ip_address": client and client.remote_addr,
                    "user_agent": client and client.user_agent.string[:200],
                    **values,
                }
                for target, person in targets
            ]
        )

    @api.model
    def _acting_user_id(self):
        """Return who does this: behind the superuser, whoever is signed in, if anybody."""
        if self.env.uid != SUPERUSER_ID or not request:
            return self.env.uid
        return request.session.uid or False

    @api.model
    def _log_at_once(self, kind, access, reason=None):
        """Write lines that stay even if the request is refused or run again."""
        with own_transaction(self.env) as env:
            env[self._name]._log(kind, access.with_env(env), reason)
