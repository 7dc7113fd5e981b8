from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, is_html_empty


class CustomerPublication(models.Model):
    """Drafts are published, closed, withdrawn and reopened by these verbs, and by no write."""

    _inherit = "customer.publication"

    def action_close(self):
        """End answering and changing; customers can still read it.

        :rtype: bool
        """
        self.check_access("write")
        for publication in self.filtered(lambda shown: shown.state == "published"):
            publication.sudo().state = "closed"  # written by verbs only
            publication._log_to_workspace(
                self.env._("“%(publication)s” closed", publication=publication.name)
            )
        return True

    def action_draft(self):
        """Take these back: customers no longer see them.

        :rtype: bool
        :raises UserError: when a customer has answered or filled in one
        """
        self.check_access("write")
        for publication in self - self.filtered(lambda shown: shown.state == "draft"):
            if publication.sudo()._was_worked_on():
                raise UserError(
                    self.env._(
                        "Customers have answered “%(publication)s”: it cannot be taken back. "
                        "Close it instead, then they can read it, but change nothing.",
                        publication=publication.name,
                    )
                )
            publication.sudo().write({"state": "draft", "published_at": False})
            publication._log_to_workspace(
                self.env._("“%(publication)s” taken back", publication=publication.name)
            )
        return True

    def action_reopen(self):
        """Let customers answer again; whoever answered is told.

        :rtype: bool
        :raises UserError: when there is no answer
        """
        self.check_access("write")
        for publication in self:
            response_sudo = publication.sudo()._current_response()
            if not response_sudo:
                raise UserError(
                    self.env._(
                        "Nobody has answered “%(publication)s”: there is nothing to reopen.",
                        publication=publication.name,
                    )
                )
            response_sudo.is_current = False
            publication.sudo().state = "published"  # written by verbs only
            publication._tell_reopened(response_sudo)
        return True

    def _publish(self):
        """Show these to customers; what is shown already stays as it is.

        :raises UserError: when one is incomplete
        """
        self.check_access("write")
        hidden = self.filtered(lambda publication: publication.state != "published")
        for publication in hidden:
            if problem := publication._publish_problem():
                raise UserError(problem)
        for publication in hidden:
            publication.sudo().write(  # written by verbs only
                {
                    "state": "published",
                    "published_at": publication.published_at or fields.Datetime.now(),
                }
            )
            if publication.kind == "offer":
                publication._current_version()
            publication._log_to_workspace(
                self.env._("“%(publication)s” published", publication=publication.name)
            )

    def _publish_problem(self):
        """Say why this cannot be published, or nothing.

        :rtype: str | None
        """
        self.ensure_one()
        has_text = not is_html_empty(self.body)
        if self.project_id.is_template:
            return self.env._(
                "This is a template: it has no customers. Its publications are copied as drafts "
                "into the projects that are made from it."
            )
        if self.date_until and self.date_until < fields.Date.context_today(self):
            return self.env._(
                "“%(publication)s” ended on %(date)s. Choose a later date, or none.",
                publication=self.name,
                date=format_date(self.env, self.date_until),
            )
        complete = {
            "offer": has_text or self.attachment_ids,
            "page": has_text,
            "file": self.attachment_ids,
            "link": self.url,
            "list": self.columns_definition,
        }
        return None if complete[self.kind] else self._incomplete_text()

    def _incomplete_text(self):
        """Say what this kind lacks.

        :rtype: str
        """
        return {
            "offer": lambda: self.env._(
                "The offer “%(name)s” is empty: write a text or add a file.", name=self.name
            ),
            "page": lambda: self.env._(
                "The page “%(name)s” is empty: write a text.", name=self.name
            ),
            "file": lambda: self.env._(
                "“%(name)s” has no files: add at least one.", name=self.name
            ),
            "link": lambda: self.env._(
                "The link “%(name)s” leads nowhere: enter its address.", name=self.name
            ),
            "list": lambda: self.env._(
                "The list “%(name)s” has no columns: add at least one.", name=self.name
            ),
        }[self.kind]()

    def _current_response(self):
        """Return the answer that counts, if there is one."""
        return self.response_ids.filtered("is_current")

    def _was_worked_on(self):
        """Say whether a customer has answered this or filled in a row.

        :rtype: bool
        """
        touched = Domain("access_id", "!=", False) | Domain("is_customer_row", "=", True)
        return bool(self.response_ids) or bool(
            self.env["customer.publication.entry"].search_count(
                Domain("publication_id", "=", self.id) & touched, limit=1
            )
        )

    def _log_to_workspace(self, text):
        """Note in the chatter of the workspace what staff did; customers do not see it.

        :param str text: plain text
        """
        # sudo: who manages publications need not be allowed to write the project
        self.sudo()._target()._message_log(body=text)

    def _tell_reopened(self, response):
        """Tell the contact who answered, in the thread and by mail, in its language.

        The thread is read by all contacts of the workspace, this publication perhaps
        not: the message tells neither its title nor its amount.

        :param response: the answer that no longer counts
        """
        access = response.access_id
        closed = self.env["customer.access"]._closed_domain()
        readers = access.filtered("invited_at").filtered_domain(~closed)
        localized = self.with_context(lang=response.partner_id.lang or self.env.user.lang)
        values = {
            "name": response.partner_name,
            "date": format_date(localized.env, response.create_date),
        }
        text = (
            localized.env._(
                "%(name)s, the offer that you accepted on %(date)s is open again: we are "
                "changing it, or were asked to. Please read it and answer once more.",
                **values,
            )
            if response.decision == "accepted"
            else localized.env._(
                "%(name)s, the offer that you declined on %(date)s is open again. Please read "
                "it and answer once more.",
                **values,
            )
        )
        # sudo: who manages publications need not be allowed to write the project
        self.sudo()._target().message_post(
            body=Markup("<p>%s</p>") % text,
            author_id=self.env.user.partner_id.id,
            message_type="comment",
            subtype_xmlid="customer_portal_access.mt_to_customer",
            partner_ids=readers.partner_id.ids,
        )
