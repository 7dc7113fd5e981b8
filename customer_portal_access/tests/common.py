from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sms.tests.common import SMSCommon


class CustomerData:
    """Two companies, staff, a customer with two contacts, an opportunity and a project."""

    @classmethod
    def _create_customer_data(cls):
        cls.env.company.write({"country_id": cls.env.ref("base.no").id, "phone": "+47 22 00 00 00"})
        cls.company = cls.env.company
        cls.other_company = cls.env["res.company"].create({"name": "Other Company"})
        cls.sara = cls._create_staff("sara", "sales_team.group_sale_salesman")
        cls.pia = cls._create_staff("pia", "project.group_project_user")
        cls.paul = cls._create_staff("paul", "customer_portal_access.group_customer_admin")
        cls.customer = cls.env["res.partner"].create({"name": "Berg AS", "is_company": True})
        cls.anna = cls._create_contact("Anna Berg", "anna@berg.example", "+47 406 12 345")
        cls.bo = cls._create_contact("Bo Berg", "bo@berg.example", "+47 406 12 346")
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Kitchen for Berg",
                "type": "opportunity",
                "partner_id": cls.customer.id,
                "user_id": cls.sara.id,
                "company_id": cls.company.id,
            }
        )
        cls.project = cls.env["project.project"].create(
            {
                "name": "Office move",
                "partner_id": cls.customer.id,
                "user_id": cls.pia.id,
                "company_id": cls.company.id,
                "privacy_visibility": "portal",
            }
        )
        cls.applicant = cls._role("applicant")
        cls.contact_person = cls._role("contact_person")
        cls.observer = cls._role("observer")

    @classmethod
    def _role(cls, code):
        return cls.env.ref(f"customer_portal_access.role_{code}")

    @classmethod
    def _create_staff(cls, login, *groups):
        return (
            cls.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": login.capitalize(),
                    "login": f"{login}-test",
                    "email": f"{login}@seller.example",
                    "group_ids": [
                        Command.set(
                            [cls.env.ref(xmlid).id for xmlid in (*groups, "base.group_user")]
                        )
                    ],
                }
            )
        )

    @classmethod
    def _create_contact(cls, name, email, phone=False, **values):
        return cls.env["res.partner"].create(
            {"name": name, "email": email, "phone": phone, "parent_id": cls.customer.id, **values}
        )

    @classmethod
    def _create_access(cls, partner, role=None, target=None, **values):
        target = target or cls.lead
        field = {"crm.lead": "lead_id", "project.project": "project_id"}.get(
            target._name, "customer_id"
        )
        role = role or cls.applicant
        return cls.env["customer.access"].create(
            {"partner_id": partner.id, "role_id": role.id, field: target.id, **values}
        )

    def _token(self, access, kind=None):
        """Return the token of a new link of an access."""
        return access.create_link(kind).rpartition("/")[2]


@tagged("post_install", "-at_install")
class CustomerCase(SMSCommon, CustomerData):
    """Unit tests; transactions of their own see what the test wrote."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_customer_data()

    def _run_cron(self, purpose):
        """Run one of the addon's scheduled actions now, and collect its mails."""
        with self.mock_mail_gateway():
            self.env.ref(f"customer_portal_access.ir_cron_{purpose}").method_direct_trigger()
