from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..utils import PASSWORD_LINK_HOURS
from .customer_access_text import EXPIRY_MARK, LINK_MARK

# So many rows at once where no mail is made.
BATCH = 1000


class CustomerInvitationJob(models.Model):
    """Credentials in one go: another password, sessions ended, links revoked; each ticked."""

    _inherit = "customer.invitation.job"

    new_password = fields.Boolean(
        string="Choose a new password at the next sign-in",
        help="Whoever has one signs in with it once more. Whoever is in goes on.",
    )
    end_sessions = fields.Boolean(string="End all open sessions")
    revoke_links = fields.Boolean(
        string="Revoke all links",
        help="Personal links, the sessions they opened, and ways to a password not used yet.",
    )
    tell = fields.Boolean(
        string="Tell them by mail",
        help="With the way to a new password, or a new personal link. Who must show a code gets "
        "a link that asks for it.",
    )
    include_untold = fields.Boolean(string="Also who cannot be told")
    renewal_template_id = fields.Many2one(
        "mail.template",
        string="Mail",
        domain=[("model", "=", "res.partner")],
        ondelete="restrict",
        default=lambda self: self._default_template("mail_template_renewal"),
    )
    planned_count = fields.Integer(string="Contacts", compute="_compute_credential_counts")
    password_count = fields.Integer(string="With a password", compute="_compute_credential_counts")
    session_count = fields.Integer(string="Open sessions", compute="_compute_credential_counts")
    live_link_count = fields.Integer(string="Live links", compute="_compute_credential_counts")
    password_way_count = fields.Integer(
        string="Ways to a new password", compute="_compute_credential_counts"
    )

    def _check_wishes(self):
        ticks = self.new_password or self.end_sessions or self.revoke_links
        if self.kind == "credentials" and not ticks:
            raise UserError(self.env._("Nothing is ticked: a new password, sessions or links?"))
        return super()._check_wishes()

    def _all_domain(self):
        if self.kind != "credentials":
            return super()._all_domain()
        here = [("company_id", "=", self.company_id.id)]
        return Domain("customer_access_ids", "any!", here) | Domain(
            "user_ids", "any!", self._user_domain()
        )

    def _user_domain(self):
        """Return the domain of the customers' users of the job's company."""
        return (
            Domain("active", "=", True)
            & Domain("share", "=", True)
            & Domain("company_ids", "in", self.company_id.ids)
            & Domain("all_group_ids", "in", self.env.ref("base.group_portal").ids)
        )

    # ------------------------------------------------------------
    # PLAN
    # ------------------------------------------------------------

    def _credentials_query(self, contacts):
        """Return a query of what contacts hold here: users, password, sessions, links.

        :param SQL contacts: a query of their ids
        """
        env = self.env(su=True)  # users, sessions and links are nobody's to read
        Users, Link, Session = (
            env[name].with_context(active_test=False)
            for name in ("res.users", "customer.access.link", "customer.access.session")
        )
        here = Domain("company_id", "=", self.company_id.id)
        visits = Domain("level", "=", "link") & Domain("access_id", "any", here)
        return SQL(
            """
            SELECT contact.id, person.ids AS user_ids,
                   COALESCE(person.has_password, FALSE) AS has_password,
                   COALESCE(device.number, 0) + COALESCE(visit.number, 0) AS sessions,
                   COALESCE(link.number, 0) AS links
              FROM (%(contacts)s) AS contact(id)
              LEFT JOIN (SELECT partner_id, array_agg(id) AS ids,
                                bool_or(password IS NOT NULL) AS has_password
                           FROM res_users WHERE id IN %(users)s
                          GROUP BY partner_id) AS person ON person.partner_id = contact.id
              LEFT JOIN (SELECT users.partner_id, count(DISTINCT log.session_identifier) AS number
                           FROM res_device_log AS log JOIN res_users AS users ON users.id = log.user_id
                          WHERE log.revoked IS NOT TRUE AND log.user_id IN %(users)s
                          GROUP BY users.partner_id) AS device ON device.partner_id = contact.id
              LEFT JOIN (SELECT access.partner_id, count(*) AS number
                           FROM customer_access_session AS session
                           JOIN customer_access AS access ON access.id = session.access_id
                          WHERE session.id IN %(visits)s
                          GROUP BY access.partner_id) AS visit ON visit.partner_id = contact.id
              LEFT JOIN (SELECT partner_id, count(*) AS number
                           FROM customer_access_link WHERE id IN %(links)s
                          GROUP BY partner_id) AS link ON link.partner_id = contact.id
            """,
            contacts=contacts,
            users=Users._search(self._user_domain()).subselect(),
            visits=Session._search(visits & Session._alive_domain()).subselect(),
            links=Link._search(here & Domain("state", "=", "live")).subselect(),
        )

    def _plan_query(self):
        if self.kind != "credentials":
            return super()._plan_query()
        Partner = self.env["res.partner"]
        return SQL(
            """
            WITH contact AS MATERIALIZED (
                %(contacts)s
            ), held AS MATERIALIZED (
                %(held)s
            ), place AS (
                SELECT DISTINCT ON (access.partner_id) access.*
                  FROM (SELECT access.*, role.requires_code
                               AND COALESCE(access.reason != ALL(%(closed)s), TRUE) AS by_code
                          FROM (%(accesses)s) AS access
                          JOIN customer_contact_role AS role ON role.id = access.role_id) AS access
                 ORDER BY access.partner_id, access.by_code DESC, access.reason IS NOT NULL,
                          access.id DESC
            ), choice AS (
                SELECT held.*, place.id AS access_id, place.reason,
                       COALESCE(contact.company_id != %(company)s, FALSE) AS elsewhere,
                       contact.internal, contact.email_normalized IS NULL AS no_email,
                       contact.disabled,
                       place.id IS NOT NULL AND place.reason IS NULL
                           AND (place.by_code OR NOT held.has_password) AS by_link,
                       held.has_password AND place.by_code IS NOT TRUE AS by_password,
                       (%(new_password)s AND held.has_password)
                           OR (%(end_sessions)s AND (held.sessions > 0 OR held.user_ids IS NOT NULL))
                           OR (%(revoke_links)s AND held.links > 0) AS applies
                  FROM contact JOIN held USING (id) LEFT JOIN place ON place.partner_id = contact.id
            )
            INSERT INTO customer_invitation_job_line
                        (job_id, partner_id, access_id, way, state, reason,
                         has_password, session_count, link_count)
            SELECT %(job)s, id, CASE WHEN code IS NULL AND way = 'link' THEN access_id END,
                   CASE WHEN code IS NULL THEN way END,
                   CASE WHEN code IS NULL THEN 'waiting' ELSE 'skipped' END,
                   COALESCE(code, CASE WHEN %(tell)s THEN untold END),
                   has_password, sessions, links
              FROM (SELECT *,
                           CASE WHEN internal THEN 'internal'
                                WHEN elsewhere THEN 'elsewhere'
                                WHEN NOT applies THEN 'nothing'
                                WHEN %(tell)s AND NOT %(include_untold)s THEN untold END AS code,
                           CASE WHEN NOT %(tell)s OR untold IS NOT NULL THEN NULL
                                WHEN by_link THEN 'link' ELSE 'password' END AS way
                      FROM (SELECT *, CASE WHEN no_email THEN 'email'
                                           WHEN disabled THEN 'disabled'
                                           WHEN by_link OR by_password THEN NULL
                                           ELSE COALESCE(reason, 'policy') END AS untold
                              FROM choice) AS reached) AS planned
             ORDER BY id
            """,
            contacts=self._contacts_query(
                internal=Partner._customer_internal_domain(),
                disabled=Partner._customer_policy_domain(self.company_id, "disabled"),
            ),
            held=self._credentials_query(SQL("SELECT id FROM contact")),
            accesses=self._accesses_query(),
            closed=list(self.env["customer.access"]._closed_domains()),
            company=self.company_id.id,
            new_password=self.new_password,
            end_sessions=self.end_sessions,
            revoke_links=self.revoke_links,
            tell=self.tell,
            include_untold=self.include_untold,
            job=self.id,
        )

    @api.depends("line_ids.state", "line_ids.way")
    def _compute_credential_counts(self):
        groups = self.env["customer.invitation.job.line"]._read_group(
            [("job_id", "in", self.ids), ("state", "!=", "skipped")],
            ["job_id", "has_password", "way"],
            ["__count", "session_count:sum", "link_count:sum"],
        )
        for job in self:
            own = [group for group in groups if group[0] == job]
            job.planned_count = sum(group[3] for group in own)
            job.password_count = sum(group[3] for group in own if group[1])
            job.session_count = sum(group[4] or 0 for group in own)
            job.live_link_count = sum(group[5] or 0 for group in own)
            job.password_way_count = sum(group[3] for group in own if group[2] == "password")

    # ------------------------------------------------------------
    # RUN
    # ------------------------------------------------------------

    def _ticks_text(self):
        """Return what is ticked, as the log keeps it.

        :rtype: str
        """
        ticks = ("new_password", "end_sessions", "revoke_links")
        return ", ".join(tick for tick in ticks if self[tick])

    def _makes_mails(self):
        return self.kind != "credentials" or self.tell

    def _pace_an_hour(self):
        return super()._pace_an_hour() if self._makes_mails() else 0

    def _batch_size(self):
        return super()._batch_size() if self._makes_mails() else BATCH

    def _duration_text(self):
        if not self._makes_mails():
            return self.env._("A moment")
        return super()._duration_text()

    # ------------------------------------------------------------
    # MAIL
    # ------------------------------------------------------------

    def _renewal_words(self, line, partner):
        """Return what stands for [link] and [done] in the mail of a row.

        :param partner: its contact, in the contact's language
        :rtype: dict
        """
        company = self.company_id
        if line.way == "link":
            label = partner.env._("Open my page")
            note = partner.env._("The link works until %(expiry)s.", expiry=EXPIRY_MARK)
        else:
            label = partner.env._("Choose a new password")
            note = partner.env._(
                "Your user name is %(login)s. The link works once, within %(hours)s hours.",
                login=partner._customer_login(),
                hours=PASSWORD_LINK_HOURS,
            )
        done = []
        if self.new_password and line.has_password:
            done.append(partner.env._("At your next sign-in you choose a new password."))
        if self.end_sessions:
            done.append(partner.env._("You are signed out everywhere."))
        if self.revoke_links and line.link_count:
            done.append(partner.env._("Links that you got before work no more."))
        return {
            "link": Markup("%s<br/>%s") % (company._customer_button(LINK_MARK, label), note),
            "done": Markup("<br/>").join(Markup("• %s") % sentence for sentence in done),
        }

    def _preview(self):
        line = self.preview_line_id
        if self.kind != "credentials":
            return super()._preview()
        if not line.way:
            return {}
        partner = line.partner_id
        subject, body = partner._customer_sign_in_text(
            self.renewal_template_id,
            self.company_id,
            lambda partner: self._renewal_words(line, partner),
        )
        access = line.access_id
        expires_at = access and access._link_end(access.link_kind, fields.Datetime.now())
        body = access._fill_marks(body, f"{partner.get_base_url()}/customer/…", expires_at)
        return {"subject": subject, "body": body, "email_to": partner.email}

    @api.depends("renewal_template_id")
    def _compute_preview(self):
        return super()._compute_preview()
