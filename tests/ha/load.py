"""Clients that write through both replicas in turn, and the ledger of what they were answered."""

import http.client
import json
import random
import select
import threading
import time

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"

CLIENTS = 8

# Between two turns of a client: the load is to be steady, not to fill the machine.
REST = 0.05

# Every request is answered by then, whatever the database does.
PATIENCE = 40


class Ledger:
    """What was acknowledged, what is not known, and what should never have been answered."""

    def __init__(self):
        self.lock = threading.Lock()
        self.users, self.members, self.unknown = {}, set(), set()
        self.wrong, self.acknowledged, self.refused = [], [], 0
        self.slowest = 0.0

    def done(self, kind, key, value=None):
        with self.lock:
            self.acknowledged.append(time.monotonic())
            if kind == "user":
                self.users[key] = value
            else:
                self.members.add(key)

    def fault(self, sentence):
        with self.lock:
            self.wrong.append(sentence)

    def gap(self, since):
        """The longest time without an acknowledged write since then."""
        with self.lock:
            times = [since] + sorted(when for when in self.acknowledged if when > since)
        return max((later - earlier for earlier, later in zip(times, times[1:])), default=0.0)


class Replica:
    """A connection of one client to one replica."""

    def __init__(self, port, token):
        self.port, self.token, self.connection = port, token, None

    def send(self, method, path, body=None):
        """Status, headers and JSON; no status, and why, when there was no answer."""
        # A server may close a connection after any answer; here after a refusal that came before the body. Clients look first.
        if self.connection and select.select([self.connection.sock], [], [], 0)[0]:
            self.connection.close()
            self.connection = None
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"authorization": f"Bearer {self.token}"}
        if body is not None:
            headers["content-type"] = "application/scim+json"
        try:
            self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = self.connection.getresponse()
            text = answer.read()
            return answer.status, answer.headers, json.loads(text) if text else None
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            self.connection = None
            return None, {}, f"no answer: {error!r}"


class Load:
    """The clients. `start`, and `stop` before anything is compared."""

    def __init__(self, ports, token, seed):
        self.ports, self.token, self.seed = ports, token, seed
        self.ledger, self.stopping, self.clients = Ledger(), threading.Event(), []
        status, _, group = Replica(ports[0], token).send(
            "POST", "/scim/v2/Groups", {"schemas": [GROUP], "displayName": "Everyone"})
        assert status == 201, f"the group: {status} {group}"
        self.group = group["id"]

    def start(self):
        for number in range(CLIENTS):
            client = threading.Thread(target=self.client, args=(number,), daemon=True)
            self.clients.append(client)
            client.start()

    def stop(self):
        self.stopping.set()
        for client in self.clients:
            client.join(2 * PATIENCE)
            assert not client.is_alive(), "a client has no answer"

    def client(self, number):
        chance = random.Random(f"{self.seed}/{number}")
        replicas = [Replica(port, self.token) for port in self.ports]
        turn = number
        while not self.stopping.is_set():
            turn += 1
            name = f"user-{number}-{turn}@example.com"
            first, second = replicas[turn % 2], replicas[(turn + 1) % 2]
            user = self.write(first, "POST", "/scim/v2/Users", {"schemas": [USER], "userName": name}, 201)
            if user is None:
                with self.ledger.lock:
                    self.ledger.unknown.add(name)
                time.sleep(chance.uniform(0.1, 0.4))
                continue
            self.ledger.done("user", name, user["id"])
            # The next request sees it, whichever replica it goes to.
            status, headers, read = second.send("GET", f"/scim/v2/Users/{user['id']}")
            if status != 200:
                self.refusal(status, headers, read, f"GET of the new {name}")
            add = {"schemas": [PATCH], "Operations": [
                {"op": "add", "path": "members", "value": [{"value": user["id"]}]}]}
            if self.write(second, "PATCH", f"/scim/v2/Groups/{self.group}", add, 204) is not None:
                self.ledger.done("member", user["id"])
            time.sleep(chance.uniform(0, 2 * REST))

    def write(self, replica, method, path, body, wanted):
        """The answer's body when it was acknowledged."""
        begun = time.monotonic()
        status, headers, answer = replica.send(method, path, body)
        with self.ledger.lock:
            self.ledger.slowest = max(self.ledger.slowest, time.monotonic() - begun)
        if status == wanted:
            return answer or {}
        self.refusal(status, headers, answer, f"{method} {path}")
        return None

    def refusal(self, status, headers, body, what):
        """A refusal is 503, says when to try again, and is SCIM."""
        with self.ledger.lock:
            self.ledger.refused += 1
        wait = headers.get("retry-after") or ""
        is_scim = isinstance(body, dict) and body.get("schemas") == [ERROR] and body.get("status") == "503"
        if status != 503 or not wait.isdigit() or not is_scim:
            self.ledger.fault(f"{what}: {status}, retry-after {wait!r}, {body}")


def read_back(port, token, group):
    """All users and the members of the group, as a replica tells them: ids by name, names that are there twice, ids of members."""
    replica, users, twice, start = Replica(port, token), {}, [], 1
    while True:
        status, _, page = replica.send("GET", f"/scim/v2/Users?startIndex={start}&count=1000&attributes=userName")
        assert status == 200, f"the list of users: {status} {page}"
        found = page.get("Resources", [])
        for user in found:
            if user["userName"] in users:
                twice.append(user["userName"])
            users[user["userName"]] = user["id"]
        start += len(found)
        if not found or start > page["totalResults"]:
            break
    status, _, answer = replica.send("GET", f"/scim/v2/Groups/{group}")
    assert status == 200, f"the group: {status} {answer}"
    return users, twice, {member["value"] for member in answer.get("members", [])}
