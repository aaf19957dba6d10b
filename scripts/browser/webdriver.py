"""A browser, by the WebDriver protocol (https://www.w3.org/TR/webdriver2/) and nothing but the standard library."""

import base64
import json
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--window-size=1280,800",
]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
PATIENCE = 20


class Failed(Exception):
    """The browser did not do what it was told."""


class Browser:
    """Headless Chromium with a profile of its own. Use it with `with`."""

    def __init__(self, chromium: str, chromedriver: str, port: int, log: Path):
        self.log = open(log, "w")
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.driver = subprocess.Popen([chromedriver, f"--port={port}"], stdout=self.log, stderr=self.log)
        self.base = f"http://127.0.0.1:{port}"
        self.chromium = chromium
        self.session = ""

    def __enter__(self) -> "Browser":
        try:
            self.until(lambda: self.command("GET", "/status")["ready"], "chromedriver is ready")
            options = {"binary": self.chromium, "args": [*FLAGS, f"--user-data-dir={self.profile.name}"]}
            wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
            made = self.command("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
            self.session = f"/session/{made['sessionId']}"
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.session:
            try:
                self.command("DELETE", self.session)
            except (Failed, OSError):
                pass
        self.driver.terminate()
        self.driver.wait()
        self.log.close()
        self.profile.cleanup()

    def command(self, method: str, path: str, body: dict | None = None):
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = Request(self.base + path, data=data, method=method, headers={"Content-Type": "application/json"})
        try:
            with urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except HTTPError as error:
            raise Failed(f"{method} {path}: {error.read().decode()[:500]}") from error

    def do(self, method: str, path: str, body: dict | None = None):
        return self.command(method, self.session + path, body)

    def until(self, holds, what: str):
        """Waits until something holds; gives what it is."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                found = holds()
            except (Failed, OSError):
                found = None
            if found:
                return found
            if time.monotonic() > until:
                where = f" at {self.url()}:\n{self.text()[:1000]}" if self.session else ""
                raise Failed(f"waited in vain: {what}{where}")
            time.sleep(0.05)

    def open(self, url: str) -> None:
        self.do("POST", "/url", {"url": url})

    def back(self) -> None:
        self.do("POST", "/back")

    def url(self) -> str:
        return self.do("GET", "/url")

    def script(self, text: str):
        return self.do("POST", "/execute/sync", {"script": text, "args": []})

    def text(self) -> str:
        """What a person reads on the page."""
        return self.script("return document.body ? document.body.innerText : ''")

    def one(self, selector: str) -> str:
        """The one element, as the driver names it."""
        using = {"using": "css selector", "value": selector}
        found = self.until(lambda: self.do("POST", "/elements", using), selector)
        if len(found) != 1:
            raise Failed(f"{len(found)} elements are {selector}")
        return f"/element/{found[0][ELEMENT]}"

    def click(self, selector: str) -> None:
        """Clicks on the one element."""
        self.do("POST", f"{self.one(selector)}/click")

    def fill(self, selector: str, text: str) -> None:
        """Writes a text into the one field, in place of what is there."""
        field = self.one(selector)
        self.do("POST", f"{field}/clear")
        self.do("POST", f"{field}/value", {"text": text})

    def sees(self, text: str) -> str:
        """Waits until the page has the text; gives all of it."""
        return self.until(lambda: text in self.text() and self.text(), f"the text {text!r}")

    def cookies(self) -> dict[str, dict]:
        """The cookies of the page, with their attributes, those that scripts cannot see among them."""
        return {cookie["name"]: cookie for cookie in self.do("GET", "/cookie")}

    def complaints(self) -> list[str]:
        """What the browser has said in its console since the last time: refused resources and the like."""
        entries = self.do("POST", "/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries]

    def resize(self, width: int, height: int) -> None:
        parameters = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        command = {"cmd": "Emulation.setDeviceMetricsOverride", "params": parameters}
        self.do("POST", "/goog/cdp/execute", command)

    def shoot(self, path: Path) -> None:
        """The page as a picture."""
        path.write_bytes(base64.b64decode(self.do("GET", "/screenshot")))
