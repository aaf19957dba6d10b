"""etcd, three nodes of Patroni with PostgreSQL, and a PgBouncer beside each if wanted."""

import json
import os
import secrets
import signal
import subprocess
import urllib.error
import urllib.request

from processes import USER, Process, at_end, port, signal_all, tree, wait_for

# Patroni's shortest lease of a leader, and its other times in proportion (loop_wait + 2 * retry_timeout <= ttl).
TTL = 20

PATRONI = """
scope: enroll
name: {name}
restapi: {{listen: "127.0.0.1:{rest}", connect_address: "127.0.0.1:{rest}"}}
{api}: {{host: "127.0.0.1:{etcd}"}}
bootstrap:
  dcs:
    ttl: {ttl}
    loop_wait: 5
    retry_timeout: 5
    maximum_lag_on_failover: 104857600
    synchronous_mode: {synchronous}
    synchronous_mode_strict: {synchronous}
    postgresql:
      use_pg_rewind: true
      parameters: {{max_connections: 100, shared_buffers: 32MB, wal_keep_size: 256MB}}
  initdb: [{{encoding: UTF8}}, {{locale: C.UTF-8}}, data-checksums]
  pg_hba:
    - host replication replicator 127.0.0.1/32 scram-sha-256
    - host all all 127.0.0.1/32 scram-sha-256
postgresql:
  listen: "127.0.0.1:{postgres}"
  connect_address: "127.0.0.1:{postgres}"
  data_dir: {home}/data
  bin_dir: {bin}
  pgpass: {home}/pgpass
  authentication:
    superuser: {{username: postgres, password: "{password}"}}
    replication: {{username: replicator, password: "{password}"}}
    rewind: {{username: rewinder, password: "{password}"}}
  parameters: {{unix_socket_directories: "", password_encryption: scram-sha-256}}
"""

PGBOUNCER = """
[databases]
enroll = host=127.0.0.1 port={postgres}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {home}/users
pool_mode = {mode}
default_pool_size = 40
server_login_retry = 1
"""


class Node:
    """One machine: Patroni, its PostgreSQL, and perhaps a PgBouncer."""

    def __init__(self, cluster, name):
        self.name, self.home = name, os.path.join(cluster.folder, name)
        self.rest, self.postgres, self.listen = port(), port(), port()
        os.mkdir(self.home, 0o700)
        own(self.home)
        config = PATRONI.format(
            name=name, rest=self.rest, api=cluster.api, etcd=cluster.etcd_port, ttl=TTL, home=self.home, bin=cluster.bin,
            postgres=self.postgres, password=cluster.password, synchronous=str(cluster.synchronous).lower())
        self.patroni = Process(
            os.path.join(self.home, "log"), ["patroni", write(self.home, "patroni.yml", config)],
            env={"PATH": os.environ["PATH"], "HOME": self.home, "LANG": "C.UTF-8"}, as_postgres=True)
        self.bouncer = None

    def add_bouncer(self, mode, password):
        write(self.home, "users", f'"enroll" "{password}"\n')
        config = PGBOUNCER.format(postgres=self.postgres, listen=self.listen, home=self.home, mode=mode)
        path = os.environ["PATH"] + ":/usr/sbin"
        self.bouncer = Process(
            os.path.join(self.home, "pgbouncer.log"), ["pgbouncer", write(self.home, "pgbouncer.ini", config)],
            env={"PATH": path}, as_postgres=True)

    def ask(self, path, body=None):
        """Patroni's answer to a request: status and JSON; nothing when it does not answer."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.rest}{path}", data, {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30 if data else 2) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return None, ""

    def postmaster(self):
        try:
            with open(os.path.join(self.home, "data", "postmaster.pid"), encoding="utf-8") as file:
                return int(file.readline())
        except (FileNotFoundError, ValueError):
            return None

    def everything(self):
        """All processes of the machine."""
        roots = [self.patroni.child.pid, self.postmaster()]
        if self.bouncer:
            roots.append(self.bouncer.child.pid)
        return [pid for root in roots if root for pid in tree(root)]

    def freeze(self):
        signal_all(self.everything(), signal.SIGSTOP)

    def thaw(self):
        signal_all(self.everything(), signal.SIGCONT)

    def die(self):
        """The power of the machine goes: all at once, nobody says goodbye."""
        everything = self.everything()
        signal_all(everything, signal.SIGSTOP)
        signal_all(everything, signal.SIGKILL)
        self.patroni.child.wait()
        if self.bouncer:
            self.bouncer.child.wait()

    def boot(self):
        self.patroni.start()
        if self.bouncer:
            self.bouncer.start()

    def senders(self):
        """The processes that send the log to the standbys."""
        found = []
        for pid in tree(self.postmaster()):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    if b"walsender" in file.read():
                        found.append(pid)
            except (FileNotFoundError, ProcessLookupError):
                pass
        return found


class Cluster:
    """All of it. `urls()` is what Enroll is given."""

    def __init__(self, folder, postgres, options):
        self.folder, self.bin, self.bouncer = folder, postgres, options.pgbouncer
        self.synchronous = not options.asynchronous
        # Patroni 3.0 writes the key of the leader through API 3 without looking whether another one leads by now.
        self.api = "etcd3" if options.etcd3 else "etcd"
        self.password = secrets.token_hex(16)
        self.etcd_port = port()
        client, peer = f"http://127.0.0.1:{self.etcd_port}", f"http://127.0.0.1:{port()}"
        Process(os.path.join(folder, "etcd.log"), [
            "etcd", "--name", "one", "--data-dir", os.path.join(folder, "etcd"), "--log-level", "warn", "--enable-v2",
            "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer,
            "--initial-advertise-peer-urls", peer, "--initial-cluster", f"one={peer}"], as_postgres=True)
        self.nodes = [Node(self, name) for name in ("one", "two", "three")]
        # PostgreSQL is in no process group of ours.
        at_end.append(lambda: [signal_all(node.everything(), signal.SIGKILL) for node in self.nodes])
        self.whole(patience=120)
        leader = self.leader()
        self.sql(leader, f"CREATE ROLE enroll LOGIN PASSWORD '{self.password}'", "postgres")
        self.sql(leader, "CREATE DATABASE enroll OWNER enroll ENCODING 'UTF8' TEMPLATE template0", "postgres")
        if self.bouncer:
            for node in self.nodes:
                node.add_bouncer(self.bouncer, self.password)

    def url(self):
        ports = [node.listen if self.bouncer else node.postgres for node in self.nodes]
        hosts = ",".join(f"127.0.0.1:{number}" for number in ports)
        return f"postgres://enroll:{self.password}@{hosts}/enroll?target_session_attrs=read-write"

    def leader(self):
        return next((node for node in self.nodes if node.ask("/leader")[0] == 200), None)

    def standby(self):
        """The synchronous standby, or any if none is to be."""
        wanted = "sync_standby" if self.synchronous else "replica"
        names = [member["name"] for member in self.members() if member["role"] == wanted]
        return next((node for node in self.nodes if node.name in names), None)

    def members(self):
        for node in self.nodes:
            status, text = node.ask("/cluster")
            if status == 200:
                return json.loads(text)["members"]
        return []

    def whole(self, patience=90):
        """Waits for one leader and two standbys that follow it; if wanted, one of them synchronous and the leader held to it."""
        def is_whole():
            members, leader = self.members(), self.leader()
            roles = sorted(member["role"] for member in members)
            running = all(member["state"] in ("running", "streaming") for member in members)
            timelines = {member.get("timeline") for member in members}
            wanted = ["leader", "replica", "sync_standby"] if self.synchronous else ["leader", "replica", "replica"]
            if roles != wanted or not running or len(timelines) != 1 or not leader:
                return None
            # What is told may be a round of Patroni old. A leader that has just come back takes any standby (`*`), and none of them may
            # follow it until one is chosen.
            try:
                chosen = self.sql(leader, "SHOW synchronous_standby_names", "postgres")
            except AssertionError:
                return None
            return leader if not self.synchronous or chosen == getattr(self.standby(), "name", None) else None
        return wait_for("a leader and two standbys", is_whole, patience)

    def sql(self, node, statement, database="enroll"):
        done = subprocess.run(
            [os.path.join(self.bin, "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statement,
             f"host=127.0.0.1 port={node.postgres} user=postgres dbname={database} connect_timeout=5"],
            env={"PGPASSWORD": self.password, "PATH": os.environ["PATH"]}, capture_output=True, text=True,
            check=False, timeout=60)
        assert done.returncode == 0, f"{statement}: {done.stderr}"
        return done.stdout.strip()

    def switch(self, leader):
        """Hands leadership over, as for maintenance. The synchronous standby takes it."""
        standby = wait_for("a standby", self.standby, 30)
        status, text = leader.ask("/switchover", {"leader": leader.name, "candidate": standby.name})
        assert status == 200, f"switchover: {status} {text}"


def own(path):
    if USER:
        os.chown(path, USER.pw_uid, USER.pw_gid)


def write(home, name, text):
    """A file that PostgreSQL's user alone may read."""
    path = os.path.join(home, name)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    own(path)
    return path
