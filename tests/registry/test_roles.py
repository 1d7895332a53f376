"""Roles × operations, by hand: who may call what in the own area; everybody else is told so before anything is read."""

import pytest
from fastapi.routing import APIRoute

from services.registry.features import FEATURES
from tests.registry.builders import COUNTY, VILLAGE
from tests.registry.conftest import Client
from tests.registry.steps import (
    AREAS,
    BALANCES,
    CALENDAR,
    HOUSEHOLDS,
    NOBODY,
    PERSONS,
    RESTRICTED_TAGS,
    TAGS,
    assert_refused,
)

OPERATIONS: dict[str, tuple[str, str]] = {
    "listRootAreas": ("GET", AREAS),
    "getArea": ("GET", f"{AREAS}/{VILLAGE}"),
    "listChildAreas": ("GET", f"{AREAS}/{COUNTY}/children"),
    "getSubtree": ("GET", f"{AREAS}/{COUNTY}/subtree"),
    "importAreas": ("POST", f"{AREAS}/import"),
    "abolishArea": ("POST", f"{AREAS}/{VILLAGE}/abolish"),
    "getCalendar": ("GET", CALENDAR),
    "publishCalendarYear": ("POST", f"{CALENDAR}/2027/publish"),
    "registerPerson": ("POST", PERSONS),
    "getPerson": ("GET", f"{PERSONS}/{NOBODY}"),
    "listPersons": ("GET", PERSONS),
    "countPersons": ("GET", f"{PERSONS}/count"),
    "searchPersons": ("POST", f"{PERSONS}/search"),
    "lookUpPersons": ("POST", f"{PERSONS}/lookup"),
    "correctPerson": ("POST", f"{PERSONS}/{NOBODY}/correct"),
    "listAccesses": ("GET", f"{PERSONS}/{NOBODY}/accesses"),
    "signExtract": ("POST", f"{PERSONS}/{NOBODY}/extracts"),
    "movePersonIn": ("POST", f"{PERSONS}/{NOBODY}/move-in"),
    "movePersonOut": ("POST", f"{PERSONS}/{NOBODY}/move-out"),
    "recordDeath": ("POST", f"{PERSONS}/{NOBODY}/death"),
    "foundHousehold": ("POST", HOUSEHOLDS),
    "addHouseholdMember": ("POST", f"{HOUSEHOLDS}/{NOBODY}/members"),
    "removeHouseholdMember": ("POST", f"{HOUSEHOLDS}/{NOBODY}/members/{NOBODY}/remove"),
    "getHousehold": ("GET", f"{HOUSEHOLDS}/{NOBODY}"),
    "listHouseholds": ("GET", HOUSEHOLDS),
    "startTag": ("POST", f"{PERSONS}/{NOBODY}/tags"),
    "endTag": ("POST", f"{TAGS}/{NOBODY}/end"),
    "listTags": ("GET", f"{PERSONS}/{NOBODY}/tags"),
    "startRestrictedTag": ("POST", f"{PERSONS}/{NOBODY}/restricted-tags"),
    "endRestrictedTag": ("POST", f"{RESTRICTED_TAGS}/{NOBODY}/end"),
    "listRestrictedTags": ("GET", f"{PERSONS}/{NOBODY}/restricted-tags"),
    "getBalance": ("GET", BALANCES),
    "listPostings": ("GET", "/registry/v1/postings"),
}

OPEN = {"listRootAreas", "getArea", "listChildAreas", "getSubtree", "getCalendar"}
READ = {"getPerson", "listPersons", "countPersons", "listPostings"}
HOUSEHOLD = {"getHousehold", "listHouseholds"}
MOVE = {"movePersonIn", "movePersonOut", "recordDeath"}
FAMILY = {"foundHousehold", "addHouseholdMember", "removeHouseholdMember"}
CARE = {"startTag", "endTag", "listTags"}
GRID = OPEN | READ | HOUSEHOLD | {"lookUpPersons", "listTags"}
VILLAGE_OFFICE = GRID | MOVE | FAMILY | CARE
VILLAGE_OFFICE |= {"registerPerson", "correctPerson", "searchPersons", "signExtract", "getBalance"}

MAY: dict[str, set[str]] = {
    "resident": OPEN,
    "agent": OPEN | READ | HOUSEHOLD | {"searchPersons", "lookUpPersons", "signExtract"},
    "grid_worker": GRID,
    "grid_head": GRID,
    "village_clerk": VILLAGE_OFFICE,
    "town_officer": VILLAGE_OFFICE | {"listAccesses"},
    "department_officer": OPEN | {"lookUpPersons"},
    "county_officer": GRID | {"searchPersons", "getBalance"},
    "county_registrar": set(OPERATIONS),
    "assessor": OPEN | {"getBalance"},
    "auditor": OPEN | {"listAccesses", "getBalance"},
    "integrator": OPEN | {"getBalance"},
    "operator": OPEN,
}


def test_the_table_names_every_operation() -> None:
    routes = [route for one in FEATURES if one.router for route in one.router.routes]
    assert set(OPERATIONS) == {route.operation_id for route in routes if isinstance(route, APIRoute)}


@pytest.mark.parametrize("role", MAY)
async def test_a_role_may_call_these_and_no_others(client_of: Client, role: str) -> None:
    client = client_of(role, COUNTY)
    opened = set[str]()
    for operation, (method, path) in OPERATIONS.items():
        # an empty body: whoever is admitted is told what is missing, whoever is not is told nothing of it
        answer = await client.request(method, path, json={} if method == "POST" else None)
        assert answer.status_code in (200, 403, 404, 422, 428), (operation, answer.text)
        if answer.status_code == 403:
            assert_refused(answer, "forbidden")
        else:
            opened.add(operation)
    assert opened == MAY[role]


@pytest.mark.parametrize("role", ["unheard_of", "county_registrar ", "COUNTY_REGISTRAR", "registry"])
async def test_a_role_that_is_not_ours_opens_nothing(client_of: Client, role: str) -> None:
    """The token itself is in order."""
    client = client_of(role, COUNTY)
    for method, path in OPERATIONS.values():
        assert_refused(await client.request(method, path, json={} if method == "POST" else None), "forbidden")
