"""A small application for the test in a browser: it knows its users by OpenID Connect and asks for their roles at each click.

ISSUER, CLIENT_ID, CLIENT_SECRET, PORT. How a real one is written: docs/guides/clients.
"""

import base64
import hashlib
import json
import os
import secrets
from html import escape
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

ISSUER, CLIENT_ID, PORT = os.environ["ISSUER"], os.environ["CLIENT_ID"], int(os.environ["PORT"])
HOME = f"http://127.0.0.1:{PORT}/"
SIGN_IN = '<p><a id="sign-in" href="/sign-in">Sign in</a></p>'
with urlopen(f"{ISSUER}/.well-known/openid-configuration", timeout=10) as found:
    CONFIG = json.load(found)
pending: dict[str, tuple[str, str]] = {}
sessions: dict[str, dict] = {}


def token(code: str, verifier: str) -> dict:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": f"{HOME}callback", "code_verifier": verifier}
    basic = base64.b64encode(f"{CLIENT_ID}:{os.environ['CLIENT_SECRET']}".encode()).decode()
    request = Request(CONFIG["token_endpoint"], urlencode(form).encode(), {"Authorization": f"Basic {basic}"})
    with urlopen(request, timeout=10) as answer:
        return json.load(answer)


def user(access_token: str) -> dict | None:
    """Who it is; nobody once the session at Enroll has ended."""
    request = Request(CONFIG["userinfo_endpoint"], headers={"Authorization": f"Bearer {access_token}"})
    try:
        with urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except HTTPError as error:
        if error.status == 401:
            return None
        raise


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("shop")
        key = cookie.value if cookie else ""
        if url.path == "/":
            self.home(key)
        elif url.path == "/sign-in":
            self.sign_in()
        elif url.path == "/callback" and key in pending:
            state, verifier = pending.pop(key)
            if query.get("state") != state or query.get("iss") != ISSUER:
                return self.answer(400, "<p>This is no answer to this browser.</p>")
            sessions[key] = token(query["code"], verifier)
            self.answer(303, "", Location="/")
        elif url.path == "/sign-out" and key in sessions:
            hint = {"id_token_hint": sessions.pop(key)["id_token"], "post_logout_redirect_uri": HOME}
            self.answer(303, "", Location=f"{CONFIG['end_session_endpoint']}?{urlencode(hint)}")
        else:
            self.answer(404, "<p>There is nothing here.</p>")

    def home(self, key):
        if key not in sessions:
            return self.answer(200, f"<p>Welcome, stranger.</p>{SIGN_IN}")
        info = user(sessions[key]["access_token"])
        if info is None:
            del sessions[key]
            return self.answer(200, f"<p>You have been signed out.</p>{SIGN_IN}")
        roles = "".join(f"<li>{escape(one['name'])}: {one['role']}</li>" for one in info["organizations"])
        name = escape(info["name"])
        self.answer(200, f'<p>Hello {name}</p><ul>{roles}</ul><p><a id="sign-out" href="/sign-out">Sign out</a></p>')

    def sign_in(self):
        key, state, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        pending[key] = (state, verifier)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        parameters = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": f"{HOME}callback",
            "scope": "openid profile organizations",
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        to = f"{CONFIG['authorization_endpoint']}?{urlencode(parameters)}"
        self.answer(303, "", Location=to, **{"Set-Cookie": f"shop={key}; HttpOnly; SameSite=Lax; Path=/"})

    def answer(self, status, body, **headers):
        page = f'<!doctype html><html lang="en"><title>Shop</title><body><h1>Shop</h1>{body}</body></html>'.encode()
        self.send_response(status)
        headers |= {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(page)), "Cache-Control": "no-store"}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page)


ThreadingHTTPServer(("127.0.0.1", PORT), Shop).serve_forever()
