"""Sign-in with an identity provider that others have written: pysaml2 and xmlsec1 (scripts/idp). sign_in.py ENROLL

Each sign-in goes the way of a browser: Enroll, the page of the identity provider, the form that it gives, and Enroll again.
"""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import requests

sys.path.insert(0, str(Path(__file__).parents[1] / "idp"))
from world import World, log_path  # noqa: E402


class Form(HTMLParser):
    """The one form of a page, with its hidden fields."""

    def __init__(self, page: requests.Response):
        super().__init__()
        self.action, self.fields = None, {}
        self.feed(page.text)
        assert self.action, page.text
        self.action = urljoin(page.url, self.action)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            self.action = attributes["action"]
        elif tag == "input" and attributes.get("type") == "hidden":
            self.fields[attributes["name"]] = attributes["value"]


class Browser:
    """Somebody's browser, with its cookies."""

    def __init__(self, world: World):
        self.world = world
        self.session = requests.Session()

    def get(self, url: str) -> requests.Response:
        return self.session.get(url, timeout=20)

    def send(self, form: Form, **fields: str) -> requests.Response:
        return self.session.post(form.action, data=form.fields | fields, timeout=20)

    def response(self, start: str, user: str, fault: str = "") -> Form:
        """From a page to the form with the response of the identity provider."""
        asked = self.get(start)
        assert asked.status_code == 200 and asked.url.startswith(self.world.idp), (asked.url, asked.text)
        form = Form(self.send(Form(asked), user=user, fault=fault))
        assert "SAMLResponse" in form.fields and form.action.startswith(f"{self.world.url}/saml"), form.action
        return form

    def sign_in(self, path: str, user: str, fault: str = "") -> requests.Response:
        return self.send(self.response(f"{self.world.url}{path}/login", user, fault))

    def tile(self, style: str, user: str) -> requests.Response:
        return self.send(self.response(f"{self.world.idp}/{style}/", user))

    def me(self) -> requests.Response:
        return self.get(f"{self.world.url}/api/v1/me")


def in_organizations(browser: Browser) -> dict[str, str]:
    me = browser.me()
    assert me.status_code == 200, me.text
    return {organization["name"]: organization["role"] for organization in me.json()["organizations"]}


def signed_in(page: requests.Response) -> None:
    assert page.status_code == 200 and "You are signed in as" in page.text, (page.status_code, page.text)


def refused(browser: Browser, page: requests.Response, directory: str, code: str) -> None:
    """A page with the code, a sentence for the administrator and the id of the request; and nobody is signed in."""
    assert page.status_code == 403, (code, page.status_code, page.text)
    assert f"<code>{code}</code>" in page.text, (code, page.text)
    assert re.search(r"For administrators: \S", page.text), page.text
    assert page.headers["X-Request-Id"] in page.text, page.text
    assert browser.me().status_code == 401
    assert not [cookie.name for cookie in browser.session.cookies if "session" in cookie.name]
    assert world.last_sign_in(directory)["code"] == code


def style(path: str, style: str, directory: str, organization: str) -> None:
    """What holds for either style of response."""
    ada = Browser(world)
    signed_in(ada.sign_in(path, "ada"))
    assert in_organizations(ada) == {organization: "writer"}, in_organizations(ada)
    assert world.last_sign_in(directory)["code"] == "accepted"

    grace = Browser(world)
    signed_in(grace.sign_in(path, "grace"))
    assert in_organizations(grace) == {}, "Grace is not in Engineering"
    print(f"{style}: signed in, with the organizations of the groups")

    wrong = {
        "audience": "audience",
        "expired": "expired",
        "unsigned": "unsigned",
        "key": "signature_invalid",
        "sha1": "signature_method",
        "altered": "digest_mismatch",
        "recipient": "destination",
        "issuer": "issuer",
    }
    for fault, code in wrong.items():
        browser = Browser(world)
        refused(browser, browser.sign_in(path, "ada", fault), directory, code)
    print(f"{style}: refused are {', '.join(wrong)}")

    # The same form again, and in the browser of somebody else.
    browser, other = Browser(world), Browser(world)
    form = browser.response(f"{world.url}{path}/login", "ada")
    refused(other, other.send(form), directory, "in_response_to")
    signed_in(browser.send(form))
    again = Browser(world)
    again_page = again.send(form)
    assert again_page.status_code == 403 and again.me().status_code == 401, again_page.text

    # A tile at the identity provider.
    browser = Browser(world)
    refused(browser, browser.tile(style, "ada"), directory, "idp_initiated")
    world.sso(directory, "set", "--allow-idp-initiated", "on")
    signed_in(browser.tile(style, "ada"))
    form = Browser(world).response(f"{world.idp}/{style}/", "ada")
    signed_in(Browser(world).send(form))
    replayed = Browser(world)
    refused(replayed, replayed.send(form), directory, "replayed")
    world.sso(directory, "set", "--allow-idp-initiated", "off")
    browser = Browser(world)
    refused(browser, browser.tile(style, "ada"), directory, "idp_initiated")
    print(f"{style}: a response is used once, and a tile is a switch")


def provisioning() -> None:
    """Who may come, and what the attributes do."""
    browser = Browser(world)
    refused(browser, browser.sign_in("/saml", "mallory"), "default", "unknown_user")
    signed_in(browser.sign_in("/saml/entra", "mallory"))
    me = browser.me().json()
    assert (me["userName"], me["displayName"]) == ("mallory@acme.example", "Mallory Malone"), me
    assert in_organizations(browser) == {"globex": "writer"}

    ada = Browser(world)
    signed_in(ada.sign_in("/saml", "ada"))
    world.set_active("ada", False)
    assert ada.me().status_code == 401, "a session ends with its user"
    again = Browser(world)
    refused(again, again.sign_in("/saml", "ada"), "default", "deactivated")
    world.set_active("ada", True)
    signed_in(again.sign_in("/saml", "ada"))
    print("users come by SCIM or by the sign-in, and go by SCIM")


with World(sys.argv[1], log_path("sign_in.log")) as world:
    style("/saml", "okta", "default", "acme")
    style("/saml/entra", "entra", "entra", "globex")
    provisioning()
