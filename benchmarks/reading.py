"""A workspace with 50 publications, beside Odoo's own page of a project with 50 tasks."""

import itertools

from odoo import Command

from .timing import compare, once_over_http
from .visitor import Visitor

PASSWORD = "a password of the benchmark"  # noqa: S105  of a throwaway database
ON_PAGE = 50
PUBLICATIONS, ROWS = 10_000, 100_000
KINDS = ("offer", "list", "file", "page", "link")
NAME = f"/my/projects/<id> with {ON_PAGE} tasks, beside {ON_PAGE} publications"


def results(env):
    """Measure the page among few publications, then among many.

    :return: results as ``timing.compare`` returns them
    :rtype: list[dict]
    """
    place = _Place(env)
    sides = (
        (lambda: place.visitor, lambda visitor: visitor.get(place.stock_path)),
        (lambda: place.visitor, lambda visitor: visitor.get(place.path)),
    )
    few = compare(once_over_http, NAME, *sides)
    place.fill()
    many = compare(
        once_over_http, f"the same, {PUBLICATIONS:,} publications, {ROWS:,} rows", *sides
    )
    if few["ours_queries"] != many["ours_queries"]:
        raise RuntimeError(f"More publications, more queries: {few} {many}")
    return [few, many]


class _Place:
    """A contact who is a portal user, with a project for Odoo's page and one for ours."""

    def __init__(self, env):
        self._env = env
        contact = env["res.partner"].create(
            {
                "name": "Reader",
                "email": "reader@read.example",
                "phone": "+47 406 99 999",
                "tz": "Europe/Oslo",  # the first log-in in a browser sets it
            }
        )
        users = env["res.users"].with_context(no_reset_password=True)
        user = users._create_user_from_template({"login": contact.email, "partner_id": contact.id})
        user.password = PASSWORD
        tasks, self._project = env["project.project"].create(
            [
                {
                    "name": name,
                    "privacy_visibility": "portal",
                    "partner_id": contact.id,
                    "message_partner_ids": [Command.link(contact.id)],
                }
                for name in ("With tasks", "With publications")
            ]
        )
        env["project.task"].create(
            [
                {"name": f"Task {number}", "project_id": tasks.id, "partner_id": contact.id}
                for number in range(ON_PAGE)
            ]
        )
        access = env["customer.access"].create(
            {
                "partner_id": contact.id,
                "project_id": self._project.id,
                "role_id": env.ref("customer_portal_access.role_contact_person").id,
            }
        )
        self._publish(self._project, ON_PAGE)
        env.cr.commit()  # requests have transactions of their own
        self.stock_path = f"/my/projects/{tasks.id}"
        self.path = f"/my/customer/{access.id}"
        self.visitor = Visitor()
        self.visitor.read_form("/web/login")
        self.visitor.post("/web/login", login=user.login, password=PASSWORD)
        for path, text in ((self.stock_path, "Task 49"), (self.path, "Publication 49")):
            if text not in self.visitor.get(path):
                raise RuntimeError(f"{path} does not show what it is measured for")

    def _publish(self, project, count):
        kinds = itertools.cycle(KINDS)
        publications = self._env["customer.publication"].create(
            [
                {
                    "name": f"Publication {number}",
                    "kind": next(kinds),
                    "project_id": project.id,
                    "body": "<p>Text</p>",
                    "url": "https://www.example.com",
                    "columns_definition": [{"name": "size", "string": "Size", "type": "char"}],
                }
                for number in range(count)
            ]
        )
        publications.state = "published"

    def fill(self):
        """Make many publications of other projects, and many rows of their lists and ours."""
        others = self._env["project.project"].create(
            [{"name": f"Project {number}"} for number in range(100)]
        )
        self._env.flush_all()
        self._env.cr.execute(
            """
            INSERT INTO customer_publication
                   (name, kind, project_id, company_id, sequence, state, version, currency_id)
            SELECT format('Publication %%s', n), (%(kinds)s)[1 + n %% %(kind_count)s], project,
                   %(company)s, 10, 'published', 1, %(currency)s
              FROM generate_series(1, %(count)s) n
              JOIN unnest(%(projects)s) WITH ORDINALITY p(project, place)
                ON place = 1 + n %% cardinality(%(projects)s)
            """,
            {
                "kinds": list(KINDS),
                "kind_count": len(KINDS),
                "company": self._env.company.id,
                "currency": self._env.company.currency_id.id,
                "count": PUBLICATIONS - ON_PAGE,
                "projects": others.ids,
            },
        )
        self._env.cr.execute(
            """
            WITH list AS (
                SELECT id, company_id, row_number() OVER (ORDER BY id) - 1 AS place,
                       count(*) OVER () AS lists
                  FROM customer_publication WHERE kind = 'list'
            )
            INSERT INTO customer_publication_entry
                   (publication_id, company_id, sequence, revision, values)
            SELECT list.id, list.company_id, 10, 1, '{"size": "12"}'
              FROM generate_series(1, %s) n JOIN list ON list.place = n %% list.lists
            """,
            [ROWS],
        )
        self._env.cr.commit()
        for table in ("customer_publication", "customer_publication_entry"):
            self._env.cr.execute(f"ANALYZE {table}")  # what autovacuum does
        self._env.cr.commit()
