"""People and workspaces for the live tests: each test makes its own."""

import itertools
import re

import requests

_numbers = itertools.count(1)

MAKE_WORKSPACE = """
company = env.ref("base.main_company")
company.write({"name": "Nordic Kitchens", "phone": "+47 22 00 00 00",
               "country_id": env.ref("base.no").id})
user = env["res.users"].search([("login", "=", "sara")])
if not user:
    user = env["res.users"].with_context(no_reset_password=True).create({
        "name": "Sara Dahl", "login": "sara",
        "email": "sara@seller.example",
        "group_ids": [(4, env.ref("sales_team.group_sale_salesman").id),
                      (4, env.ref("customer_portal_access.group_customer_admin").id)],
    })
    user.action_id = False
    # hashed here: the rules for passwords would refuse it
    user._set_encrypted_password(user.id, user._crypt_context().hash("sara-demo"))
lead = env["crm.lead"].create({
    "name": f"Kitchen {number}", "type": "opportunity", "user_id": user.id,
    "company_id": company.id,
})
partners = env["res.partner"].create([{
    "name": f"Anna {number}-{index}", "email": f"anna{number}-{index}@berg.example",
    "phone": f"+47 406 {number:03d} {index % 100:02d}", "lang": lang,
} for index in range(contacts)])
accesses = env["customer.access"].create([{
    "partner_id": contact.id, "lead_id": lead.id,
    "role_id": env.ref(f"customer_portal_access.role_{role}").id,
} for contact in partners])
result = {
    "number": number, "lead_id": lead.id, "lead": lead.name,
    "access_ids": [access.id for access in accesses],
    "names": [access.partner_id.name for access in accesses],
    "emails": [access.email for access in accesses],
    "phones": [access.code_number for access in accesses],
}
"""

PUBLISH = """
sara = env["res.users"].search([("login", "=", "sara")])
publication = env["customer.publication"].with_user(sara).create(values)
publication._publish()
result = publication.id
"""


def make_workspace(server, contacts=1, role="applicant", lang="en_US"):
    """Make an opportunity of Sara's with contacts nobody else has; return their facts."""
    return server.shell(
        MAKE_WORKSPACE, number=next(_numbers), contacts=contacts, role=role, lang=lang
    )


def invite(server, workspace):
    """Click Send Invitation over the external API, as Sara; return one result a contact."""
    return server.rpc("sara").call(
        "customer.access", "send_invitation", ids=workspace["access_ids"]
    )


def publish(server, workspace, kind, **values):
    """Publish something on a workspace as Sara, and tell nobody; return its id."""
    values = {
        "name": f"The {kind} {workspace['number']}",
        "kind": kind,
        "lead_id": workspace["lead_id"],
        **values,
    }
    return server.shell(PUBLISH, values=values)


def link_in(mail):
    """Return the address of the personal link in a mail."""
    return next(link for link in mail.links if "/customer/link/" in link)


def code_in(sms):
    """Return the code in an SMS."""
    return re.search(r"\d{6}", sms.content)[0]


class Visitor:
    """A browser without scripts: keeps cookies, sends the forms of pages."""

    def __init__(self, server):
        self._server = server
        self.http = requests.Session()

    def url(self, path):
        """Return the full address of a local path."""
        return path if path.startswith("http") else self._server.url + path

    def get(self, path):
        """Open a page without following where it leads."""
        return self.http.get(self.url(path), allow_redirects=False, timeout=60)

    def csrf(self, path):
        """Return the token that the form on a page carries."""
        page = self.http.get(self.url(path), timeout=60).text
        return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]

    def post(self, path, csrf=None, **data):
        """Send the form of a page without following where it leads."""
        data["csrf_token"] = csrf or self.csrf(path)
        return self.http.post(self.url(path), data=data, allow_redirects=False, timeout=60)

    def clone(self):
        """Return another window of the same browser."""
        other = Visitor(self._server)
        other.http.cookies.update(self.http.cookies)
        return other
