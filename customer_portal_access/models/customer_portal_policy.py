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
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade", index=True
    )
    policy = fields.Selection(POLICIES, readonly=True, help="Empty: the company's default.")
    role_id = fields.Many2one(
        "customer.contact.role",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Empty: the company's default role.",
    )

    _partner_company_unique = models.UniqueIndex("(partner_id, company_id)")

    @api.model
    def _put(self, partners, company, policy=None, role=None, overwrite=False):
        """Write what is set for these contacts, in one statement.

        :param SQL partners: a query of contacts' ids
        :param company: where it is set
        :param policy: a policy; ``False`` for the company's default; ``None`` leaves it
        :param role: id of a role; ``False`` for the company's default; ``None`` leaves it
        :param bool overwrite: also where something is set already
        :return: for how many contacts something changed
        :rtype: int
        """
        new_policy, new_role = self._new_value("policy", policy), self._new_value("role_id", role)
        if not overwrite:
            new_policy = SQL("COALESCE(held.policy, %s)", new_policy)
            new_role = SQL("COALESCE(held.role_id, %s)", new_role)
        source = SQL("SELECT wanted.id FROM (%s) AS wanted(id)", partners)
        if not policy and not role:  # nothing to set where nothing is set
            source = SQL(
                "%s JOIN customer_portal_policy there ON there.partner_id = wanted.id "
                "AND there.company_id = %s",
                source,
                company.id,
            )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO customer_portal_policy AS held
                            (partner_id, company_id, policy, role_id)
                     SELECT source.id, %(company)s, %(policy)s, %(role)s FROM (%(source)s) source
                ON CONFLICT (partner_id, company_id) DO UPDATE
                        SET policy = %(new_policy)s, role_id = %(new_role)s
                      WHERE (held.policy, held.role_id)
                            IS DISTINCT FROM (%(new_policy)s, %(new_role)s)
                """,
                source=source,
                company=company.id,
                policy=policy or None,
                role=role or None,
                new_policy=new_policy,
                new_role=new_role,
            )
        )
        count = self.env.cr.rowcount
        if not policy and not role:
            self._drop_empty(company)
        self._follow(company)
        return count

    @api.model
    def _new_value(self, column, value):
        """Return the SQL of what a column becomes where there is a row."""
        if value is None:
            return SQL.identifier("held", column)
        return SQL("%s::%s", value or None, SQL("varchar" if column == "policy" else "int4"))

    @api.model
    def _drop_empty(self, company):
        """Forget rows of a company that say nothing any more."""
        self.env.cr.execute(
            "DELETE FROM customer_portal_policy "
            "WHERE company_id = %s AND policy IS NULL AND role_id IS NULL",
            [company.id],
        )

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
