"""Finding projects and contacts among 100,000 accesses, beside Odoo's own search."""

from odoo.tools import SQL

from .contacts import pattern

ACCESSES = 100_000
CUSTOMERS = 1_000
PROJECTS = 500
PAGE = 80


def benchmarks(env):
    """Make customers, contacts, projects and accesses.

    :return: name, Odoo's way and ours, for each benchmark
    :rtype: list[tuple]
    """
    contact_id = _fill(env)
    name, email = "Person 77 of 707", "person77@c707.example"
    Project, Partner = env["project.project"], env["res.partner"]

    def contacts_as_odoo(text):
        fields = ("complete_name", "ref", "email", "vat", "company_registry")
        domain = ["|"] * (len(fields) - 1) + [(field, "ilike", text) for field in fields]
        return Partner.search(domain, limit=PAGE)

    return [
        (
            "find projects by a contact, by id",
            lambda: Project.search([("partner_id", "child_of", contact_id)], limit=PAGE),
            lambda: Project.search(
                [("customer_access_ids.partner_id", "=", contact_id)], limit=PAGE
            ),
        ),
        (
            "find projects by a contact's name",
            lambda: Project.search([("partner_id", "child_of", name)], limit=PAGE),
            lambda: Project.search([("customer_person_find", "ilike", name)], limit=PAGE),
        ),
        (
            "find projects by a contact's e-mail",
            lambda: Project.search([("partner_id.email", "ilike", email)], limit=PAGE),
            lambda: Project.search([("customer_person_find", "ilike", email)], limit=PAGE),
        ),
        (
            "find contacts and customers by a name",
            lambda: contacts_as_odoo(name),
            lambda: Partner.search([("customer_find", "ilike", name)], limit=PAGE),
        ),
        (
            "a page of contacts, beside those invited",
            lambda: Partner.search([("is_company", "=", False)], limit=PAGE).mapped("email"),
            lambda: Partner.search([("customer_portal_state", "=", "invited")], limit=PAGE).mapped(
                "customer_portal_state"
            ),
        ),
        (
            "contacts grouped by country, beside by portal state",
            lambda: Partner._read_group([], ["country_id"], ["__count"]),
            lambda: Partner._read_group([], ["customer_portal_state"], ["__count"]),
        ),
        (
            "contacts grouped by tags, beside by role",
            lambda: Partner._read_group([], ["category_id"], ["__count"]),
            lambda: Partner._read_group([], ["customer_role_ids"], ["__count"]),
        ),
    ]


def _fill(env):
    """Make the data, most of it by SQL; return the id of a contact in the middle."""
    customers = env["res.partner"].create(
        [{"name": f"Customer {number}", "is_company": True} for number in range(CUSTOMERS)]
    )
    projects = env["project.project"].create(
        [
            {"name": f"Project {number}", "partner_id": customers[number].id}
            for number in range(PROJECTS)
        ]
    )
    role = env.ref("customer_portal_access.role_contact_person")
    own = (
        *("name", "complete_name", "email", "email_normalized", "phone"),
        *("parent_id", "commercial_partner_id"),
    )
    pattern_id, rest = pattern(env, own)
    env.cr.execute(
        SQL(
            """
            WITH contact AS (
                INSERT INTO res_partner (%(own)s, %(rest)s)
                SELECT format('Person %%s of %%s', n / %(customers)s, n %% %(customers)s),
                       format('Customer %%s, Person %%s of %%s',
                              n %% %(customers)s, n / %(customers)s, n %% %(customers)s),
                       format('person%%s@c%%s.example', n / %(customers)s, n %% %(customers)s),
                       format('person%%s@c%%s.example', n / %(customers)s, n %% %(customers)s),
                       format('+47 4%%s', lpad(n::text, 7, '0')),
                       customer, customer, %(rest)s
                  FROM res_partner, generate_series(0, %(accesses)s - 1) n
                  JOIN unnest(%(customer_ids)s) WITH ORDINALITY c(customer, place)
                    ON place = n %% %(customers)s + 1
                 WHERE res_partner.id = %(pattern)s
             RETURNING id, parent_id
            )
            INSERT INTO customer_access (
                partner_id, commercial_partner_id, project_id, role_id, company_id, sequence,
                granted, code_number, invited_at, link_expires_at, last_seen_at, first_seen_at,
                customer_job_notice
            )
            SELECT contact.id, parent_id, project, %(role)s, %(company)s, 10, TRUE, '+4740612345',
                   now() - interval '1 day',
                   now() + (contact.id %% 3 - 1) * interval '1 day',
                   CASE WHEN contact.id %% 4 = 0 THEN now() END,
                   CASE WHEN contact.id %% 4 = 0 THEN now() END,
                   'own'
              FROM contact
              JOIN unnest(%(project_ids)s) WITH ORDINALITY p(project, place)
                ON place = contact.id %% %(projects)s + 1
            """,
            own=SQL(", ").join(map(SQL.identifier, own)),
            rest=rest,
            pattern=pattern_id,
            accesses=ACCESSES,
            customers=CUSTOMERS,
            customer_ids=customers.ids,
            projects=PROJECTS,
            project_ids=projects.ids,
            role=role.id,
            company=env.company.id,
        )
    )
    for table in ("res_partner", "customer_access", "project_project"):
        env.cr.execute(f"ANALYZE {table}")  # what autovacuum does
    env.invalidate_all()
    env.cr.execute("SELECT id FROM res_partner WHERE name = 'Person 77 of 707'")
    return env.cr.fetchone()[0]
