from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..utils import BROWSER_DAYS, hash_secret, new_token


class CustomerAccessBrowser(models.Model):
    """A browser that has gone in by a login-free link, and need not ask again.

    The cookie holds a secret of its own, which opens nothing without the link it was
    given for; the database keeps its hash only.
    """

    _name = "customer.access.browser"
    _description = "Customer browser"
    _order = "id desc"
    _rec_name = "link_id"

    link_id = fields.Many2one(
        "customer.access.link", required=True, readonly=True, ondelete="cascade", index=True
    )
    secret_hash = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    expires_at = fields.Datetime(required=True, readonly=True, index=True)

    _secret_hash_unique = models.UniqueIndex("(secret_hash)")

    @api.model
    def _remember(self, link):
        """Remember the browser at hand for one link.

        :param link: the login-free link that was redeemed
        :return: the browser and the secret for its cookie, which is nowhere else
        :rtype: tuple
        """
        secret = new_token()
        browser = self.create(
            {
                "link_id": link.id,
                "secret_hash": hash_secret(self.env, None, secret),
                "expires_at": fields.Datetime.now() + timedelta(days=BROWSER_DAYS),
            }
        )
        return browser, secret

    @api.model
    def _recognise(self, link, secret):
        """Return the browser that holds a secret for this very link, or none.

        :param link: a link; whether it still works is its own question
        :param str secret: what the cookie says, or a false value
        """
        if not link or not secret:
            return self.browse()
        return self.search(
            Domain("secret_hash", "=", hash_secret(self.env, None, secret))
            & Domain("link_id", "=", link.id)
            & Domain("expires_at", ">", fields.Datetime.now()),
            limit=1,
        )

    @api.autovacuum
    def _gc_browsers(self):
        """Forget browsers whose time is over, or whose link is dead for good."""
        gone = Domain("expires_at", "<=", fields.Datetime.now()) | Domain(
            "link_id.revoked_at", "!=", False
        )
        self.search(gone).unlink()
