import ipaddress

from odoo import api, fields, models
from odoo.tools import SQL

from ..utils import LIMITS, own_transaction

# The smallest network of IPv6 that a provider hands out.
IPV6_NETWORK = 64


class CustomerQuota(models.Model):
    """How often something was done for one key: a contact, an address, a company."""

    _name = "customer.quota"
    _description = "Customer portal quota"
    _log_access = False

    scope = fields.Char(required=True)
    key = fields.Char(required=True)
    started_at = fields.Datetime(required=True)
    used = fields.Integer(required=True)

    _scope_key_unique = models.UniqueIndex("(scope, key)")

    @api.model
    def _take(self, scope, key, maximum=None):
        """Count one use, unless the limit is reached; return the seconds to wait.

        One statement counts and compares, committed at once: parallel requests
        cannot pass together, and a request that fails gives nothing back.

        :param str scope: name of a limit in ``utils/limits.py``
        :param key: whom or what it counts for
        :param int maximum: replaces the limit's own maximum
        :return: 0 when the use is granted
        :rtype: int
        """
        limit = LIMITS[scope]
        maximum = limit.maximum if maximum is None else maximum
        if maximum < 1:
            return limit.seconds
        with own_transaction(self.env) as env:
            env.cr.execute(
                SQL(
                    """
                    INSERT INTO customer_quota AS quota (scope, key, started_at, used)
                    VALUES (%(scope)s, %(key)s, clock_timestamp() AT TIME ZONE 'UTC', 1)
                    ON CONFLICT (scope, key) DO UPDATE SET
                        used = CASE WHEN quota.started_at <= %(since)s THEN 1
                                    ELSE quota.used + 1 END,
                        started_at = CASE WHEN quota.started_at <= %(since)s
                                          THEN EXCLUDED.started_at
                                          ELSE quota.started_at END
                    WHERE quota.started_at <= %(since)s OR quota.used < %(maximum)s
                    RETURNING 0
                    """,
                    scope=scope,
                    key=str(key),
                    since=self._since(limit.seconds),
                    maximum=maximum,
                )
            )
            if env.cr.fetchone():
                return 0
        return max(1, self._wait(scope, key))

    @api.model
    def _give_back(self, scope, key):
        """Forget the uses of one key: what they were for did not happen."""
        with own_transaction(self.env) as env:
            env[self._name].search([("scope", "=", scope), ("key", "=", str(key))]).unlink()

    @api.model
    def _take_address(self, scope, address):
        """Count one use for a client's address; private and loopback ones are free.

        :param str address: ``remote_addr`` of the request, or a false value
        :return: the seconds to wait, 0 when the use is granted
        :rtype: int
        """
        key = self._address_key(address)
        return self._take(scope, key) if key else 0

    @api.model
    def _address_key(self, address):
        """Return what the uses of a client's address are counted by, ``None`` if they are free.

        :param str address: ``remote_addr`` of the request, or a false value
        :rtype: str | None
        """
        try:
            client = ipaddress.ip_address(address or "")
        except ValueError:
            return None
        # A server that listens on IPv6 sees a client by IPv4 so; Python calls that private.
        client = getattr(client, "ipv4_mapped", None) or client
        if client.is_private:
            return None
        if client.version == 4:
            return str(client)
        # whoever has one address of IPv6 has all of its network
        return str(ipaddress.ip_network((client, IPV6_NETWORK), strict=False))

    @api.model
    def _wait(self, scope, key):
        """Return the seconds until the limit opens again, 0 when it is open.

        :rtype: int
        """
        limit = LIMITS[scope]
        with own_transaction(self.env) as env:
            env.cr.execute(
                SQL(
                    """
                    SELECT CEIL(EXTRACT(EPOCH FROM started_at - %(since)s))
                      FROM customer_quota
                     WHERE scope = %(scope)s AND key = %(key)s AND used >= %(maximum)s
                    """,
                    scope=scope,
                    key=str(key),
                    since=self._since(limit.seconds),
                    maximum=limit.maximum,
                )
            )
            row = env.cr.fetchone()
        return max(0, int(row[0])) if row else 0

    @api.model
    def _since(self, seconds):
        return SQL(
            "(clock_timestamp() AT TIME ZONE 'UTC' - make_interval(secs => %s))",
            seconds,
        )

    @api.autovacuum
    def _gc_quotas(self):
        longest = max(limit.seconds for limit in LIMITS.values())
        self.env.cr.execute(
            SQL("DELETE FROM customer_quota WHERE started_at < %s", self._since(longest))
        )
