"""Processes of the test: started in a group of their own, frozen, killed, and all ended with it."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

# PostgreSQL refuses to run as root.
USER = pwd.getpwnam("postgres") if os.getuid() == 0 else None

_started = []

# What else has to be ended: functions.
at_end = []


def folder():
    """A new folder that PostgreSQL's user may write to."""
    made = tempfile.mkdtemp(prefix="enroll-ha.", dir="/tmp")
    os.chmod(made, 0o755)
    if USER:
        os.chown(made, USER.pw_uid, USER.pw_gid)
    return made


_given = set()


def port():
    """A port that nobody has, and that is not given twice."""
    while True:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            number = listener.getsockname()[1]
        if number not in _given:
            _given.add(number)
            return number


def user_options():
    """What `subprocess` needs to start something as PostgreSQL's user."""
    return {"user": USER.pw_uid, "group": USER.pw_gid, "extra_groups": []} if USER else {}


class Process:
    """A process and its group, with its log."""

    def __init__(self, log, command, env=None, as_postgres=False):
        self.log, self.command, self.env, self.as_postgres = log, command, env, as_postgres
        self.child = None
        _started.append(self)
        self.start()

    def start(self):
        options = user_options() if self.as_postgres else {}
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(
                self.command, env=self.env, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True, cwd=os.path.dirname(self.log), **options)

    def lives(self):
        return self.child.poll() is None

    def signal(self, number):
        try:
            os.killpg(self.child.pid, number)
        except ProcessLookupError:
            pass

    def kill(self):
        self.signal(signal.SIGKILL)
        self.child.wait()

    def stop(self, patience=15):
        """Asks it to end and gives its exit code; -9 if it had to be killed."""
        if self.lives():
            os.kill(self.child.pid, signal.SIGTERM)
        try:
            return self.child.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            return -9


def tree(root):
    """A process and all below it."""
    below = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as stat:
                    parent = int(stat.read().rsplit(")", 1)[1].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            below.setdefault(parent, []).append(int(name))
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo.extend(below.get(pid, []))
    return found


def signal_all(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def wait_for(what, condition, patience):
    """Waits until `condition` gives something true, and gives it."""
    begun = time.monotonic()
    while time.monotonic() - begun < patience:
        got = condition()
        if got:
            return got
        time.sleep(0.1)
    raise AssertionError(f"not within {patience} s: {what}")


def end_all():
    for end in at_end:
        end()
    for process in reversed(_started):
        if process.lives():
            process.kill()


def remove(path):
    shutil.rmtree(path, ignore_errors=True)
