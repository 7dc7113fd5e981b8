from odoo import api, fields, models
from odoo.tools import SQL

POLICIES = [("enabled", "Enabled"), ("disabled", "Disabled")]


class CustomerPortalPolicy(models.Model):
    """What is set for one contact in one company; no row: the company's default.

    Apart from the contact, and narrow: thousands of rows are written in a moment, and
    none for whoever has the default.
    """

    _name = "customer.portal.policy"
    _description = "Portal policy of a contact"
    _rec_name = "partner_id"
    _log_access = False

    partner_id = fields.Many2one("res.partner", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    policy = fields.Selection(POLICIES, readonly=True, help="Empty: the company's default.")
    role_id = fields.Many2one(
        "customer.contact.role",
        readonly=True,
        ondelete="restrict",
        help="Empty: the company's default role.",
    )
    change_number = fields.Integer(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Id of the bulk change that wrote the row last; empty: by hand. No relation, which "
        "the database would check for each of thousands of rows.",
    )

    _partner_company_unique = models.UniqueIndex("(partner_id, company_id)")

    def init(self):
        """Leave room in each page: rows that change stay there, and indexes are left alone."""
        self.env.cr.execute("ALTER TABLE customer_portal_policy SET (fillfactor = 45)")

    @api.model
    def _put(self, partners, company, policy=None, role=None, overwrite=False, change=None):
        """Write what is set for these contacts, in one statement.

        :param SQL partners: a query of contacts' ids
        :param company: where it is set
        :param policy: a policy; ``False`` for the company's default; ``None`` leaves it
        :param role: id of a role; ``False`` for the company's default; ``None`` leaves it
        :param bool overwrite: also where something is set already
        :param change: the ``customer.policy.change`` that keeps what was set before
        :return: for how many contacts something changed
        :rtype: int
        """
        new_policy = self._new_value("policy", policy, overwrite)
        new_role = self._new_value("role_id", role, overwrite)
        changed = SQL(
            """
            SELECT wanted.id, held.id AS row_id, held.policy, held.role_id,
                   %(new_policy)s AS new_policy, %(new_role)s AS new_role
              FROM (%(partners)s) AS wanted(id)
              LEFT JOIN customer_portal_policy held
                     ON held.partner_id = wanted.id AND held.company_id = %(company)s
             WHERE (held.policy, held.role_id) IS DISTINCT FROM (%(new_policy)s, %(new_role)s)
            """,
            partners=partners,
            company=company.id,
            new_policy=new_policy,
            new_role=new_role,
        )
        return self._write_rows(changed, company, change)

    @api.model
    def _new_value(self, column, value, overwrite):
        """Return the SQL of what a column becomes."""
        held = SQL.identifier("held", column)
        if value is None:
            return held
        value = SQL("%s::%s", value or None, SQL("varchar" if column == "policy" else "int4"))
        return value if overwrite else SQL("COALESCE(%s, %s)", held, value)

    @api.model
    def _write_rows(self, changed, company, change=None):
        """Write rows, forget those that say nothing any more, and keep what was there.

        :param SQL changed: a query of ``id`` (of the contact), ``row_id``, ``policy``,
            ``role_id`` as they are, and ``new_policy``, ``new_role``, each contact once
        :param company: where it is set
        :param change: the ``customer.policy.change`` that keeps it, if any
        :return: how many rows
        :rtype: int
        """
        kept = SQL(
            """,
            kept AS (
                INSERT INTO customer_policy_change_line (
                    change_id, kind, policy_before, role_before_id, policy_after, role_after_id,
                    count, record_ids
                )
                SELECT %s, 'policy', policy, role_id, new_policy, new_role, count(*), jsonb_agg(id)
                  FROM changed
              GROUP BY policy, role_id, new_policy, new_role
            )
            """,
            change.id if change else None,
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH changed AS MATERIALIZED (%(changed)s),
                gone AS (
                    DELETE FROM customer_portal_policy held
                          USING changed
                          WHERE held.id = row_id AND num_nonnulls(new_policy, new_role) = 0
                ),
                replaced AS (
                    UPDATE customer_portal_policy held
                       SET policy = new_policy, role_id = new_role, change_number = %(number)s
                      FROM changed
                     WHERE held.id = row_id AND num_nonnulls(new_policy, new_role) > 0
                ),
                put AS (
                    INSERT INTO customer_portal_policy AS held
                                (partner_id, company_id, policy, role_id, change_number)
                         SELECT id, %(company)s, new_policy, new_role, %(number)s
                           FROM changed
                          WHERE row_id IS NULL AND num_nonnulls(new_policy, new_role) > 0
                    ON CONFLICT (partner_id, company_id) DO UPDATE
                            SET policy = EXCLUDED.policy, role_id = EXCLUDED.role_id,
                                change_number = EXCLUDED.change_number
                )%(kept)s
                SELECT count(*) FROM changed
                """,
                changed=changed,
                company=company.id,
                number=change.id if change else None,
                kept=kept if change else SQL(),
            )
        )
        [count] = self.env.cr.fetchone()
        self._follow(company)
        return count

    @api.model
    def _follow(self, companies):
        """Give accesses that exist by the policy the role that counts now.

        :param companies: whose policies or default role changed
        """
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE customer_access access
               SET role_id = COALESCE(policy.role_id, company.customer_default_role_id)
              FROM res_company company, customer_access own
              LEFT JOIN customer_portal_policy policy
                     ON policy.partner_id = own.partner_id
                    AND policy.company_id = own.company_id
             WHERE own.id = access.id AND own.by_policy AND company.id = own.company_id
               AND company.id = ANY(%s)
               AND COALESCE(policy.role_id, company.customer_default_role_id) != own.role_id
            """,
            [companies.ids],
        )
        self.env.invalidate_all(flush=False)

    @api.model
    def _merge(self, sources, contact):
        """Settle the policies of contacts who become one: the stricter wins.

        What is set goes before what is not; disabled before enabled; of two roles the one
        that allows less.

        :param sources: the contacts that go
        :param contact: the one that stays
        """
        rows = self.search([("partner_id", "in", (sources | contact).ids)])
        for company, held in rows.grouped("company_id").items():
            own = held.filtered(lambda row: row.partner_id == contact)
            policies = set(held.mapped("policy"))
            policy = next((name for name in ("disabled", "enabled") if name in policies), False)
            role = held.role_id.sorted(lambda role: len(role.permission_ids))[:1]
            if (own.policy, own.role_id) != (policy, role):
                contact._message_log(body=self._merged_words(company, policy, role))
            (held - own).unlink()
            contact_query = SQL("SELECT %s", contact.id)
            self._put(contact_query, company, policy, role.id or False, overwrite=True)

    @api.model
    def _merged_words(self, company, policy, role):
        """Say what is set for a contact after merging."""
        labels = dict(self._fields["policy"]._description_selection(self.env))
        return self.env._(
            "Portal access at %(company)s after merging: %(what)s. Of what was set, the stricter "
            "counts.",
            company=company.name,
            what=" · ".join(
                filter(None, [labels.get(policy, self.env._("by default")), role.name])
            ),
        )
