from odoo.tools import mute_logger

from .common import CustomerCase


class BulkCase(CustomerCase):
    """Jobs of Paul's, a portal administrator, for contacts with and without an access."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.invitation.job"].search([])._cancel()
        cls.env["mail.mail"].search([("state", "=", "outgoing")]).unlink()

    def _contacts(self, count, role=None):
        """Return new contacts with an access each, on the opportunity."""
        contacts = self.env["res.partner"].browse()
        for number in range(count):
            contact = self._create_contact(
                f"Person {number}", f"person{number}@bulk.example", f"+47 406 13 {number:03d}"
            )
            self._create_access(contact, role)
            contacts |= contact
        return contacts

    def _job(self, contacts, **values):
        return (
            self.env["customer.invitation.job"]
            .with_user(self.paul)
            .create(
                {
                    "whom": "selection",
                    "partner_ids": [(6, 0, contacts.ids)],
                    "mails_per_hour": 0,
                    **values,
                }
            )
        )

    def _started(self, contacts, **values):
        job = self._job(contacts, **values)
        job.action_start()
        return job

    def _run_batches(self):
        """Run the batches that are due, then the queue of mails; return what left."""
        self.env.ref("customer_portal_access.ir_cron_invitation_job").method_direct_trigger()
        return self._run_queue()

    def _run_queue(self):
        with (
            self.mock_mail_gateway(mail_unlink_sent=True),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            self.env["mail.mail"].process_email_queue()
        return self._to_contacts()

    def _to_contacts(self):
        """Return the caught mails to contacts of jobs."""
        return [mail for mail in self._mails if "@bulk.example" in mail["email_to"][0]]

    def _states(self, job):
        return {line.partner_id: line.state for line in job.line_ids}

    def _reasons(self, job):
        return {line.partner_id: line.reason for line in job.line_ids if line.reason}
