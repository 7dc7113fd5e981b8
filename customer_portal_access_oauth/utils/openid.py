"""The client's side of OpenID Connect: authorization code with PKCE, and the ID token.

Nothing here knows Odoo. What a provider says is believed only after the ID token has
passed every check; its tokens live no longer than the call that fetched them.
"""

import json
import re
import threading
import time
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

# Asymmetric only: with HS256 the client's secret, known to more than the provider,
# would sign; "none" signs nothing.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
TIMEOUT = 10
LEEWAY = 60  # clocks differ
CACHE_SECONDS = 3600
KEYS_PAUSE = 30  # a token with an unknown key makes us look again, not more often
DOCUMENT_BYTES = 1_000_000

# Microsoft puts this in place of the tenant, where one address serves many.
TENANT = "{tenantid}"
_GUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_MICROSOFT_ISSUER = re.compile(rf"/(?:{re.escape(TENANT)}|{_GUID})/v2\.0")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class ProviderError(Exception):
    """The provider cannot be reached, or says what cannot be believed."""


def is_secure(url):
    """Say whether an address is https, or on this very machine.

    :rtype: bool
    """
    try:
        parts = urlsplit(url or "")
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        )
    except ValueError:
        return False


class OpenIDClient:
    """One application at one provider.

    :param str issuer: the provider's issuer, to the letter
    :param str client_id: what the provider calls us
    :param str client_secret: or a false value, for a client without one
    :param str redirect_uri: where the provider sends the visitor back to
    :param str scope: what is asked for
    :param bool microsoft: tenants of Microsoft Entra ID, each an issuer of its own
    """

    def __init__(self, issuer, client_id, client_secret, redirect_uri, scope, microsoft=False):
        self.issuer = issuer
        self.client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._scope = scope
        self._microsoft = microsoft

    # ------------------------------------------------------------
    # THE WAY THERE
    # ------------------------------------------------------------

    def authorization_url(self, state, nonce, verifier):
        """Return where to send the visitor.

        :param str state: comes back with the visitor
        :param str nonce: comes back inside the ID token
        :param str verifier: stays here; only its hash goes along
        :rtype: str
        :raises ProviderError: when the provider cannot be reached
        """
        endpoint = self._endpoint("authorization_endpoint")
        url, _state = self._session().create_authorization_url(
            endpoint, state=state, nonce=nonce, code_verifier=verifier
        )
        return url

    # ------------------------------------------------------------
    # THE WAY BACK
    # ------------------------------------------------------------

    def is_other_issuer(self, issuer):
        """Say whether an answer names another issuer than ours (RFC 9207).

        :param issuer: the answer's ``iss``, or a false value
        :rtype: bool
        """
        if self._microsoft:  # which tenant answers is known from the ID token only
            return bool(issuer) and not self._is_microsofts(issuer)
        required = self._metadata().get("authorization_response_iss_parameter_supported")
        return bool(issuer or required) and issuer != self.issuer

    def fetch_claims(self, code, nonce, verifier):
        """Redeem a code; return what the provider says of the visitor.

        :param str code: from the provider's answer
        :param str nonce: what was sent along
        :param str verifier: proves that we began
        :return: the claims of the ID token
        :rtype: dict
        :raises ProviderError: when there is no answer, or one that does not hold
        """
        try:
            with self._session() as session:
                token = session.fetch_token(
                    self._endpoint("token_endpoint"),
                    code=code,
                    code_verifier=verifier,
                    timeout=TIMEOUT,
                    allow_redirects=False,
                )
        except (AuthlibBaseError, requests.RequestException, ValueError) as error:
            raise ProviderError(f"no token: {type(error).__name__}") from None
        claims = self._verify(token, nonce)
        if "email" not in claims and not self._microsoft:
            claims = {**self._user_info(token, claims["sub"]), **claims}
        return claims

    def _verify(self, token, nonce):
        """Check the ID token: signature, issuer, audience, times, nonce.

        :param dict token: the answer of the token endpoint
        :rtype: dict
        """
        id_token = token.get("id_token")
        if not isinstance(id_token, str):
            raise ProviderError("no ID token")
        try:
            decoded = self._decode(id_token)
            issuer = self._expected_issuer(decoded.claims)
            options = {
                "iss": {"essential": True, "value": issuer},
                "aud": {"essential": True, "value": self.client_id},
                "sub": {"essential": True},
                "exp": {"essential": True},
                "iat": {"essential": True},
                "nonce": {"essential": True, "value": nonce},
            }
            params = {
                "nonce": nonce,
                "client_id": self.client_id,
                "access_token": token.get("access_token"),
            }
            claims = CodeIDToken(decoded.claims, decoded.header, options, params)
            claims.validate(leeway=LEEWAY)
        except (AuthlibBaseError, JoseError, ValueError, TypeError) as error:
            raise ProviderError(f"ID token: {type(error).__name__} {error}"[:200]) from None
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise ProviderError("ID token: no subject")
        return dict(claims)

    def _decode(self, id_token):
        """Check the signature by the provider's keys, which change from time to time."""
        for age in (CACHE_SECONDS, KEYS_PAUSE):
            keys = KeySet.import_key_set(self._fetch(self._endpoint("jwks_uri"), age))
            try:
                return jwt.decode(id_token, keys, algorithms=list(ALGORITHMS))
            except (JoseError, ValueError) as error:
                last = error
        raise last

    def _expected_issuer(self, claims):
        issuer = self._metadata()["issuer"]
        if not self._microsoft:
            return issuer
        tenant = claims.get("tid")
        if not isinstance(tenant, str) or not re.fullmatch(_GUID, tenant):
            raise ProviderError("ID token: no tenant")
        return issuer.replace(TENANT, tenant)

    def _user_info(self, token, subject):
        """Ask for what the ID token does not say, such as the e-mail address."""
        if not self._metadata().get("userinfo_endpoint"):
            return {}
        headers = {"Authorization": f"Bearer {token.get('access_token')}"}
        info = _read(self._endpoint("userinfo_endpoint"), headers)
        # whatever is about somebody else is not believed
        return info if info.get("sub") == subject else {}

    # ------------------------------------------------------------
    # THE PROVIDER
    # ------------------------------------------------------------

    def check(self):
        """Fetch the provider's documents.

        :raises ProviderError: with what is wrong
        """
        for name in ("authorization_endpoint", "token_endpoint"):
            self._endpoint(name)
        KeySet.import_key_set(self._fetch(self._endpoint("jwks_uri"), 0))

    def _session(self):
        basic, by_form = "client_secret_basic", "client_secret_post"
        taken = self._metadata().get("token_endpoint_auth_methods_supported") or [basic]
        method = basic if basic in taken else by_form
        return OAuth2Session(
            self.client_id,
            self._client_secret or None,
            token_endpoint_auth_method=method if self._client_secret else "none",
            scope=self._scope,
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
        )

    def _metadata(self):
        """Return the discovery document, if it is the issuer's own."""
        document = self._fetch(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        issuer = document.get("issuer")
        if issuer != self.issuer and not (self._microsoft and self._is_microsofts(issuer)):
            raise ProviderError("the discovery document is another issuer's")
        return document

    def _is_microsofts(self, issuer):
        """Say whether an issuer is a tenant, or all tenants, at our provider's address."""
        if not isinstance(issuer, str):
            return False
        theirs, ours = urlsplit(issuer), urlsplit(self.issuer)
        same = (theirs.scheme, theirs.netloc) == (ours.scheme, ours.netloc)
        plain = not theirs.query and not theirs.fragment
        return same and plain and bool(_MICROSOFT_ISSUER.fullmatch(theirs.path))

    def _endpoint(self, name):
        url = self._metadata().get(name)
        if not isinstance(url, str) or not is_secure(url):
            raise ProviderError(f"no {name}")
        return url

    def _fetch(self, url, age=CACHE_SECONDS):
        return _documents.get(url, age)


class _Documents:
    """Public documents of providers, kept for a while in this process."""

    def __init__(self):
        self._lock = threading.Lock()
        self._kept = {}

    def get(self, url, age):
        """Return a document that is at most ``age`` seconds old."""
        now = time.monotonic()
        with self._lock:
            fetched, document = self._kept.get(url, (None, None))
        if fetched is None or now - fetched > age:
            document = _read(url)
            with self._lock:
                self._kept[url] = now, document
        return document


_documents = _Documents()


def _read(url, headers=None):
    """Fetch a JSON object; never more than a document needs, never from elsewhere."""
    if not is_secure(url):
        raise ProviderError("not https")
    try:
        with requests.get(
            url, headers=headers, timeout=TIMEOUT, allow_redirects=False, stream=True
        ) as response:
            if response.status_code != 200:
                raise ProviderError(f"{urlsplit(url).path} answers {response.status_code}")
            content = response.raw.read(DOCUMENT_BYTES + 1, decode_content=True)
    except requests.RequestException as error:
        raise ProviderError(f"{urlsplit(url).hostname}: {type(error).__name__}") from None
    if len(content) > DOCUMENT_BYTES:
        raise ProviderError(f"{urlsplit(url).path} is too long")
    try:
        document = json.loads(content)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ProviderError(f"{urlsplit(url).path} is no JSON object")
    return document
