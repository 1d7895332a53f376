"""A ledger by the client that openapi-python-client made of its own document: opened, cleared, listed, refused."""

import json
import os
import sys
import uuid
from datetime import date

from xiangli_ledger import AuthenticatedClient
from xiangli_ledger.api.ledger_records import get_record, list_records, open_record, step_record_clear
from xiangli_ledger.models import (
    FilledClear,
    OpenRecord,
    Problem,
    RecordViewStatus,
    SentValues,
    SentValuesKind,
    StepRecordClear,
)

told = json.loads(os.environ["LEDGER"])
worker = AuthenticatedClient(base_url=told["origin"], token=told["worker"])
town = AuthenticatedClient(base_url=told["origin"], token=told["town"])
day = date.fromisoformat(told["day"])


def good(answer):
    """The parsed body of a success: a client that gives None, or a problem, has lost it."""
    assert answer.status_code < 300, answer.content
    assert answer.parsed is not None, "a success without a body"
    assert not isinstance(answer.parsed, Problem)
    return answer.parsed


values = SentValues(kind=SentValuesKind.OCCUPYING, river=told["river"], found_on=day, area_m2="12.5")
opened = good(open_record.sync_detailed(client=worker, body=OpenRecord(area=told["area"], values=values)))
assert opened.status is RecordViewStatus.LISTED

wrong = SentValues(kind=SentValuesKind.OCCUPYING, river=told["river"], found_on=day)
refused = open_record.sync_detailed(client=worker, body=OpenRecord(area=told["area"], values=wrong)).parsed
assert isinstance(refused, Problem)

step = StepRecordClear(values=FilledClear(cleared_on=day))
cleared = good(step_record_clear.sync_detailed(opened.id, client=town, body=step, if_match="*"))
listed = good(list_records.sync_detailed(client=town, filter_=["kind=occupying"])).items
read = good(get_record.sync_detailed(opened.id, client=worker))
hidden = get_record.sync_detailed(uuid.uuid4(), client=worker).parsed
assert isinstance(hidden, Problem)

came = {
    "opened": str(opened.id),
    "listed": [[str(one.id), one.status.value, one.values.river] for one in listed],
    "cleared": [cleared.status.value, str(cleared.values.cleared_on)],
    "read": [read.values.kind.value, str(read.values.found_on), read.values.area_m2],
    "refused": [refused.status, [[error.path, error.message] for error in refused.errors]],
    "hidden": hidden.code,
}
sys.stdout.write(json.dumps(came) + "\n")
