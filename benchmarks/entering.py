"""From a link to the workspace, beside signing in with a password and Odoo's own /my."""

import itertools
import re

from tools.catcher import Catcher

from .timing import compare, once_over_http
from .visitor import Visitor

PASSWORD = "a password of the benchmark"  # noqa: S105  of a throwaway database
FEW, MANY = 1_000, 1_000_000
RUNS = 25  # a page is soon there, and each is a little different
CODE = re.compile(r"\b\d{6}\b")


def results(env):
    """Measure the ways in; the database holds what they commit.

    :return: results as ``measure.compare`` returns them
    :rtype: list[dict]
    """
    with Catcher() as catcher:
        parameters = env["ir.config_parameter"]
        for name, value in catcher.odoo_parameters().items():
            parameters.set_param(name, value)
        people = _People(env, catcher)
        people.add_links(FEW)
        pages = [compare(once_over_http, *way, runs=RUNS) for way in people.benchmarks()]
        few = next(result for result in pages if result["name"] == people.WHOLE)
        people.add_links(MANY - FEW)
        many = compare(once_over_http, *people.whole(), runs=RUNS)
    beside = {
        "name": f"from link to workspace, {FEW:,} links beside {MANY:,}",
        "stock_ms": few["ours_ms"],
        "ours_ms": many["ours_ms"],
        "ratio": round(many["ours_ms"] / few["ours_ms"], 3),
        "stock_queries": few["ours_queries"],
        "ours_queries": many["ours_queries"],
        "runs": many["runs"],
    }
    return [*pages, beside]


class _People:
    """A portal user as Odoo has them, a guest by link, and applicants who need the code."""

    WHOLE = "sign in with a password and /my, beside link and workspace"

    def __init__(self, env, catcher):
        self._env, self._catcher = env, catcher
        self._numbers = itertools.count(1)
        env.company.write({"customer_login_free": True, "country_id": env.ref("base.no").id})
        self._lead = env["crm.lead"].create(
            {"name": "Kitchen", "type": "opportunity", "user_id": env.ref("base.user_admin").id}
        )
        self._access = self._add("contact_person")
        # the first log-in in a browser sets it
        env.ref("base.user_admin").tz = "Europe/Oslo"
        self._path = f"/my/customer/{self._access.id}"
        self._token = self._new_token(self._access)
        self._user = self._add_user(self._contact())
        self._user.password = PASSWORD
        env.cr.commit()  # requests have transactions of their own
        self._signed_in = Visitor()
        self._signed_in.read_form("/web/login")
        self._sign_in(self._signed_in)
        self._inside = Visitor()
        self._inside.read_form(self._token)
        self._inside.post(self._token)

    def benchmarks(self):
        """Return name, Odoo's way and ours, each a preparation and what is measured."""
        stock = (lambda: self._signed_in, lambda visitor: visitor.get("/my"))
        return [
            ("/my, beside Continue on a login-free link", stock, (self._at_link, self._enter)),
            (
                "/my, beside the workspace",
                stock,
                (lambda: self._inside, lambda visitor: visitor.get(self._path)),
            ),
            self.whole(),
            (
                "6 times /my and a new portal user, beside the first entry by code",
                (self._contact_waiting, self._six_pages_and_a_user),
                (self._applicant_at_link, self._enter_by_code),
            ),
        ]

    def whole(self):
        """Return the benchmark of the whole way in."""
        return (
            self.WHOLE,
            (self._at_login, self._sign_in),
            (self._at_link, lambda visitor: visitor.get(self._enter(visitor))),
        )

    def add_links(self, count):
        """Fill the table of links, as mails sent over years do."""
        self._env.cr.execute(
            """
            INSERT INTO customer_access_link
                   (access_id, partner_id, company_id, kind, channel, token_hash, epoch)
            SELECT access_id, partner_id, company_id, kind, channel, gen_random_uuid(), epoch
              FROM customer_access_link, generate_series(1, %s)
             WHERE id = (SELECT min(id) FROM customer_access_link)
            """,
            [count],
        )
        self._env.cr.commit()
        self._env.cr.execute("ANALYZE customer_access_link")  # what autovacuum does
        self._env.cr.commit()

    # -- by a login-free link, beside a password --

    def _at_link(self):
        visitor = Visitor()
        visitor.read_form(self._token)
        return visitor

    def _enter(self, visitor):
        return visitor.post(self._token)

    def _at_login(self):
        visitor = Visitor()
        visitor.read_form("/web/login")
        return visitor

    def _sign_in(self, visitor):
        visitor.post("/web/login", login=self._user.login, password=PASSWORD)
        visitor.get("/my")

    # -- by link and code, which makes the user --

    def _contact_waiting(self):
        contact = self._contact()
        self._env.cr.commit()
        return contact

    def _six_pages_and_a_user(self, contact):
        for _page in range(6):
            self._signed_in.get("/my")
        self._add_user(contact)
        self._env.cr.commit()

    def _applicant_at_link(self):
        access = self._add("applicant")
        token = self._new_token(access)
        self._env.cr.commit()
        visitor = Visitor()
        visitor.read_form(token)
        return visitor, access, token

    def _enter_by_code(self, applicant):
        visitor, access, token = applicant
        visitor.post(token)
        visitor.post("/customer/verify", action="send")
        sms = self._catcher.store.sms(access.code_number)[-1]
        visitor.get(visitor.post("/customer/verify", code=CODE.search(sms.content)[0]))

    # -- people --

    def _contact(self):
        number = next(self._numbers)
        return self._env["res.partner"].create(
            {
                "name": f"Person {number}",
                "email": f"person{number}@enter.example",
                "phone": f"+47 406 {number:05d}",
            }
        )

    def _add(self, role):
        return self._env["customer.access"].create(
            {
                "partner_id": self._contact().id,
                "lead_id": self._lead.id,
                "role_id": self._env.ref(f"customer_portal_access.role_{role}").id,
            }
        )

    def _new_token(self, access):
        return "/customer" + access.create_link().partition("/customer")[2]

    def _add_user(self, contact):
        users = self._env["res.users"].with_context(no_reset_password=True)
        return users._create_user_from_template({"login": contact.email, "partner_id": contact.id})
