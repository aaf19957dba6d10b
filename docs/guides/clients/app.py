"""A page that knows who its user is. pip install authlib requests joserfc

ISSUER=https://enroll.example.com CLIENT_ID=... CLIENT_SECRET=... python app.py
"""

import os
import secrets
import time
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwk, jwt

ISSUER, CLIENT_ID = os.environ["ISSUER"], os.environ["CLIENT_ID"]
PORT = int(os.environ.get("PORT", "3000"))
CALLBACK = f"http://127.0.0.1:{PORT}/callback"
CONFIG = requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=10).json()
pending, users = {}, {}  # By cookie. A real application has a store and ends its sessions.


class App(BaseHTTPRequestHandler):
    def do_GET(self):
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("app")
        key = cookie.value if cookie else None
        if self.path.startswith("/callback?") and key in pending:
            return self.callback(key)
        if key in users:
            return self.answer(200, f"Hello {users[key]['preferred_username']}: {users[key]['groups']}\n")
        self.sign_in()

    def client(self):
        return OAuth2Session(
            CLIENT_ID,
            os.environ["CLIENT_SECRET"],
            scope="openid profile groups",
            redirect_uri=CALLBACK,
            code_challenge_method="S256",
        )

    def sign_in(self):
        key, verifier, nonce = (secrets.token_urlsafe(48) for _ in range(3))
        url, state = self.client().create_authorization_url(
            CONFIG["authorization_endpoint"], code_verifier=verifier, nonce=nonce
        )
        pending[key] = (state, verifier, nonce)
        self.answer(303, "", Location=url, **{"Set-Cookie": f"app={key}; HttpOnly; SameSite=Lax; Path=/"})

    def callback(self, key):
        state, verifier, nonce = pending.pop(key)
        token = self.client().fetch_token(
            CONFIG["token_endpoint"], authorization_response=self.path, state=state, code_verifier=verifier
        )
        keys = jwk.KeySet.import_key_set(requests.get(CONFIG["jwks_uri"], timeout=10).json())
        claims = jwt.decode(token["id_token"], keys, algorithms=["RS256"]).claims
        wanted = {"iss": ISSUER, "aud": CLIENT_ID, "nonce": nonce}
        rules = {name: {"essential": True, "value": value} for name, value in wanted.items()}
        jwt.JWTClaimsRegistry(now=int(time.time()), exp={"essential": True}, **rules).validate(claims)
        users[key] = claims
        self.answer(303, "", Location="/")

    def answer(self, status, text, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())


ThreadingHTTPServer(("127.0.0.1", PORT), App).serve_forever()
