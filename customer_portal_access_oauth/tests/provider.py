"""An OpenID provider on loopback, which can be made to lie in every way that counts."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "client-of-tests", "secret-of-tests"
KEY = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "two"}, private=True)


class Provider:
    """One provider; its attributes say who is there, and how it behaves."""

    def __init__(self, path=""):
        self.key = KEY
        self.published = [self.key]
        self.path = path
        self.claims = {}  # of the person who signs in there
        self.spoil = {}  # claims that are wrong on purpose; None: left out
        self.user_info = {}
        self.deny = False
        self.sign = self.sign_well
        self.metadata = {}  # what the discovery document says otherwise
        self.answer_with = {}  # what the answer's query says otherwise
        self.fail = None  # a status for every request
        self.codes = {}
        self.requests = []
        self.issued = []  # every secret that was handed out
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.base = f"http://localhost:{self._server.server_port}"
        self.issuer = self.base + path

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exc):
        self._server.shutdown()
        self._server.server_close()

    # ------------------------------------------------------------
    # ITS PAGES
    # ------------------------------------------------------------

    def discovery(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token",
            "jwks_uri": f"{self.base}/jwks",
            **self.metadata,
        }

    def jwks(self):
        return {"keys": [key.as_dict(private=False) for key in self.published]}

    def authorize(self, query):
        """Return where the visitor is sent back to."""
        assert query["client_id"] == CLIENT_ID
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        back = {"state": query["state"]}
        if self.deny:
            back["error"] = "access_denied"
        else:
            back["code"] = secrets.token_urlsafe(16)
            self.codes[back["code"]] = query
            self.issued.append(back["code"])
        return f"{query['redirect_uri']}?{urlencode({**back, **self.answer_with})}"

    def token(self, form, authorization):
        """Return tokens for a code, once, to the client that it was made for."""
        query = self.codes.pop(form.get("code"), None)
        verifier = form.get("code_verifier", "").encode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=")
        client = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if (
            not query
            or challenge.decode() != query["code_challenge"]
            or form.get("redirect_uri") != query["redirect_uri"]
            or authorization != f"Basic {client}"
        ):
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "subject-1",
            "iat": now,
            "exp": now + 300,
            "nonce": query["nonce"],
            **self.claims,
            **self.spoil,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        tokens = {"access_token": secrets.token_urlsafe(16), "id_token": self.sign(claims)}
        self.issued += tokens.values()
        return {**tokens, "token_type": "Bearer"}

    # ------------------------------------------------------------
    # WAYS TO SIGN
    # ------------------------------------------------------------

    def sign_well(self, claims):
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def sign_by_other_key(self, claims):
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, OTHER_KEY)

    def sign_by_secret(self, claims):
        """With what the client knows, too."""
        key = OctKey.import_key(CLIENT_SECRET)
        return jwt.encode({"alg": "HS256", "kid": self.key.kid}, claims, key)

    def sign_by_public_key(self, claims):
        """With what everybody knows, taken for a shared secret."""
        header = {"alg": "HS256", "kid": self.key.kid}
        signed = f"{_part(header)}.{_part(claims)}"
        pem = self.key.as_pem(private=False)
        return f"{signed}.{_encode(hmac.digest(pem, signed.encode(), 'sha256'))}"

    def sign_not(self, claims):
        return f"{_part({'alg': 'none'})}.{_part(claims)}."


def _encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _part(value):
    return _encode(json.dumps(value).encode())


def _handler(provider):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            url = urlsplit(self.path)
            provider.requests.append(url.path)
            if provider.fail:
                return self._send(provider.fail, {"error": "down"})
            if url.path == "/authorize":
                return self._redirect(provider.authorize(dict(parse_qsl(url.query))))
            pages = {
                f"{provider.path}/.well-known/openid-configuration": provider.discovery,
                "/jwks": provider.jwks,
                "/userinfo": lambda: provider.user_info,
            }
            if url.path not in pages:
                return self._send(404, {})
            return self._send(200, pages[url.path]())

        def do_POST(self):
            provider.requests.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if provider.fail:
                return self._send(provider.fail, {"error": "down"})
            form = {name: values[0] for name, values in parse_qs(body).items()}
            answer = provider.token(form, self.headers.get("Authorization"))
            return self._send(400 if "error" in answer else 200, answer)

        def _redirect(self, url):
            self.send_response(302)
            self.send_header("Location", url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _send(self, status, document):
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args):
            pass

    return Handler
