"""The people whose addresses are asked for: so many of each kind, for each is asked for once."""

PASSWORD = "seven oak tables"  # noqa: S105  of a throwaway database

# what is typed beside the address: into the form of a registration, and to sign in
WRONG = {"password": "wrong oak tables"}
TYPED = {"name": "Nina Holm", "company_name": "Holm AS", "message": "A kitchen, please."}

MAKE_ADDRESSES = """
company = env.ref("base.main_company")
company.write({
    "email": "hello@seller.example", "customer_registration": True,
    "customer_registration_hourly_limit": 1_000_000, "customer_require_sms_code": False,
    "customer_registration_reapply": "never",
})
# every try to sign in is from one address here, and one in a second is many
env["ir.config_parameter"].set_param("base.login_cooldown_after", "0")
lead = env["crm.lead"].create({"name": "Kitchen", "type": "opportunity", "company_id": company.id})
role = env.ref("customer_portal_access.role_contact_person")
portal, internal = env.ref("base.group_portal"), env.ref("base.group_user")
hashed = env["res.users"]._crypt_context().hash(password)


def addresses(kind):
    word = kind.replace(" ", "-")
    return [f"nina{number}@{word}.example" for number in range(count)]


def contacts(kind):
    return env["res.partner"].create(
        [{"name": "Nina Holm", "email": email} for email in addresses(kind)]
    )


def accesses(people):
    env["customer.access"].create([
        {"partner_id": person.id, "lead_id": lead.id, "role_id": role.id} for person in people
    ])


def users(people, group, password=True):
    made = env["res.users"].with_context(no_reset_password=True).create([
        {"name": person.name, "login": person.email, "partner_id": person.id,
         "group_ids": [(6, 0, group.ids)]} for person in people
    ])
    for user in made if password else ():
        user._set_encrypted_password(user.id, hashed)
    return made


def registrations(kind):
    made = env["customer.registration"].with_company(company).create([
        {"name": "Nina Holm", "email": email, "state": "pending", "company_id": company.id}
        for email in addresses(kind)
    ])
    for registration in made:
        registration._enter_crm()
    return made


kinds = ("unknown", "unknown too", "contact", "with access", "password", "no password",
         "disabled", "archived", "pending", "rejected", "colleague")
contacts("contact")
accesses(contacts("with access"))
for kind in ("password", "no password", "archived"):
    people = contacts(kind)
    accesses(people)
    made = users(people, portal, kind != "no password")
    if kind == "archived":
        made.active = False
people = contacts("disabled")
accesses(people)
people.customer_portal_policy = "disabled"
users(contacts("colleague"), internal)
registrations("pending")
for registration in registrations("rejected"):
    registration._reject("", False)
result = {kind: addresses(kind) for kind in kinds}
"""
