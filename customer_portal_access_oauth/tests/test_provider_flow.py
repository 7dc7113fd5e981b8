import logging
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from odoo import fields
from odoo.tests import mute_logger

from odoo.addons.customer_portal_access.utils import hash_secret
from odoo.addons.customer_portal_access.utils.request_log import TokenFilter

from ..models import auth_oauth_provider
from ..utils import FLOW_MINUTES, FLOWS_AT_ONCE
from .common import ProviderCase


class TestProviderFlow(ProviderCase):
    """A way to the provider and back is one browser's, for a while, once."""

    def setUp(self):
        super().setUp()
        self._create_access(self.anna, self.contact_person)
        self.identity = self._create_identity(self.anna)

    def _flow(self):
        return self.env["customer.provider.flow"].search([], limit=1)

    def test_what_is_sent_along(self):
        query = {
            name: values[0] for name, values in parse_qs(urlsplit(self._begin()).query).items()
        }
        self.assertEqual(query["response_type"], "code")
        self.assertEqual(query["code_challenge_method"], "S256")
        self.assertEqual(query["redirect_uri"], self.provider.customer_redirect_uri)
        self.assertNotIn("code_verifier", query)
        [(state, kept)] = self._session()["customer_provider"].items()
        self.assertEqual((query["state"], query["nonce"]), (state, kept["nonce"]))
        self.assertEqual(self._flow().state_hash, hash_secret(self.env, None, state))

    def test_once(self):
        back = self._at_provider(self._begin())
        self.assertEqual(self._get(back).headers["Location"], "/my/customer")
        self.assertEqual(self._status(self._get(back)), "state")

    def test_once_also_with_the_session_of_before(self):
        """Two requests at once read the same session; only the row knows better."""
        back = self._at_provider(self._begin())
        self._flow().used_at = fields.Datetime.now()
        self.assertEqual(self._status(self._get(back)), "state")

    def test_other_browser(self):
        """A link that signs the victim in as the attacker."""
        back = self._at_provider(self._begin())
        self._other_browser()
        self.assertEqual(self._status(self._get(back)), "state")
        self.assertFalse(self._session().uid)

    def test_other_browser_with_a_flow_of_its_own(self):
        back = self._at_provider(self._begin())
        self._other_browser()
        self._begin()
        self.assertEqual(self._status(self._get(back)), "state")

    def test_forged_state(self):
        self._begin()
        for state in ("", "forged", None):
            query = urlencode({"code": "x", **({"state": state} if state is not None else {})})
            self.assertEqual(self._status(self._get(f"{self._page()}/callback?{query}")), "state")

    def test_code_of_another_flow(self):
        """PKCE: a stolen code is worth nothing in the thief's own way."""
        stolen = dict(parse_qsl(urlsplit(self._at_provider(self._begin())).query))["code"]
        self._other_browser()
        own = dict(parse_qsl(urlsplit(self._at_provider(self._begin())).query))
        query = urlencode({**own, "code": stolen})
        with mute_logger(auth_oauth_provider.__name__):
            answer = self._get(f"{self._page()}/callback?{query}")
        self.assertEqual(self._status(answer), "provider")
        self.assertFalse(self._session().uid)

    def test_too_late(self):
        back = self._at_provider(self._begin())
        self._flow().expires_at -= timedelta(minutes=FLOW_MINUTES)
        self.assertEqual(self._status(self._get(back)), "state")

    def test_address_of_another_provider(self):
        other = self._create_provider("https://accounts.example.com")
        back = self._at_provider(self._begin())
        there = back.replace(self._page(), f"/customer/provider/{other.id}")
        self.assertEqual(self._status(self._get(there)), "state")

    def test_answer_of_another_issuer(self):
        self.openid.answer_with = {"iss": "https://accounts.evil.example"}
        with mute_logger(auth_oauth_provider.__name__):
            self.assertEqual(self._status(self._sign_in()), "provider")
        self.openid.answer_with = {"iss": self.openid.issuer}
        self.assertEqual(self._sign_in().headers["Location"], "/my/customer")

    def test_promised_issuer_is_missing(self):
        self.openid.metadata = {"authorization_response_iss_parameter_supported": True}
        with mute_logger(auth_oauth_provider.__name__):
            self.assertEqual(self._status(self._sign_in()), "provider")

    def test_denied(self):
        self.openid.deny = True
        self.assertEqual(self._status(self._sign_in()), "denied")
        without = f"{self._page()}/callback?error=access_denied"
        self.assertEqual(self._status(self._get(without)), "denied")
        self.assertEqual(self._status(self._get(f"{without}&state=forged")), "state")

    def test_provider_down_at_the_start(self):
        self.openid.fail = 503
        with mute_logger(auth_oauth_provider.__name__):
            answer = self._post(self._page())
        self.assertEqual(self._status(answer), "provider")
        self.assertIn("does not work right now", self.url_open(answer.headers["Location"]).text)

    def test_provider_down_on_the_way_back(self):
        back = self._at_provider(self._begin())
        self.openid.fail = 503
        with mute_logger(auth_oauth_provider.__name__):
            self.assertEqual(self._status(self._get(back)), "provider")

    def test_several_tabs(self):
        ways = [self._begin() for _tab in range(FLOWS_AT_ONCE + 1)]
        self.assertEqual(len(self._session()["customer_provider"]), FLOWS_AT_ONCE)
        self.assertEqual(self._status(self._get(self._at_provider(ways[0]))), "state")
        back = self._get(self._at_provider(ways[1]))
        self.assertEqual(back.headers["Location"], "/my/customer")

    def test_needs_csrf_token(self):
        answer = self.url_open(self._page(), data={"x": "1"}, allow_redirects=False)
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self._flow())

    def test_get_and_head_begin_nothing(self):
        self._get(self._page())
        self.opener.head(self.base_url() + self._page())
        self.assertFalse(self._flow())

    def test_limit_of_an_address(self):
        self.patch(type(self.env["customer.quota"]), "_take_address", lambda *args: 60)
        self.assertEqual(self._status(self._post(self._page())), "limit")
        self.assertFalse(self._flow())

    def test_only_local_paths(self):
        for path, goal in (
            ("/my/orders?x=1", "/my/orders?x=1"),
            ("https://evil.example", "/my/customer"),
            ("//evil.example", "/my/customer"),
            ("/\\evil.example", "/my/customer"),
            ("/\t/evil.example", "/%20/evil.example"),
            ("javascript:alert(1)", "/my/customer"),
        ):
            with self.subTest(path):
                self._other_browser()
                self.assertEqual(self._sign_in(redirect=path).headers["Location"], goal)

    def test_nothing_of_it_is_kept(self):
        """Neither code nor tokens: not in the database, not in the session, not in the URL."""
        answer = self._sign_in()
        self.assertEqual(len(self.openid.issued), 3)
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND (table_name LIKE 'customer\\_%%' OR table_name IN ('res_users', 'ir_logging'))"
        )
        places = [str(dict(self._session())), answer.headers["Location"]]
        for table in {table for (table,) in self.env.cr.fetchall()}:
            self.env.cr.execute(f'SELECT row.*::text FROM "{table}" AS row')
            places += map(str, self.env.cr.fetchall())
        for secret in self.openid.issued:
            self.assertFalse([place for place in places if secret in place])

    def test_request_log_is_masked(self):
        line = f"GET {self._page()}/callback?code=4/0Ab&state=xyz HTTP/1.1"
        record = logging.LogRecord("werkzeug", logging.INFO, "", 0, '"%s"', (line,), None)
        TokenFilter().filter(record)
        self.assertNotIn("0Ab", record.getMessage())
        self.assertNotIn("xyz", record.getMessage())

    def test_headers(self):
        for answer in (self._get(self._page()), self._sign_in()):
            self.assertEqual(answer.headers["Cache-Control"], "no-store")
            self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")

    def test_old_flows_go(self):
        self._begin()
        flow = self._flow()
        self.env.cr.execute("UPDATE customer_provider_flow SET create_date = '2020-01-01'")
        flow.invalidate_recordset()
        flow._gc_flows()
        self.assertFalse(flow.exists())
