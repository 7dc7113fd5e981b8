from odoo.tests import mute_logger

from ..models import auth_oauth_provider
from ..models.auth_oauth_provider import MICROSOFT_PRIVATE
from .common import ProviderCase

TENANT = "00000000-1111-2222-3333-444444444444"
OTHER_TENANT = "99999999-1111-2222-3333-444444444444"


class TestMicrosoft(ProviderCase):
    """Many tenants, each an issuer of its own; people are known by tenant and object."""

    kind, path = "microsoft", "/common/v2.0"

    def setUp(self):
        super().setUp()
        self.openid.metadata = {"issuer": f"{self.openid.base}/{{tenantid}}/v2.0"}
        self._be(TENANT, "object-1")
        self._create_access(self.anna, self.contact_person)
        self.identity = self._create_identity(
            self.anna, issuer=f"{self.openid.base}/{TENANT}/v2.0", subject="object-1"
        )

    def _be(self, tenant, oid, **claims):
        issuer = f"{self.openid.base}/{tenant}/v2.0"
        self.openid.claims = {"iss": issuer, "tid": tenant, "oid": oid, **claims}

    def _refused(self):
        with mute_logger(auth_oauth_provider.__name__):
            answer = self._sign_in()
        self.assertEqual(self._status(answer), "provider")
        self.assertFalse(self._session().uid)

    def test_tenant_and_object_sign_in(self):
        self.openid.spoil = {"sub": "another one for each application"}
        self.assertEqual(self._sign_in().headers["Location"], "/my/customer")
        self.assertEqual(self._session().uid, self.anna.user_ids.id)

    def test_same_object_in_another_tenant(self):
        self._be(OTHER_TENANT, "object-1")
        self._sign_in()
        self.assertFalse(self._session().uid)

    def test_other_object(self):
        self._be(TENANT, "object-2")
        self._sign_in()
        self.assertFalse(self._session().uid)

    def test_tenant_and_issuer_belong_together(self):
        self.openid.spoil = {"tid": OTHER_TENANT}
        self._refused()

    def test_no_tenant(self):
        for tenant in (None, "", "common", "../evil", 7):
            with self.subTest(tenant=tenant):
                self.openid.spoil = {"tid": tenant}
                self._refused()

    def test_no_object(self):
        for oid in (None, "", 7):
            with self.subTest(oid=oid):
                self.openid.spoil = {"oid": oid}
                self._refused()

    def test_one_tenant_only(self):
        self.openid.metadata = {"issuer": f"{self.openid.base}/{TENANT}/v2.0"}
        self.assertEqual(self._sign_in().headers["Location"], "/my/customer")
        self._other_browser()
        self._be(OTHER_TENANT, "object-1")
        self._refused()

    def test_document_of_another_address(self):
        self.openid.metadata = {"issuer": "https://login.evil.example/{tenantid}/v2.0"}
        with mute_logger(auth_oauth_provider.__name__):
            self.assertEqual(self._status(self._post(self._page())), "provider")

    def test_which_addresses_are_proven(self):
        for claims, proven in (
            ({"tid": TENANT, "email": "anna@berg.example"}, False),
            ({"tid": TENANT, "email_verified": True}, False),  # Microsoft has no such claim
            ({"tid": TENANT, "xms_edov": True}, True),
            ({"tid": TENANT, "xms_edov": "1"}, True),
            ({"tid": TENANT, "xms_edov": False}, False),
            ({"tid": TENANT, "xms_edov": "0"}, False),
            ({"tid": MICROSOFT_PRIVATE}, True),
        ):
            with self.subTest(claims=claims):
                self.assertEqual(self.provider._customer_proves_email(claims), proven)
