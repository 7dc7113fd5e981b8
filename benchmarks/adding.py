"""Adding many contacts to a project in one call, beside as many followers."""

CONTACTS = 1000


def benchmarks(env):
    """Make the contacts and the project.

    :return: name, Odoo's way and ours, for each benchmark
    :rtype: list[tuple]
    """
    customer = env["res.partner"].create({"name": "Many people AS", "is_company": True})
    contacts = env["res.partner"].create(
        [
            {
                "name": f"Person {number}",
                "email": f"person{number}@many.example",
                "phone": f"+47 406 {number:05d}",
                "parent_id": customer.id,
            }
            for number in range(CONTACTS)
        ]
    )
    project = env["project.project"].create({"name": "With many people"})
    role = env.ref("customer_portal_access.role_contact_person")

    def followers():
        env["mail.followers"].create(
            [
                {"res_model": "project.project", "res_id": project.id, "partner_id": contact_id}
                for contact_id in contacts.ids
            ]
        )

    def accesses():
        env["customer.access"].create(
            [
                {"project_id": project.id, "partner_id": contact_id, "role_id": role.id}
                for contact_id in contacts.ids
            ]
        )

    return [(f"add {CONTACTS:,} contacts to a project, beside followers", followers, accesses)]
