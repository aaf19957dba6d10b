"""Sign-in as somebody sees it who sits before a browser: an application, Enroll, an identity provider. flow.py ENROLL

The application is shop.py, the identity provider pysaml2's (scripts/idp), the browser headless Chromium. Of every page of Enroll
there are pictures at the end, at 1280 and at 360 pixels, in the folder WORK/screens.
"""

import re
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "idp"))
from webdriver import Browser  # noqa: E402
from world import World, free_port, log_path  # noqa: E402

SESSION = "enroll_session"
SCREENS = log_path("screens")


def page_of_enroll(name: str) -> None:
    """A page that Enroll has made: the browser has nothing to complain of, it fits on a telephone, and a picture is kept."""
    assert browser.url().startswith(world.url), browser.url()
    # That the page itself is an error is no complaint; that something on it is missing is one.
    own = f"{browser.url()} - Failed to load resource: the server responded with a status of 4"
    # No page has an icon; the browser asks for one by itself, everywhere.
    complaints = [one for one in browser.complaints() if not one.startswith(own) and "/favicon.ico - " not in one]
    assert not complaints, complaints
    assert browser.script("return document.scripts.length") == 0
    assert browser.script("return document.documentElement.lang") == "en"
    assert browser.script("return document.querySelectorAll('h1').length") == 1
    for width in (1280, 360):
        browser.resize(width, 720)
        wide = browser.script("return document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} pixels wide on a screen of {width}"
        browser.shoot(SCREENS / f"{name}-{width}.png")
    browser.resize(1280, 800)


def identify(user: str, fault: str = "") -> None:
    """Fills in the page of the identity provider."""
    browser.until(lambda: browser.url().startswith(world.idp), "the page of the identity provider")
    browser.click(f"select[name=user] option[value={user}]")
    browser.click(f"select[name=fault] option[value='{fault}']")
    browser.click("button")


def from_shop(user: str) -> None:
    """Two directories have a connection: the domain of the address that she gives says which."""
    browser.open(shop)
    browser.click("#sign-in")
    browser.sees("Your e-mail address at work")
    browser.fill("#email", f"{user}@nowhere.example")
    browser.click("button")
    browser.sees("Nobody signs in here with an address of this kind")
    page_of_enroll("login-unknown-domain")
    browser.fill("#email", f"{user}@OKTA.example")
    browser.click("button")
    identify(user)


def from_tile(user: str) -> None:
    browser.open(f"{world.idp}/okta/")
    identify(user)


def is_refused(code: str, name: str) -> None:
    """A page that says so, with a sentence for the administrator and an id that the administrator finds again."""
    text = browser.sees("You are not signed in")
    assert code in text, text
    assert re.search(r"administrators?\b", text), text
    kept = world.last_sign_in("default")
    assert (kept["code"], kept["requestId"] in text) == (code, True), (kept, text)
    assert SESSION not in browser.cookies()
    page_of_enroll(name)


def me() -> int:
    """What the browser is answered that asks who it is."""
    return browser.script(
        f"const x = new XMLHttpRequest(); x.open('GET', '{world.url}/api/v1/me', false); x.send(); return x.status"
    )


def signs_in() -> None:
    browser.open(f"{world.url}/")
    browser.sees("Sign in")
    page_of_enroll("home-nobody")

    browser.open(shop)
    assert "stranger" in browser.text()
    from_shop("ada")
    text = browser.sees("Hello Ada")
    assert browser.url() == shop and "acme: writer" in text, text
    print("from the application to the identity provider and back, with the organizations")

    browser.open(f"{world.url}/")
    text = browser.sees("signed in as Ada")
    assert "acme" in text and "writer" in text, text
    page_of_enroll("home-ada")
    cookie = browser.cookies()[SESSION]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/"), cookie
    assert browser.script("return document.cookie") == ""


def is_deactivated() -> None:
    world.set_active("ada", False)
    browser.open(shop)
    browser.sees("You have been signed out")
    browser.open(f"{world.url}/")
    browser.sees("Sign in")
    assert "Ada" not in browser.text()
    # Her cookie opens nothing any more; without it the next pages are those of a browser that was never here.
    browser.do("DELETE", "/cookie")
    browser.open(f"{world.url}/saml/login")
    identify("ada")
    is_refused("deactivated", "refused-deactivated")
    world.set_active("ada", True)
    print("who is deactivated is out at the next click, and does not come in")


def tiles() -> None:
    from_tile("ada")
    is_refused("idp_initiated", "refused-tile")
    world.sso("default", "set", "--allow-idp-initiated", "on")
    from_tile("ada")
    browser.sees("signed in as Ada")
    assert browser.url() == f"{world.url}/", browser.url()
    world.sso("default", "set", "--allow-idp-initiated", "off")
    print("a tile is a switch")


def signs_out() -> None:
    # Here: the session ends, also in the application, and the page does not come back.
    from_shop_again()
    browser.open(f"{world.url}/")
    browser.sees("signed in as Ada")
    browser.click("button")
    browser.sees("Sign in")
    assert browser.url() == f"{world.url}/" and SESSION not in browser.cookies()
    browser.back()
    browser.sees("Sign in")
    assert "Ada" not in browser.text()
    browser.open(shop)
    browser.sees("You have been signed out")

    # By the application: it sends the ID token along, so nothing is asked.
    from_shop("ada")
    browser.sees("Hello Ada")
    browser.click("#sign-out")
    browser.sees("stranger")
    assert browser.url() == shop
    browser.open(f"{world.url}/")
    browser.sees("Sign in")

    # Pages that ask first.
    from_shop("grace")
    browser.sees("Hello Grace")
    browser.open(f"{world.url}/")
    browser.sees("no organization")
    page_of_enroll("home-grace")
    browser.open(f"{world.url}/saml/logout")
    browser.sees("Sign out?")
    page_of_enroll("sign-out-here")
    browser.open(f"{world.url}/oidc/logout?client_id={client_id}&post_logout_redirect_uri={shop}")
    browser.sees("shop asks")
    page_of_enroll("sign-out-for-shop")
    browser.click("button")
    browser.sees("You have been signed out")
    assert browser.url() == shop
    browser.open(f"{world.url}/oidc/logout")
    browser.sees("You are signed out")
    page_of_enroll("signed-out")
    print("signing out, here and by the application")


def from_shop_again() -> None:
    """She is signed in here already: the identity provider is not asked."""
    browser.open(shop)
    browser.click("#sign-in")
    browser.sees("Hello Ada")


def what_goes_wrong() -> None:
    for user, fault, code in [
        ("ada", "expired", "expired"),
        ("ada", "key", "signature_invalid"),
        ("ada", "audience", "audience"),
        ("mallory", "", "unknown_user"),
    ]:
        browser.open(f"{world.url}/saml/login")
        identify(user, fault)
        is_refused(code, f"refused-{code}")
    # A client that is not known: nobody is sent anywhere.
    browser.open(f"{world.url}/oidc/authorize?client_id=nobody&redirect_uri=https://example.com/&response_type=code")
    browser.until(lambda: browser.text(), "a page")
    page_of_enroll("unknown-client")
    browser.open(f"{world.url}/saml/nobody/login")
    browser.sees("This did not work")
    page_of_enroll("unknown-directory")
    browser.open(f"{world.url}/saml/login?return_to=//elsewhere.example")
    browser.sees("This did not work")
    page_of_enroll("bad-return")
    print("every refusal has a page that says what to do")


SCREENS.mkdir(parents=True, exist_ok=True)
world = World(sys.argv[1], log_path("server.log"))
browser = Browser(shutil.which("chromium"), shutil.which("chromedriver"), free_port(), log_path("chromedriver.log"))
with world:
    port = free_port()
    shop = f"http://127.0.0.1:{port}/"
    uris = ("--redirect-uri", f"{shop}callback", "--post-logout-uri", shop)
    client_id, secret = world.enroll("client", "create", "shop", *uris, "--print").split()
    client = {"ISSUER": world.url, "CLIENT_ID": client_id, "CLIENT_SECRET": secret, "PORT": str(port)}
    world.start([sys.executable, str(HERE / "shop.py")], shop, **client)
    with browser:
        signs_in()
        is_deactivated()
        tiles()
        signs_out()
        what_goes_wrong()
print(f"pictures: {SCREENS}")
