from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

from ..utils import EMAIL_LENGTH, hash_secret, new_token, own_transaction, strip_invisible
from .customer_access_text import LINK_MARK
from .mail_mail import LETTER

OPEN_FOR = timedelta(hours=24)


class CustomerEmailChange(models.Model):
    """A contact takes another e-mail address: after a click in a mail that went there.

    Until then nothing changes. The answer is the same for an address that is somebody
    else's: its owner gets no mail, and the person in charge looks into it.
    """

    _name = "customer.email.change"
    _description = "Change of an e-mail address"
    _order = "id desc"

    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True)
    access_id = fields.Many2one("customer.access", required=True, ondelete="cascade", index=True)
    email = fields.Char(required=True, help="The new address, normalised.")
    token_hash = fields.Char(groups=fields.NO_ACCESS)
    expires_at = fields.Datetime()
    used_at = fields.Datetime()
    cancelled_at = fields.Datetime()

    _token_hash_unique = models.UniqueIndex("(token_hash)")

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    @api.model
    def _ask(self, access, typed):
        """Ask for another address: the new one gets a link, the old one is told.

        :param access: the access whose page it is
        :param str typed: the new address
        :raises UserError: with a sentence for the contact
        """
        partner = access.partner_id
        email = email_normalize(strip_invisible(typed) or "")
        if not email or len(email) > EMAIL_LENGTH:
            raise UserError(self.env._("Please type one e-mail address, such as name@company.com."))
        if email == partner.email_normalized:
            raise UserError(self.env._("This is your e-mail address already."))
        if wait := self.env["customer.quota"]._take("email_change", partner.id):
            raise UserError(
                self.env._(
                    "You have asked often within the hour. Please try again in "
                    "%(minutes)s minutes.",
                    minutes=-(-wait // 60),
                )
            )
        self._pending(partner)._cancel()
        change = self.create({"partner_id": partner.id, "access_id": access.id, "email": email})
        addresses = {"email_change_asked": partner.email_normalized}
        if change._is_taken():
            change._tell_taken()
        else:
            addresses["email_change"] = email
        partner._customer_mail(
            access,
            addresses,
            words={"customer_link": LINK_MARK, "customer_letter": LETTER},
            values={"email_change": {"customer_email_change_id": change.id}},
        )

    @api.model
    def _pending(self, partner):
        """Return the change of a contact that waits for its click, or none."""
        return self.search(
            Domain("partner_id", "=", partner.id)
            & Domain("used_at", "=", False)
            & Domain("cancelled_at", "=", False)
            & Domain("create_date", ">", fields.Datetime.now() - OPEN_FOR)
        )

    def _cancel(self):
        """Let the links of these changes die."""
        self.cancelled_at = fields.Datetime.now()

    def _is_taken(self):
        """Say whether the address is that of somebody else, a log-in above all."""
        everybody = self.env["res.users"].with_context(active_test=False)
        others = self.env["res.partner"].with_context(active_test=False)
        return bool(
            everybody.search_count(
                [("login", "=ilike", self.email), ("partner_id", "!=", self.partner_id.id)], limit=1
            )
            or others.search_count(
                [
                    ("email_normalized", "=", self.email),
                    # a small company may share the address with its only person
                    ("id", "not in", (self.partner_id | self.partner_id.parent_id).ids),
                ],
                limit=1,
            )
        )

    def _tell_taken(self):
        """Ask the person in charge to look into it."""
        access = self.access_id
        lang = access.person_in_charge_id.lang or access.company_id.partner_id.lang
        env = self.with_context(lang=lang).env
        access._tell(
            None,
            env._("%(contact)s asks for another e-mail address", contact=self.partner_id.name),
            env._(
                "%(email)s belongs to somebody else here. Nothing was changed or sent there. Is it "
                "the same person twice? Then merge the contacts.",
                email=self.email,
            ),
        )

    # ------------------------------------------------------------
    # THE LINK
    # ------------------------------------------------------------

    def _release(self):
        """Make the link for the mail that leaves now; a link made before is dead then.

        :return: the URL, or ``None`` when it is not wanted any more
        :rtype: str | None
        """
        self.ensure_one()
        if self.access_id._closed():
            return None
        token = new_token()
        with own_transaction(self.env) as env:
            env.cr.execute(
                SQL(
                    """
                    UPDATE customer_email_change SET token_hash = %s, expires_at = %s
                     WHERE id = %s AND used_at IS NULL AND cancelled_at IS NULL RETURNING id
                    """,
                    hash_secret(env, None, token),
                    fields.Datetime.now() + OPEN_FOR,
                    self.id,
                )
            )
            if not env.cr.fetchone():
                return None
        self.invalidate_recordset()
        return f"{self.access_id.get_base_url()}/customer/email/{token}"

    @api.model
    def _peek(self, token):
        """Return the change of a link that still works, or none; changes nothing.

        :param str token: what stands in the URL
        """
        change = self.search([("token_hash", "=", hash_secret(self.env, None, token or ""))])
        return change.filtered(
            lambda change: (
                not (change.used_at or change.cancelled_at)
                and change.expires_at > fields.Datetime.now()
                and not change.access_id._closed()
            )
        )

    @api.model
    def _confirm(self, token):
        """Take the new address, once.

        In a transaction of its own that waits for others who want the same address: two
        contacts never get one log-in.

        :param str token: what stands in the URL
        :return: ``done``, ``taken`` (it became somebody else's meanwhile) or ``refused``
        :rtype: str
        """
        change = self._peek(token)
        if not change:
            return "refused"
        with own_transaction(self.env) as env:
            env.cr.execute(
                SQL(
                    """
                    UPDATE customer_email_change SET used_at = %(now)s
                     WHERE id = %(id)s AND token_hash = %(hash)s AND used_at IS NULL
                       AND cancelled_at IS NULL AND expires_at > %(now)s RETURNING id
                    """,
                    now=fields.Datetime.now(),
                    id=change.id,
                    hash=hash_secret(env, None, token),
                )
            )
            if not env.cr.fetchone():
                return "refused"
            env.cr.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [change.email])
            status = change.with_env(env)._apply()
        self.env.invalidate_all()
        return status

    def _apply(self):
        """Write the address; what hangs on it follows (``res_partner_email``)."""
        partner, access = self.partner_id, self.access_id
        self.env.cr.execute(
            "SELECT id FROM res_partner WHERE id = %s FOR NO KEY UPDATE", [partner.id]
        )
        by_link = bool(access.link_ids) and not partner._customer_has_password()
        taken = self._is_taken()
        if not taken:
            try:
                with self.env.cr.savepoint():
                    partner.email = self.email
            except UserError:  # the log-in of somebody who is no contact here
                taken = True
        if taken:
            self._tell_taken()
            return "taken"
        self._pending(partner)._cancel()
        lang = access.person_in_charge_id.lang or access.company_id.partner_id.lang
        text = self.with_context(lang=lang).env._(
            "%(contact)s has another e-mail address, proven by a mail to it: %(email)s",
            contact=partner.name,
            email=self.email,
        )
        access._report("email_changed", text)
        if by_link:  # the links died with the old address: a new one comes by itself
            self.env["customer.link.request"].create({"link_id": access.link_ids[:1].id})
            self.env.ref("customer_portal_access.ir_cron_recovery")._trigger()
        return "done"

    @api.autovacuum
    def _gc_changes(self):
        limit = fields.Datetime.now() - timedelta(days=7)
        self.search([("create_date", "<", limit)]).unlink()
