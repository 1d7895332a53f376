"""The lifecycles, restated by hand over the full product of statuses, steps, roles, areas and departments."""

from itertools import product

import pytest

from services.grid.incidents.domain.lifecycle import LIFECYCLE, OPEN, Rule, Step, require_allowed
from services.grid.incidents.domain.nearness import degrees_round, metres_between
from services.grid.incidents.domain.refusals import IncidentTransitionError
from services.grid.incidents.domain.rules import ORDER_MOVES
from services.grid.incidents.models import Incident
from services.grid.incidents.service.moving import holds
from services.grid.visits import domain as visits
from shared.auth.principal import Grant, Principal
from shared.auth.roles import DEPARTMENT_ROLES, OWN_ONLY, PERMISSIONS, Role
from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.grid.visits import VisitStatus
from shared.ids import new_id
from tests.grid.incidents.table import ENDS, TABLE, WHO, Row

ALLOWED_VISITS = {
    (VisitStatus.DUE, VisitStatus.DONE),
    (VisitStatus.DUE, VisitStatus.CANCELLED),
    (VisitStatus.DONE, VisitStatus.DUE),  # taken back
}


@pytest.mark.parametrize("step", list(LIFECYCLE))
def test_each_step_is_as_the_table_says(step: Step) -> None:
    rule = LIFECYCLE[step]
    assert TABLE[step] == Row(
        " ".join(sorted(rule.origins, key=TABLE[step].origins.split().index)),
        " ".join(sorted(rule.to, key=TABLE[step].to.split().index)),
        rule.permission,
        rule.place,
        rule.by_other,
    )


def test_the_table_has_all_steps_and_ends_where_nothing_is_to_be_done() -> None:
    assert {step.value for step in LIFECYCLE} == set(TABLE)
    assert set(IncidentStatus) - OPEN == ENDS
    for status in OPEN:
        assert any(status in rule.origins and rule.to for rule in LIFECYCLE.values()), status


def test_who_has_the_permissions_is_as_the_table_says() -> None:
    for permission, roles in WHO.items():
        assert PERMISSIONS[permission] - OWN_ONLY == roles, permission
    assert {permission for permission, roles in PERMISSIONS.items() if permission in WHO and roles & OWN_ONLY} == {
        "incident.urge"
    }


GRID, VILLAGE, TOWN, COUNTY = "450481100201001", "450481100201", "450481100", "450481"
AREAS = (COUNTY, TOWN, VILLAGE, GRID, "450481100202", "450481101", "450482")
CALLERS = [
    (role, area, department)
    for role in Role
    for area in AREAS
    for department in (("urban_management", "water", "health") if role in DEPARTMENT_ROLES else (None, "water"))
]
LEVELS = {6: COUNTY, 9: TOWN, 12: VILLAGE, 15: GRID}


def may(step: str, role: Role, area: str, department: str | None, level: int, lead: str | None) -> bool:
    """Restated by hand: the role has the permission, and its area and department hold the place of the step."""
    row = TABLE[step]
    if role not in WHO[row.permission]:
        return False
    place = LEVELS[level] if row.place == "office" else GRID
    wanted = "water" if row.place == "assistant" else lead
    return place.startswith(area) and department in (None, wanted)


@pytest.mark.parametrize("level", list(LEVELS))
@pytest.mark.parametrize("lead", [None, "urban_management"])
def test_the_full_product_of_statuses_steps_roles_areas_and_departments(level: int, lead: str | None) -> None:
    """An incident of a grid whose office is a level's, led by no unit or by one, assisted by another department."""
    incident = Incident(id=new_id(), version=3, area=GRID, level=level, department=lead)
    tried = allowed = 0
    for (step, rule), (role, area, department) in product(LIFECYCLE.items(), CALLERS):
        caller = Principal("x", () if role in OWN_ONLY else (Grant(role, area, department),))
        held = may(step, role, area, department, level, lead)
        assert holds(caller, incident, rule, "water") is held, (step, role, area, department)
        for status in IncidentStatus:
            tried += 1
            expected = held and status in TABLE[step].origins.split()
            assert (may_be_taken(status, step) and holds(caller, incident, rule, "water")) is expected
            allowed += expected
    assert tried == len(LIFECYCLE) * len(CALLERS) * len(IncidentStatus)
    assert allowed > 500


def may_be_taken(status: IncidentStatus, step: Step) -> bool:
    try:
        rule: Rule = require_allowed(status, step)
    except IncidentTransitionError:
        return False
    return bool(rule.permission)


ORDERS = {
    ("ordered", "taken"),
    ("ordered", "returned"),
    ("ordered", "withdrawn"),
    ("taken", "finished"),
    ("taken", "returned"),
    ("taken", "withdrawn"),
}


def test_an_order_moves_only_along_its_table() -> None:
    assert {(before.value, after.value) for before, onward in ORDER_MOVES.items() for after in onward} == ORDERS


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        ((111.0, 22.9), (111.0, 22.9), 0),
        ((111.0, 22.9), (111.0, 22.901), 111),
        ((111.0, 22.9), (111.001, 22.9), 102),
        ((179.9995, 0.0), (-179.9995, 0.0), 111),
        ((0.0, 90.0), (120.0, 90.0), 0),
    ],
)
def test_metres_are_those_of_the_great_circle(
    one: tuple[float, float], other: tuple[float, float], metres: int
) -> None:
    here, there = (Incident(longitude=point[0], latitude=point[1]) for point in (one, other))
    assert metres_between(here, there) == metres_between(there, here) == metres
    assert metres_between(here, Incident(longitude=None, latitude=None)) is None


@pytest.mark.parametrize("latitude", [0.0, 22.9, -53.0, 89.0])
def test_the_box_round_a_point_holds_its_circle(latitude: float) -> None:
    east, north = degrees_round(latitude, 100)
    centre = Incident(longitude=111.0, latitude=latitude)
    for longitude, other in ((111.0 + east, latitude), (111.0, latitude + north)):
        assert (metres_between(centre, Incident(longitude=longitude, latitude=other)) or 0) >= 100


@pytest.mark.parametrize(("present", "to"), list(product(VisitStatus, VisitStatus)))
def test_a_visit_that_was_cancelled_stays_so_and_one_that_was_paid_is_taken_back(
    present: VisitStatus, to: VisitStatus
) -> None:
    if (present, to) in ALLOWED_VISITS:
        visits.require_transition(present, to)
    else:
        with pytest.raises(visits.VisitNotDue):
            visits.require_transition(present, to)
