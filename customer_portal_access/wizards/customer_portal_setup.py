import socket
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config

from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.addons.sms.tools.sms_api import SmsApi

LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}


class CustomerPortalSettings(models.TransientModel):
    """Set-up checks: what an invitation needs, said before one is sent."""

    _inherit = "customer.portal.settings"

    setup_checks = fields.Json(compute="_compute_setup_checks")

    @api.depends("company_id")
    def _compute_setup_checks(self):
        for settings in self:
            settings.setup_checks = settings.with_company(settings.company_id)._setup_checks()

    @api.model
    def _setup_checks(self):
        """Look at what an invitation of the current company and user needs.

        :return: for each check its ``key``, ``ok`` (``None``: works, yet look at it),
            ``title``, ``text``, the ``action`` where it is mended (or ``False``) and
            the ``test`` method that tries it (or ``False``)
        :rtype: list[dict]
        """
        return [
            self._check_mail() | {"key": "mail", "title": self.env._("Outgoing mail")},
            self._check_sender() | {"key": "sender", "title": self.env._("Sender address")},
            self._check_company_email()
            | {"key": "company_email", "title": self.env._("Company's e-mail address")},
            self._check_sms() | {"key": "sms", "title": self.env._("SMS")},
            self._check_base_url()
            | {"key": "base_url", "title": self.env._("Address of the links")},
            self._check_phone() | {"key": "phone", "title": self.env._("Company phone")},
        ]

    def _check(self, ok, text, action=False, test=False):
        return {"ok": ok, "text": text, "action": action, "test": test}

    def _check_mail(self):
        action = self._system_action("base.action_ir_mail_server_list")
        test = "action_test_mail"
        server = self.env["ir.mail_server"].sudo().search([], limit=1)
        if server:
            return self._check(
                True, self.env._("Mail leaves through %s.", server.name), action, test
            )
        host, port = config["smtp_server"], config["smtp_port"]
        try:
            socket.create_connection((host, port), timeout=2).close()
        except OSError:
            text = self.env._(
                "There is no outgoing mail server: nothing answers at %(host)s:%(port)s.",
                host=host,
                port=port,
            )
            return self._check(False, text, action, test)
        text = self.env._("Mail leaves through %(host)s:%(port)s.", host=host, port=port)
        return self._check(True, text, action, test)

    def _check_sender(self):
        user, company = self.env.user, self.env.company
        action = self.env["ir.actions.act_window"]._for_xml_id("base.action_res_users_my")
        action["res_id"] = user.id
        if user.email_normalized:
            return self._check(
                True, self.env._("Your invitations come from %s.", user.email), action
            )
        if sender := company._customer_sender():
            text = self.env._("You have no e-mail address: your invitations come from %s.", sender)
            return self._check(None, text, action)
        return self._check(False, self.env._("You have no e-mail address to send from."), action)

    def _check_company_email(self):
        company, action = self.env.company, self._company_action()
        if company.email_formatted:
            text = self.env._(
                "What nobody here signs, such as mails to whoever registers, comes from %s.",
                company.email_formatted,
            )
            return self._check(True, text, action)
        if sender := company._customer_sender():
            text = self.env._(
                "The company has no e-mail address: what nobody here signs, such as mails to "
                "whoever registers, comes from %s.",
                sender,
            )
            return self._check(None, text, action)
        text = self.env._(
            "The company has no e-mail address: whoever registers or asks for a password gets "
            "no mail."
        )
        return self._check(False, text, action)

    def _check_sms(self):
        action = self._system_action("iap.iap_account_action")
        test = "action_test_sms"
        if self.env.company._get_sms_api_class() is not SmsApi:
            return self._check(
                True, self.env._("SMS leave through your own provider."), action, test
            )
        endpoint = self.env["ir.config_parameter"].sudo().get_param("sms.endpoint")
        if endpoint and endpoint != SmsApi.DEFAULT_ENDPOINT:
            host = urlsplit(endpoint).netloc
            return self._check(True, self.env._("SMS leave through %s.", host), action, test)
        # sudo: only to read whether there is an account, and its balance
        account_sudo = (
            self.env["iap.account"]
            .sudo()
            .search(
                [
                    ("service_name", "=", "sms"),
                    ("company_ids", "in", [self.env.company.id, False]),
                ],
                order="id desc",
                limit=1,
            )
        )
        if account_sudo.state in ("banned", "unregistered") or not account_sudo:
            return self._check(
                False, self.env._("There is no registered account for SMS."), action, test
            )
        if (account_sudo.balance or "").startswith(("0 ", "0.0 ", "-")):
            return self._check(False, self.env._("There is no credit left for SMS."), action, test)
        text = self.env._(
            "SMS leave through Odoo; credit: %s.", account_sudo.balance or self.env._("not known")
        )
        return self._check(True if account_sudo.balance else None, text, action, test)

    def _check_base_url(self):
        url = self.env.company.get_base_url()
        parts = urlsplit(url)
        action = self._system_action("base.ir_config_list_action")
        if action:
            action["context"] = {"search_default_key": "web.base.url"}
        if parts.scheme != "https" and parts.hostname not in LOCAL_HOSTS:
            return self._check(
                False, self.env._("Links begin with %s, which is not encrypted.", url), action
            )
        if not self.env["ir.config_parameter"].sudo().get_param("web.base.url.freeze"):
            text = self.env._(
                "Links begin with %s, until an administrator signs in by another address: "
                "freeze it.",
                url,
            )
            return self._check(None, text, action)
        return self._check(True, self.env._("Links begin with %s.", url), action)

    def _check_phone(self):
        company, action = self.env.company, self._company_action()
        if company.phone:
            return self._check(
                True, self.env._("Customers in trouble read: %s.", company.phone), action
            )
        return self._check(
            False, self.env._("Customers in trouble read no number to call."), action
        )

    def _company_action(self):
        """Return the form of the company to those who may write to it."""
        company = self.env.company
        return company.has_access("write") and {
            "type": "ir.actions.act_window",
            "res_model": "res.company",
            "res_id": company.id,
            "views": [[False, "form"]],
        }

    def _system_action(self, xmlid):
        """Return an action of the technical settings to those who may open it."""
        return self.env.user.has_group("base.group_system") and self.env[
            "ir.actions.act_window"
        ]._for_xml_id(xmlid)

    @api.model
    def action_test_mail(self):
        """Send the user a mail at once and say how that went.

        :rtype: dict
        """
        self._check_admin()
        user = self.env.user
        if not user.email_normalized:
            raise UserError(self.env._("You have no e-mail address to send to."))
        mail_sudo = (
            self.env["mail.mail"]
            .sudo()
            .create(
                {
                    "subject": self.env._("Test of the customer portal"),
                    "body_html": self.env._("Outgoing mail works."),
                    "email_from": user.email_formatted,
                    "email_to": user.email_formatted,
                    "auto_delete": True,
                }
            )
        )
        try:
            mail_sudo.send(raise_exception=True)
        except MailDeliveryException as error:
            return self._test_notification(False, str(error.args[-1]))
        return self._test_notification(True, self.env._("A mail is on its way to %s.", user.email))

    @api.model
    def action_test_sms(self):
        """Send the user an SMS at once and say how that went.

        :rtype: dict
        """
        self._check_admin()
        partner = self.env.user.partner_id
        number, _country = partner._customer_code_number(self.env.company)
        if not number:
            raise UserError(self.env._("You have no mobile number. Add one in your preferences."))
        sms_sudo = (
            self.env["sms.sms"]
            .sudo()
            .create(
                {
                    "number": number,
                    "partner_id": partner.id,
                    "body": self.env._("SMS from %s work.", self.env.company.name),
                }
            )
        )
        sms_sudo.send()
        if sms_sudo.state == "error":
            labels = dict(sms_sudo._fields["failure_type"]._description_selection(self.env))
            return self._test_notification(
                False, labels.get(sms_sudo.failure_type, self.env._("It was not sent."))
            )
        return self._test_notification(True, self.env._("An SMS is on its way to %s.", number))

    def _test_notification(self, ok, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success" if ok else "danger", "message": message},
        }
