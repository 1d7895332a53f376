"""Five flows by a client that openapi-python-client made: household, birth, incident at a point, case, figures."""

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
from xiangli_client.models import (
    CaseStatus,
    FoundHousehold,
    HouseholdView,
    IncidentStatus,
    Problem,
    RegisterPerson,
    ReportIncident,
    SignExtract,
    SubmitCase,
)

told = json.loads(os.environ["FLOWS"])
ORIGIN, VILLAGE, GRID = told["origin"], told["village"], told["grid"]
clerk = AuthenticatedClient(base_url=ORIGIN, token=told["clerk"])
worker = AuthenticatedClient(base_url=ORIGIN, token=told["worker"])


def good(answer, kind=None):
    """The parsed body of a success: a client that gives None, or a problem, has lost it."""
    assert answer.status_code < 300, answer.content
    assert answer.parsed is not None, "a success without a body"
    assert not isinstance(answer.parsed, Problem)
    assert kind is None or isinstance(answer.parsed, kind)
    return answer.parsed


def population(position):
    [value] = good(get_values.sync_detailed(client=clerk, area=VILLAGE, code=["POP-RES"], min_position=position)).values
    return value.value


# 1  A household
answer = found_household.sync_detailed(
    client=clerk, body=FoundHousehold.from_dict(told["household"]), idempotency_key=str(uuid.uuid4())
)
household = good(answer, HouseholdView)
assert len(household.members) == 2
before = population(answer.headers["Xiangli-Position"])

# 2  A birth
answer = register_person.sync_detailed(client=clerk, body=RegisterPerson.from_dict(told["birth"]))
child = good(answer)
assert good(get_person.sync_detailed(child.id, client=clerk)).birth_month == told["birth"]["birth_date"][:7]
after = population(answer.headers["Xiangli-Position"])
assert after == before + 1, (before, after)

# 3  An incident at a point
ring = good(get_grid.sync_detailed(GRID, client=worker)).polygon[:-1]
point = {"longitude": sum(one[0] for one in ring) / len(ring), "latitude": sum(one[1] for one in ring) / len(ring)}
incident = good(
    report_incident.sync_detailed(
        client=worker, body=ReportIncident.from_dict({"source": "patrol", "category": "environment", "point": point})
    )
)
assert (incident.area, incident.status) == (GRID, IncidentStatus.REPORTED)

# 4  A case, for the person of a signed extract
items = good(list_items.sync_detailed(client=clerk)).items
item = next(one for one in items if one.published and 12 in one.published.levels)
wanted = SignExtract.from_dict(told["extract"])
extract = good(sign_extract.sync_detailed(household.members[0].person_id, client=clerk, body=wanted))
case = good(
    submit_case.sync_detailed(
        client=clerk,
        body=SubmitCase.from_dict({"item_id": str(item.id), "area": VILLAGE, "extract": extract.extract}),
    )
)
assert case.status == CaseStatus.SUBMITTED

# 5  Figures, and a refusal with its code
missing = get_person.sync_detailed(uuid.uuid4(), client=clerk)
assert isinstance(missing.parsed, Problem)
assert missing.parsed.code == "not_found"
sys.stdout.write(f"five flows: population {before} → {after}, incident {incident.id}, case {case.number}\n")
