import time

from odoo.tests import mute_logger

from ..models import auth_oauth_provider
from ..utils import openid
from .common import ProviderCase
from .provider import CLIENT_ID, OTHER_KEY


class TestToken(ProviderCase):
    """What a provider says is believed only when the ID token passes every check."""

    def setUp(self):
        super().setUp()
        self._create_access(self.anna, self.contact_person)
        self._create_identity(self.anna)

    def _refused(self, reason=None):
        with self.assertLogs(auth_oauth_provider.__name__, "WARNING") as logs:
            answer = self._sign_in()
        self.assertEqual(self._status(answer), "provider")
        self.assertFalse(self._session().uid)
        self.assertIn(reason or "ID token", logs.output[0])
        for secret in filter(None, self.openid.issued):
            self.assertNotIn(secret, logs.output[0])

    def test_good_token_signs_in(self):
        self.assertEqual(self._sign_in().headers["Location"], "/my/customer")
        self.assertEqual(self._session().uid, self.anna.user_ids.id)

    def test_wrong_issuer(self):
        self.openid.spoil = {"iss": "https://accounts.evil.example"}
        self._refused("iss")

    def test_wrong_audience(self):
        self.openid.spoil = {"aud": "another-client"}
        self._refused("aud")

    def test_several_audiences_need_azp(self):
        self.openid.spoil = {"aud": [CLIENT_ID, "another-client"]}
        self._refused("azp")

    def test_other_azp(self):
        self.openid.spoil = {"aud": [CLIENT_ID, "another-client"], "azp": "another-client"}
        self._refused("azp")

    def test_own_azp(self):
        self.openid.spoil = {"aud": [CLIENT_ID, "another-client"], "azp": CLIENT_ID}
        self.assertEqual(self._sign_in().headers["Location"], "/my/customer")

    def test_expired(self):
        self.openid.spoil = {"exp": int(time.time()) - openid.LEEWAY - 1}
        self._refused("exp")

    def test_wrong_nonce(self):
        self.openid.spoil = {"nonce": "of another sign-in"}
        self._refused("nonce")

    def test_essential_claims(self):
        for name in ("iss", "aud", "sub", "exp", "iat", "nonce"):
            with self.subTest(name):
                self.openid.spoil = {name: None}
                self._refused(name)

    def test_subject_is_a_text(self):
        for subject in ("", 7, ["subject-1"]):
            with self.subTest(subject=subject):
                self.openid.spoil = {"sub": subject}
                self._refused("ID token")

    def test_wrong_access_token_hash(self):
        self.openid.spoil = {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}
        self._refused("at_hash")

    def test_wrong_signatures(self):
        ways = ("sign_by_other_key", "sign_by_secret", "sign_by_public_key", "sign_not")
        for way in ways:
            with self.subTest(way):
                self.openid.sign = getattr(self.openid, way)
                self._refused("ID token")

    def test_no_id_token(self):
        self.openid.sign = lambda claims: ""
        self._refused()

    def test_new_keys_are_fetched(self):
        self._sign_in()
        self._other_browser()
        self.openid.key = OTHER_KEY
        self.openid.published = [self.openid.key]
        self.patch(openid, "KEYS_PAUSE", 0)
        self.assertEqual(self._sign_in().headers["Location"], "/my/customer")

    def test_another_issuers_document(self):
        self.openid.metadata = {"issuer": "https://accounts.evil.example"}
        with mute_logger(auth_oauth_provider.__name__):
            answer = self._post(self._page())
        self.assertEqual(self._status(answer), "provider")

    def test_endpoints_are_https(self):
        self.openid.metadata = {"token_endpoint": "http://provider.example/token"}
        self._refused("token_endpoint")

    def test_user_info_of_somebody_else_is_not_believed(self):
        self.openid.metadata = {"userinfo_endpoint": f"{self.openid.base}/userinfo"}
        client = self.provider._customer_client()
        for subject, email in (("subject-2", None), ("subject-1", "anna@berg.example")):
            self.openid.user_info = {"sub": subject, "email": "anna@berg.example"}
            info = client._user_info({"access_token": "x"}, "subject-1")
            self.assertEqual(info.get("email"), email)
