"""The rounds: load, faults, and the comparison of the ledger with what is there. `tests/ha/run` starts it."""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request

from cluster import Cluster
from load import Load, read_back
from processes import Process, end_all, folder, port, remove, signal_all, tree, wait_for


class Faults:
    """What happens to the leader, one method a kind. Each ends when the cluster is whole again."""

    def __init__(self, cluster, chance):
        self.cluster, self.chance = cluster, chance

    def kill(self, leader):
        """The leader's machine dies and comes back later."""
        leader.die()
        wait_for("another leader", lambda: self.cluster.leader() not in (None, leader), 90)
        time.sleep(self.chance.uniform(0, 5))
        leader.boot()

    def crash(self, leader):
        """PostgreSQL is killed, Patroni beside it lives."""
        signal_all(tree(leader.postmaster()), signal.SIGKILL)
        time.sleep(1)

    def freeze(self, leader):
        """The leader's machine stands still for longer than its lease, and wakes up as if nothing had happened."""
        leader.freeze()
        time.sleep(30 + self.chance.uniform(0, 5))
        leader.thaw()

    def cut(self, leader):
        """Nothing reaches the standbys any more, though clients still reach the leader; then its machine dies."""
        signal_all(leader.senders(), signal.SIGSTOP)
        time.sleep(self.chance.uniform(2, 4))
        self.kill(leader)

    def switchover(self, leader):
        """Leadership is handed over for maintenance."""
        self.cluster.switch(leader)
        wait_for("another leader", lambda: self.cluster.leader() not in (None, leader), 60)

    def standby(self, _leader):
        """The machine of the synchronous standby dies and comes back."""
        standby = wait_for("a synchronous standby", self.cluster.standby, 30)
        standby.die()
        time.sleep(self.chance.uniform(5, 10))
        standby.boot()


def plan(arguments, chance):
    if arguments.asynchronous:
        return ["cut"] * arguments.rounds
    kinds, order = ["kill", "switchover", "crash", "freeze", "cut", "standby"], []
    while len(order) < arguments.rounds:
        order += chance.sample(kinds, len(kinds))
    return order[:arguments.rounds]


class Enroll:
    """The binary on the cluster: two replicas, and commands."""

    def __init__(self, binary, home, url):
        self.binary, self.home = os.path.abspath(binary), home
        self.environment = {"ENROLL_DATABASE_URL": url, "ENROLL_RATE_LIMIT": "off", "ENROLL_LOG": "info",
                            "PATH": os.environ["PATH"]}
        self.ports = [port(), port()]
        self.replicas = [self.serve(number, listen) for number, listen in enumerate(self.ports)]

    def variables(self, number):
        data = os.path.join(self.home, f"replica-{number}")
        os.makedirs(data, exist_ok=True)
        return {**self.environment, "ENROLL_DATA_DIR": data, "ENROLL_LISTEN": f"127.0.0.1:{self.ports[number]}"}

    def serve(self, number, listen):
        log = os.path.join(self.home, f"replica-{number}.log")
        replica = Process(log, [self.binary, "serve"], env=self.variables(number))

        def ready():
            assert replica.lives(), f"enroll serve ended: see {log}"
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{listen}/readyz", timeout=5) as answer:
                    return answer.status == 200
            except OSError:
                return False
        wait_for("enroll serve is ready", ready, 60)
        return replica

    def run(self, *arguments):
        done = subprocess.run([self.binary, *arguments], env=self.variables(0), capture_output=True, text=True,
                              check=False)
        assert done.returncode == 0, f"enroll {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout.strip()


def compare(enroll, load, token):
    """Sentences about what was acknowledged and is not there, and about what is there and should not be."""
    ledger, lost, wrong = load.ledger, set(), list(load.ledger.wrong)
    for number, listen in enumerate(enroll.ports):
        users, twice, members = read_back(listen, token, load.group)
        where = f"at replica {number}"
        lost |= {f"user {name}" for name, key in ledger.users.items() if users.get(name) != key}
        lost |= {f"member {key}" for key in ledger.members if key not in members}
        wrong += [f"{name} is there twice {where}" for name in twice]
        known = ledger.users.keys() | ledger.unknown
        wrong += [f"{name} is there {where}, and nobody asked for it" for name in users if name not in known]
    enroll.run("verify")
    enroll.run("audit", "verify")
    told = {}
    for line in enroll.run("audit", "export").splitlines():
        entry = json.loads(line)
        if entry["action"] == "user.created":
            told[entry["subjectId"]] = told.get(entry["subjectId"], 0) + 1
    wrong += [f"{told.get(key, 0)} audit entries tell of {name}" for name, key in users.items() if told.get(key) != 1]
    return sorted(lost), wrong


def rounds(arguments, home, chance):
    cluster = Cluster(home, arguments.postgres, arguments)
    enroll = Enroll(arguments.enroll, home, cluster.url())
    token = enroll.run("token", "create", "--label", "load", "--print")
    enroll.run("org", "create", "acme")
    enroll.run("mapping", "add", "--group", "Everyone", "--org", "acme")
    load, faults = Load(enroll.ports, token, arguments.seed), Faults(cluster, chance)
    load.start()
    gaps = {}
    for kind in plan(arguments, chance):
        time.sleep(chance.uniform(1, 3))
        leader, begun = wait_for("a leader", cluster.leader, 30), time.monotonic()
        getattr(faults, kind)(leader)
        cluster.whole()
        seen = len(load.ledger.acknowledged)
        wait_for("an acknowledged write", lambda: len(load.ledger.acknowledged) > seen, 60)
        gap = load.ledger.gap(begun)
        gaps.setdefault(kind, []).append(gap)
        print(f"{kind} of {leader.name}, then {cluster.leader().name} led: "
              f"{gap:.1f} s without an acknowledged write, whole again after {time.monotonic() - begun:.0f} s")
    time.sleep(2)
    load.stop()
    assert all(replica.lives() for replica in enroll.replicas), "a replica has ended"
    lost, wrong = compare(enroll, load, token)
    codes = [replica.stop() for replica in enroll.replicas]
    assert codes == [0, 0], f"the replicas ended with {codes}"
    ledger = load.ledger
    print(f"{len(ledger.users)} users and {len(ledger.members)} members acknowledged, {ledger.refused} requests refused, "
          f"slowest answer {ledger.slowest:.1f} s")
    for kind, times in gaps.items():
        print(f"longest gap, {kind}: {max(times):.1f} s")
    return lost, wrong


def main():
    reading = argparse.ArgumentParser(prog="tests/ha/run", add_help=False)
    reading.add_argument("--postgres", required=True)
    reading.add_argument("--enroll", required=True)
    reading.add_argument("--rounds", type=int, default=0)
    reading.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    reading.add_argument("--pgbouncer", choices=["session", "transaction"])
    reading.add_argument("--asynchronous", action="store_true")
    reading.add_argument("--etcd3", action="store_true")
    reading.add_argument("--keep", action="store_true")
    arguments = reading.parse_args()
    arguments.rounds = arguments.rounds or (1 if arguments.asynchronous else 8)
    print(f"seed {arguments.seed} (--seed repeats its choices)")
    home, failed = folder(), True
    try:
        lost, wrong = rounds(arguments, home, random.Random(arguments.seed))
        for sentence in lost[:5] + wrong[:15]:
            print(f"  {sentence}")
        print(f"{len(lost)} acknowledged writes lost, {len(wrong)} other mistakes")
        # Where writes are lost, requests on what they wrote are answered with 404: those are mistakes, too.
        failed = not lost if arguments.asynchronous else bool(lost or wrong)
    except AssertionError as error:
        print(f"failed: {error}")
    finally:
        end_all()
        if arguments.keep or failed:
            print(f"the logs are in {home}")
        else:
            remove(home)
    if failed:
        sys.exit(f"high availability: FAILED, seed {arguments.seed}")
    print("the ledger sees what an asynchronous standby loses" if arguments.asynchronous else "high availability: passed")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main()
