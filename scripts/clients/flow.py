"""The whole flow with authlib: discovery, code with PKCE, ID token, userinfo, refresh, sign-out.

The browser is `requests` with the cookie of a session; SIGN_IN is a command that opens one and prints it.
"""

import os
import secrets
import subprocess
import sys
import time
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwk, jwt

ISSUER = os.environ["ISSUER"]
CALLBACK = "http://127.0.0.1:3000/callback"
AFTER = "http://127.0.0.1:3000/"


def browser() -> requests.Session:
    session = requests.Session()
    value = subprocess.run(os.environ["SIGN_IN"].split(), check=True, capture_output=True, text=True).stdout.strip()
    session.headers["Cookie"] = f"enroll_session={value}"
    return session


def flow(method: str, client_id: str, secret: str | None) -> None:
    config = requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=10).json()
    assert config["issuer"] == ISSUER
    client = OAuth2Session(
        client_id,
        secret,
        token_endpoint_auth_method=method,
        scope="openid profile email organizations groups",
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
    )
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    url, state = client.create_authorization_url(config["authorization_endpoint"], code_verifier=verifier, nonce=nonce)

    # Who has not signed in is sent to the sign-in.
    out = requests.get(url, allow_redirects=False, timeout=10)
    assert out.status_code == 303 and urlsplit(out.headers["Location"]).path == "/saml/login", out.headers

    user = browser()
    back = user.get(url, allow_redirects=False, timeout=10).headers["Location"]
    assert parse_qs(urlsplit(back).query)["iss"] == [ISSUER]
    token = client.fetch_token(
        config["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
    )

    keys = jwk.KeySet.import_key_set(requests.get(config["jwks_uri"], timeout=10).json())
    rules = jwt.JWTClaimsRegistry(
        now=int(time.time()),
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": client_id},
        nonce={"essential": True, "value": nonce},
        exp={"essential": True},
    )
    claims = jwt.decode(token["id_token"], keys, algorithms=["RS256", "ES256"]).claims
    rules.validate(claims)
    assert claims["preferred_username"] == "ada" and claims["groups"] == ["acme:writer"], claims

    info = client.get(config["userinfo_endpoint"]).json()
    assert info["sub"] == claims["sub"] and info["organizations"][0]["role"] == "writer", info

    old = token["refresh_token"]
    token = client.refresh_token(config["token_endpoint"], refresh_token=old)
    assert token["refresh_token"] != old
    assert client.get(config["userinfo_endpoint"]).status_code == 200

    out = user.get(
        config["end_session_endpoint"],
        params={"id_token_hint": token["id_token"], "post_logout_redirect_uri": AFTER, "state": "s"},
        allow_redirects=False,
        timeout=10,
    )
    assert out.headers["Location"] == f"{AFTER}?state=s", out.headers
    assert client.get(config["userinfo_endpoint"]).status_code == 401
    print(f"authlib, {method}: good")


flow("client_secret_basic", *os.environ["CONFIDENTIAL"].split())
flow("client_secret_post", *os.environ["CONFIDENTIAL"].split())
flow("none", os.environ["PUBLIC"], None)
sys.exit(0)
