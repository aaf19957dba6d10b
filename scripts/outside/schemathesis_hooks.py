"""What schemathesis does before each request.

A stateful scenario makes something, then reads, changes and deletes it. Another scenario that happens to choose the same body and the
same Idempotency-Key within the day is answered as the first one was, as it should be: with what that scenario has deleted since. So
each request of a scenario has a key of its own. Requests of the other phases keep theirs: replays are tested there.

A request that waits for events is answered after 25 seconds at the latest. Here it waits for one, or most of a run would go by.
"""

import uuid

import schemathesis
from schemathesis.generation.meta import TestPhase

KEY = "Idempotency-Key"


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL and KEY in (case.headers or {}):
        case.headers[KEY] = f"{case.headers[KEY]}-{uuid.uuid4()}"
    wait = (case.query or {}).get("wait")
    if str(wait).isdecimal() and int(wait) > 1:
        case.query["wait"] = 1
