from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_datetime

STATUSES = [
    ("draft", "Draft"),
    ("accepted", "Accepted"),
    ("declined", "Declined"),
    ("closed", "Closed"),
    ("overdue", "Date is over"),
    ("filled", "Filled in"),
    ("opened", "Opened"),
    ("not_opened", "Not opened"),
]


class CustomerPublication(models.Model):
    """What customers did with a publication, in one word and one line.

    The first status of ``STATUSES`` that holds is the one. Three queries answer for a
    whole list of publications, however many rows their lists have.
    """

    _inherit = "customer.publication"

    status = fields.Selection(STATUSES, compute="_compute_status", search="_search_status")
    status_text = fields.Char(string="What happened", compute="_compute_status")

    @api.depends(
        "state",
        "date_until",
        "version",
        "response_ids.is_current",
        "response_ids.decision",
        "recipient_ids.opened_at",
        "recipient_ids.opened_version",
        "entry_ids.access_id",
        "entry_ids.active",
        "entry_ids.is_customer_row",
    )
    @api.depends_context("lang", "tz")
    def _compute_status(self):
        facts = self._status_facts()
        for publication in self:
            known = facts.get(publication._origin.id, {})
            publication.status = publication._status(known)
            publication.status_text = publication._status_line(known)

    def _status_facts(self):
        """Return what customers did with these publications, by id.

        :return: by id: ``response``, ``opened`` (the first contact to open what is shown
            now), ``rows`` (how many), ``filled`` (a customer filled in some) and ``row``
            (the last change by a customer)
        :rtype: dict[int, dict]
        """
        ids = self._origin.ids
        facts = {publication_id: {} for publication_id in ids}
        # sudo: who may see a publication may know what became of it
        env = self.sudo().env
        for response in env["customer.publication.response"].search(
            [("publication_id", "in", ids), ("is_current", "=", True)]
        ):
            facts[response.publication_id.id]["response"] = response
        for recipient in env["customer.publication.recipient"].search(
            [("publication_id", "in", ids), ("opened_at", "!=", False)], order="opened_at"
        ):
            known = facts[recipient.publication_id.id]
            if recipient.opened_version >= recipient.publication_id.version:
                known.setdefault("opened", recipient)
            known.setdefault("opened_before", recipient)
        for publication_id, count, filled, access_id, changed_at in self._status_rows(ids):
            facts[publication_id].update(rows=count, filled=filled)
            if access_id:
                access = env["customer.access"].browse(access_id)
                facts[publication_id]["row"] = (access, changed_at)
        return facts

    def _status_rows(self, ids):
        """Count the rows of lists, and find the customer who changed one last.

        :param ids: ids of publications
        :return: id, count, whether a customer filled in any, id of the access that changed
            one last or nothing, date of its change
        :rtype: list[tuple]
        """
        if not ids:
            return []
        self.env["customer.publication.entry"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (publication_id)
                       publication_id, count(*) OVER of_list,
                       bool_or(access_id IS NOT NULL OR is_customer_row) OVER of_list,
                       access_id, changed_at
                  FROM customer_publication_entry
                 WHERE publication_id IN %s AND active
                WINDOW of_list AS (PARTITION BY publication_id)
              ORDER BY publication_id, access_id IS NULL, changed_at DESC NULLS LAST, id DESC
                """,
                tuple(ids),
            )
        )

    def _status(self, known):
        """Return the status.

        :param dict known: what ``_status_facts`` found
        :rtype: str
        """
        today = fields.Date.context_today(self)
        if self.state == "draft" or not self.state:
            return "draft"
        if response := known.get("response"):
            return response.decision
        if self.state == "closed":
            return "closed"
        if self.date_until and self.date_until < today:
            return "overdue"
        if known.get("filled"):
            return "filled"
        return "opened" if known.get("opened") else "not_opened"

    def _status_line(self, known):
        """Say in words what happened, and who did it when.

        :param dict known: what ``_status_facts`` found
        :rtype: str
        """
        if self.status == "draft":
            return self.env._("Draft: customers do not see it")
        parts = [
            part()
            for part, told in (
                (self._status_ended, self.status in ("closed", "overdue")),
                (lambda: self._status_answer(known["response"]), known.get("response")),
                (lambda: self._status_filled(known), known.get("rows")),
                (
                    lambda: self._status_opened(known),
                    not known.get("response") and not known.get("filled"),
                ),
            )
            if told
        ]
        return " · ".join(parts)

    def _status_ended(self):
        if self.status == "closed":
            return self.env._("Closed")
        return self.env._("Ended on %(date)s", date=format_date(self.env, self.date_until))

    def _status_answer(self, response):
        values = {"name": response.partner_name, "date": self._moment(response.create_date)}
        if response.decision == "accepted":
            return self.env._("Accepted by %(name)s, %(date)s", **values)
        return self.env._("Declined by %(name)s, %(date)s", **values)

    def _status_filled(self, known):
        if not known.get("row"):
            return self.env._("Rows: %(count)s", count=known["rows"])
        access, changed_at = known["row"]
        return self.env._(
            "Rows: %(count)s, last changed by %(name)s, %(date)s",
            count=known["rows"],
            name=access.partner_id.name,
            date=self._moment(changed_at),
        )

    def _status_opened(self, known):
        if recipient := known.get("opened"):
            return self.env._(
                "Opened by %(name)s, %(date)s",
                name=recipient.partner_id.name,
                date=self._moment(recipient.opened_at),
            )
        if known.get("opened_before"):
            return self.env._("Changed since it was opened")
        return self.env._("Not opened yet")

    def _moment(self, moment):
        """Return a point in time in the reader's words."""
        return format_datetime(self.env, moment, tz=self.env.context.get("tz"), dt_format="short")

    # ------------------------------------------------------------
    # SEARCH
    # ------------------------------------------------------------

    @api.model
    def _status_domains(self):
        """Return a domain for each status; the first that matches is the one.

        :rtype: dict[str, Domain]
        """
        today = fields.Date.context_today(self)
        current = Domain("is_current", "=", True)
        return {
            "draft": Domain("state", "=", "draft"),
            "accepted": Domain(
                "response_ids", "any", current & Domain("decision", "=", "accepted")
            ),
            "declined": Domain(
                "response_ids", "any", current & Domain("decision", "=", "declined")
            ),
            "closed": Domain("state", "=", "closed"),
            "overdue": Domain("date_until", "<", today),
            "filled": Domain(
                "entry_ids",
                "any",
                Domain("access_id", "!=", False) | Domain("is_customer_row", "=", True),
            ),
            "opened": Domain("id", "in", self._opened_query()),
            "not_opened": Domain.TRUE,
        }

    def _opened_query(self):
        """Return the query of what a contact has opened as it is now."""
        return SQL(
            """(SELECT recipient.publication_id
                  FROM customer_publication_recipient recipient
                  JOIN customer_publication publication
                    ON publication.id = recipient.publication_id
                 WHERE recipient.opened_at IS NOT NULL
                   AND recipient.opened_version >= publication.version)""",
            to_flush=[
                self._fields["version"],
                self.env["customer.publication.recipient"]._fields["opened_version"],
            ],
        )

    @api.model
    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        before, found = Domain.FALSE, Domain.FALSE
        for status, domain in self._status_domains().items():
            if status in value:
                found |= domain & ~before
            before |= domain
        return found
