"""What the tests of sign-in stand on: a server of its own, with two directories and an identity provider for each.

`default` signs in as with Okta: Ada and Grace came over SCIM, and who comes otherwise is refused. `entra` signs in as with Entra ID:
users are made when they come, and the groups of the assertion are the whole truth. In both the group Engineering gives writer in
an organization.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

HERE = Path(__file__).parent
SCIM = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(url: str, process: subprocess.Popen) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if process.poll() is not None:
            sys.exit(f"{process.args[0]} has ended before it answered")
        try:
            urlopen(url, timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"{url} does not answer")


class World:
    """Use it with `with`: at the end all of it is gone."""

    def __init__(self, binary: str, log: Path):
        self.binary = binary
        self.folder = tempfile.TemporaryDirectory()
        self.log = open(log, "w")
        self.processes: list[subprocess.Popen] = []
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.idp = f"http://127.0.0.1:{free_port()}"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("ENROLL_")} | {
            "ENROLL_DATA_DIR": f"{self.folder.name}/data",
            "ENROLL_LISTEN": f"127.0.0.1:{port}",
            "ENROLL_PUBLIC_URL": self.url,
        }

    def __enter__(self) -> "World":
        try:
            self.build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            process.wait()
        self.log.close()
        self.folder.cleanup()

    def build(self) -> None:
        self.start([self.binary, "serve"], f"{self.url}/readyz")
        self.enroll("directory", "create", "entra")
        folder = Path(self.folder.name)
        for style, path in (("okta", "saml"), ("entra", "saml/entra")):
            # The metadata of Enroll, as pysaml2 has to read it.
            (folder / f"{style}-application.xml").write_text(self.get(f"/{path}/metadata"))
        arguments = [f"{style}={folder / f'{style}-application.xml'}" for style in ("okta", "entra")]
        port = self.idp.rpartition(":")[2]
        command = [sys.executable, "-W", "ignore", str(HERE / "serve.py"), port, str(folder), *arguments]
        self.start(command, f"{self.idp}/okta/metadata")

        self.sso("default", "set", "--metadata", str(folder / "okta.xml"), "--preset", "okta", "--groups", "merge",
                 "--domain", "okta.example")
        self.sso(
            *("entra", "set", "--metadata", str(folder / "entra.xml"), "--preset", "entra"),
            *("--jit", "on", "--groups", "replace", "--domain", "entra.example"),
        )
        for directory, organization in (("default", "acme"), ("entra", "globex")):
            self.enroll("org", "create", organization)
            mapping = ("--group", "Engineering", "--org", organization, "--role", "writer", "--directory", directory)
            self.enroll("mapping", "add", *mapping)
        self.scim_token = self.enroll("token", "create", "--directory", "default", "--label", "test", "--print").strip()
        self.users = {name: self.scim("POST", "/Users", self.user(name))["id"] for name in ("ada", "grace")}

    def start(self, command: list[str], url: str, **environment: str) -> None:
        """Starts a program and waits until it answers."""
        environment = self.environment | environment
        process = subprocess.Popen(command, env=environment, stdout=self.log, stderr=self.log)
        self.processes.append(process)
        wait_for(url, process)

    def enroll(self, *arguments: str) -> str:
        """Runs a command of Enroll; gives what it printed."""
        command = [self.binary, *arguments]
        return subprocess.run(command, env=self.environment, check=True, stdout=subprocess.PIPE, text=True).stdout

    def sso(self, directory: str, command: str, *arguments: str) -> str:
        return self.enroll("directory", "sso", command, "--directory", directory, *arguments)

    def last_sign_in(self, directory: str) -> dict:
        """The last sign-in as administrators see it."""
        return json.loads(self.enroll("directory", "sso", "log", "--directory", directory, "--json"))[0]

    def get(self, path: str) -> str:
        with urlopen(f"{self.url}{path}", timeout=10) as answer:
            return answer.read().decode()

    def user(self, name: str) -> dict:
        return {"schemas": [SCIM], "userName": f"{name}@acme.example", "displayName": name.title()}

    def scim(self, method: str, path: str, body: dict | None = None) -> dict:
        """A request of the identity provider's provisioning."""
        headers = {"Authorization": f"Bearer {self.scim_token}", "Content-Type": "application/scim+json"}
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}/scim/v2{path}", data=data, headers=headers, method=method)
        try:
            with urlopen(request, timeout=10) as answer:
                return json.loads(answer.read() or "{}")
        except HTTPError as error:
            sys.exit(f"{method} {path}: {error.status} {error.read().decode()}")

    def set_active(self, name: str, active: bool) -> None:
        """Deactivates or activates somebody over SCIM, as Okta does."""
        operation = {"op": "replace", "value": {"active": active}}
        self.scim("PATCH", f"/Users/{self.users[name]}", {"schemas": [PATCH], "Operations": [operation]})


def log_path(name: str) -> Path:
    """Where the output of what is started goes: WORK is the folder of the script."""
    return Path(os.environ.get("WORK", ".")) / name
