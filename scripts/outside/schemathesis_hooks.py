"""What schemathesis does before each request.

A stateful scenario makes something, then reads, changes and deletes it. Another scenario that happens to choose the same body and the
same Idempotency-Key within the day is answered as the first one was, as it should be: with what that scenario has deleted since. So
each request of a scenario has a key of its own. Requests of the other phases keep theirs: replays are tested there.
"""

import uuid

import schemathesis
from schemathesis.generation.meta import TestPhase

KEY = "Idempotency-Key"


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL and KEY in (case.headers or {}):
        case.headers[KEY] = f"{case.headers[KEY]}-{uuid.uuid4()}"
