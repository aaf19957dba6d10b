"""Every check of scim2-tester. What differs on purpose is named here; anything else, and a name without a difference, fails."""

import sys
from collections import Counter

from scim2_tester import Status, check_server
from server import client

GOOD = {Status.SUCCESS, Status.COMPLIANT, Status.ACCEPTABLE}

COMPUTED = (
    "members.display is readOnly and computed from the member (RFC 7643 erratum 6011); "
    "the check compares whole elements, with the parts that only the server writes"
)
DIFFERENT = {
    ("User", "check_remove_attribute", "active"): (
        "active always has a value: taking it away must not bring a deactivated user back"
    ),
    ("Group", "check_add_attribute", "members"): COMPUTED,
    ("Group", "check_replace_attribute", "members"): COMPUTED,
}


def key(result):
    data = result.data if isinstance(result.data, dict) else {}
    return (result.resource_type, result.title, data.get("urn"))


results = check_server(client())
failed = [result for result in results if result.status not in GOOD]
unexpected = [result for result in failed if key(result) not in DIFFERENT]
gone = set(DIFFERENT) - {key(result) for result in failed}

for result in failed:
    if reason := DIFFERENT.get(key(result)):
        print("different on purpose:", *key(result), f"({reason})")
for result in unexpected:
    print(result.status.name, *key(result), result.reason, sep=" | ", file=sys.stderr)
for known in gone:
    print(*known, "no longer differs: take it out of the list", file=sys.stderr)
print(", ".join(f"{count} {status.name}" for status, count in Counter(r.status for r in results).items()))
if len(results) < 100:
    sys.exit("fewer checks ran than there are: discovery has failed")
if unexpected or gone:
    sys.exit(1)
