from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CustomerRegistration(models.Model):
    """An address is proven: the person comes into the CRM, and waits."""

    _inherit = "customer.registration"

    def _take_in(self, typed, proof=None):
        """Let this registration count, with what was typed into the proven form.

        Call it as superuser in a transaction of its own that has locked the address.

        :param dict typed: the checked form
        :param dict proof: of a sign-in provider; none: the mail was answered
        :return: ``done``, or why it does not count: ``waiting``, ``known``, ``refused``
        :rtype: str
        """
        self.ensure_one()
        standing = self._standing()
        if standing != "confirm":
            if standing != "waiting":
                self._send_letter(standing)
                self.unlink()
            return standing
        # what others typed for this address before is forgotten with their forms
        self.confirmation_ids.filtered(lambda one: not one.used_at).unlink()
        # whoever is in charge gets an activity, and no mail about being assigned
        quiet = self.with_context(tracking_disable=True, mail_auto_subscribe_no_notify=True)
        quiet.write({**typed, "state": "pending", "confirmed_at": fields.Datetime.now()})
        if proof:
            quiet._keep_proof(proof)
        quiet._enter_crm()
        self.env["customer.access.event"]._log(
            "registered", partner=self.partner_id, company_id=self.company_id.id, reason=self.name
        )
        self._tell_staff()
        return "done"

    def _standing(self):
        """Return what this address is known for: ``confirm`` if nothing stands in the way.

        ``waiting``: it is registered already; ``known``: its contact can come in, or it is
        a colleague of ours; ``refused``: rejected not long ago.

        :rtype: str
        """
        self.ensure_one()
        if self.state == "pending":
            return "waiting"
        users = self.env["res.users"].with_context(active_test=False)
        internal = users.search(
            Domain("share", "=", False)
            & (Domain("login", "=ilike", self.email) | Domain("email_normalized", "=", self.email))
        )
        if internal:
            return "known" if any(user.active for user in internal) else "refused"
        if self._known()._customer_may_come_in(self.company_id):
            return "known"
        return "refused" if self._is_rejected() else "confirm"

    def _is_rejected(self):
        """Say whether this person was rejected and may not register again yet."""
        company = self.company_id
        last = self.search(
            Domain("email", "=", self.email)
            & Domain("company_id", "=", company.id)
            & Domain("state", "in", ("approved", "rejected")),
            order="decided_at desc, id desc",
            limit=1,
        )
        if last.state != "rejected" or company.customer_registration_reapply == "always":
            return False
        if company.customer_registration_reapply == "never":
            return True
        days = timedelta(days=company.customer_registration_reapply_days)
        return (last.decided_at or last.create_date) + days > fields.Datetime.now()

    # ------------------------------------------------------------
    # INTO THE CRM
    # ------------------------------------------------------------

    def _enter_crm(self):
        """Link or make the customer and the contact; nobody gets in by that.

        A contact we know is linked as it is: nothing that was typed overwrites it.
        """
        known = self._known()
        match, customer = self._find_customer(known if len(known) == 1 else known.browse())
        self.write({"match": match, "customer_id": customer.id})
        if match == "none" and not known:
            self._make_customer()
        if not known:
            self._make_contact()
        elif len(known) == 1:
            self.partner_id = known
        self._hold_contact()
        self.user_id = self._person_in_charge()
        self.role_id = self.company_id.customer_default_role_id.filtered("can_be_invited")
        if self.company_id.customer_registration_lead:
            self._make_lead()

    def _make_customer(self):
        """Make the company that was named, unless a person registers for itself."""
        if self.company_name:
            self.customer_id = self._make_partner(
                {
                    "name": self.company_name,
                    "is_company": True,
                    "vat": self.vat,
                    "country_id": self.country_id.id,
                    "lang": self.lang,
                    "company_id": self.company_id.id,
                }
            )
            self.customer_is_new = True

    def _make_contact(self):
        """Make the contact; without a customer while staff have to choose one."""
        customer = self.customer_id
        self.partner_id = self._make_partner(
            {
                "name": self.name,
                "email": self.email,
                "phone": self.phone,
                "country_id": self.country_id.id or customer.country_id.id,
                "lang": self.lang,
                "parent_id": customer.id,
                "company_id": (customer or self).company_id.id,
                "company_name": False if customer else self.company_name,
                "vat": False if customer or self.company_name else self.vat,
            }
        )
        self.partner_is_new = True

    def _make_partner(self, values):
        """Make a partner; a number that an addon for numbers refuses is left out.

        :param dict values: of the partner
        """
        partners = self.env["res.partner"]
        try:
            with self.env.cr.savepoint():
                return partners.create(values)
        except ValidationError:
            return partners.create({**values, "vat": False})

    def _make_lead(self):
        """Make the opportunity that sales follow up."""
        lang = self.user_id.lang or self.company_id.partner_id.lang
        env = self.with_context(lang=lang).env
        source = self.env.ref("customer_portal_access.utm_source_registration")
        self.lead_id = (
            self.env["crm.lead"]
            .with_context(mail_create_nosubscribe=True)
            .create(
                {
                    "name": env._(
                        "Self-registration: %(name)s", name=self.company_name or self.name
                    ),
                    "type": "opportunity",
                    "partner_id": (self.partner_id or self.customer_id).id,
                    "source_id": source.id,
                    "company_id": self.company_id.id,
                    "user_id": self.user_id.id,
                    "description": Markup("<br/>").join((self.message or "").splitlines()),
                }
            )
        )

    # ------------------------------------------------------------
    # TELLING STAFF
    # ------------------------------------------------------------

    def _person_in_charge(self):
        """Return who decides: the customer's salesperson, else the first who is told."""
        company = self.company_id
        candidates = (
            self.customer_id.user_id
            | company.customer_registration_user_ids
            | self.env.ref("base.user_admin")
        )
        fit = candidates.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )
        return fit[:1]

    def _tell_staff(self):
        """Give the person in charge an activity, and the others who are told a notification."""
        in_charge = self.user_id
        others = self.company_id.customer_registration_user_ids.filtered("active") - in_charge
        for user in in_charge | others:
            env = self.with_context(lang=user.lang).env
            summary = (
                env._("%(name)s has registered", name=self.name)
                if not self.company_name
                else env._(
                    "%(name)s of %(company)s has registered",
                    name=self.name,
                    company=self.company_name,
                )
            )
            if user == in_charge:
                self.activity_schedule(
                    "mail.mail_activity_data_todo", summary=summary, user_id=user.id
                )
            else:
                self.message_notify(partner_ids=user.partner_id.ids, subject=summary, body=summary)

    @api.model
    def _tell_limit(self, company):
        """Tell who is in charge, once an hour, that registrations are held back."""
        if self.env["customer.quota"]._take("limit_alert", f"registration {company.id}"):
            return
        users = company.sudo().customer_registration_user_ids.filtered("active")
        for user in users or self.env.ref("base.user_admin").sudo():
            env = self.with_context(lang=user.lang).env
            user.partner_id.sudo().message_notify(
                # the visitor, in whose request this happens, has no address to send from
                email_from=company._customer_sender(user),
                partner_ids=user.partner_id.ids,
                subject=env._("Many registrations at %(company)s", company=company.sudo().name),
                body=env._(
                    "The limit of registrations an hour was reached: further ones are asked to "
                    "come back later. If this is no abuse, raise the limit in the settings."
                ),
            )
