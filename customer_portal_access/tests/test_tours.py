from odoo.tests import HttpCase, tagged

from .publication_common import PublicationData


@tagged("post_install", "-at_install")
class TestTours(HttpCase, PublicationData):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_customer_data()
        cls.env["ir.mail_server"].create({"name": "Test", "smtp_host": "smtp.example"})
        cls.env["ir.config_parameter"].set_param("sms.endpoint", "https://sms.example")

    def test_invite_from_the_opportunity(self):
        access = self._create_access(self.anna)
        self.bo.phone = False
        self._create_access(self.bo)
        self.start_tour(
            f"/odoo/crm.lead/{self.lead.id}", "customer_invitation_tour", login=self.sara.login
        )
        self.assertEqual(access.state, "invited")
        self.assertEqual(access.invited_by_id, self.sara)

    def test_publish_in_the_tab(self):
        offer = self._create_publication(body="<p>Oak</p>")
        response = self._create_response(offer, self._create_access(self.anna))
        self.start_tour(
            f"/odoo/crm.lead/{self.lead.id}", "customer_publication_tour", login=self.sara.login
        )
        page = self.lead.customer_publication_ids - offer
        self.assertEqual((page.kind, page.state), ("page", "draft"))
        self.assertIn("We begin on Monday.", page.body)
        self.assertFalse(response.is_current)
