"""The five flows (`tests/clients/flows.py`) by a client that openapi-python-client made."""

import json
import os
import sys
import uuid

from xiangli_client import AuthenticatedClient
from xiangli_client.api.grid_grids import get_grid
from xiangli_client.api.grid_incidents import report_incident
from xiangli_client.api.indicators_figures import get_values
from xiangli_client.api.registry_households import found_household
from xiangli_client.api.registry_persons import get_person, register_person, sign_extract
from xiangli_client.api.services_hall_cases import submit_case
from xiangli_client.api.services_hall_items import list_items
from xiangli_client.models import FoundHousehold, Problem, RegisterPerson, ReportIncident, SignExtract, SubmitCase

told = json.loads(os.environ["FLOWS"])
clerk = AuthenticatedClient(base_url=told["origin"], token=told["clerk"])
worker = AuthenticatedClient(base_url=told["origin"], token=told["worker"])


def good(answer):
    """The parsed body of a success: a client that gives None, or a problem, has lost it."""
    assert answer.status_code < 300, answer.content
    assert answer.parsed is not None, "a success without a body"
    assert not isinstance(answer.parsed, Problem)
    return answer.parsed


def population(**position):
    answer = get_values.sync_detailed(client=clerk, area=told["village"], code=[told["indicator"]], **position)
    [figure] = good(answer).values
    return figure.value


# 1  A household
before = population()
key = str(uuid.uuid4())
body = FoundHousehold.from_dict(told["household"])
answer = found_household.sync_detailed(client=clerk, body=body, idempotency_key=key)
household = good(answer)
repeated = good(found_household.sync_detailed(client=clerk, body=body, idempotency_key=key))
with_household = population(min_position=answer.headers["Xiangli-Position"])

# 2  A birth
answer = register_person.sync_detailed(client=clerk, body=RegisterPerson.from_dict(told["birth"]))
child = good(get_person.sync_detailed(good(answer).id, client=clerk))
position = answer.headers["Xiangli-Position"]
with_child = population(min_position=position)

# 3  An incident at a point
ring = good(get_grid.sync_detailed(told["grid"], client=worker)).polygon[:-1]
point = {"longitude": sum(one[0] for one in ring) / len(ring), "latitude": sum(one[1] for one in ring) / len(ring)}
report = ReportIncident.from_dict({**told["incident"], "point": point})
incident = good(report_incident.sync_detailed(client=worker, body=report))

# 4  A case, for the person of a signed extract
items = good(list_items.sync_detailed(client=clerk)).items
item = next(one for one in items if one.published and 12 in one.published.levels)
wanted = SignExtract.from_dict(told["extract"])
extract = good(sign_extract.sync_detailed(household.members[0].person_id, client=clerk, body=wanted)).extract
submission = SubmitCase.from_dict({"item_id": str(item.id), "area": told["village"], "extract": extract})
case = good(submit_case.sync_detailed(client=clerk, body=submission, min_position=position))

# 5  A refusal with its code; the figures were read on the way
missing = get_person.sync_detailed(uuid.UUID(told["nobody"]), client=clerk)
assert isinstance(missing.parsed, Problem)
came = {
    "household": str(household.id),
    "repeated": str(repeated.id),
    "members": len(household.members),
    "birth_month": child.birth_month,
    "incident": [incident.area, incident.status.value],
    "case": [case.number, case.status.value],
    "population": [before, with_household, with_child],
    "refusal": [missing.parsed.status, missing.parsed.code],
}
sys.stdout.write(json.dumps(came) + "\n")
