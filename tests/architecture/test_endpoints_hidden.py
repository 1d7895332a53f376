"""On every endpoint of one thing: what lies in another area is answered as what does not exist, to the letter."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.auth.principal import Principal
from shared.contracts.examples import example
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door
from shared.testing.plugin import DatabaseOf
from tests.architecture.operations import Operation, app_of, assert_problem, entitled, is_own, operations
from tests.architecture.worlds import a_grid, a_hall, a_registry
from tests.registry import builders
from tests.services_hall import conftest as hall

Bodies = Mapping[str, Mapping[str, Any]]

OF_THE_COUNTY = {"incident-dictionary-imports", "item-imports"}
"""Tables of what is the county's lie in no village: `tests/grid/dictionary_tables/test_tables.py`,
`tests/services_hall/item_tables/test_tables.py`.
"""
OF_AN_OFFICE = {"petitions"}
"""What the office of a town or county has is seen there alone, not in the village that it is about:
`tests/grid/petitions/test_api.py::test_a_petition_is_seen_by_the_office_that_has_it_and_by_no_village`.
"""


SEVERAL_IDS = {"getIncidentPhoto": "two ids, asked for in `tests/grid/incidents/test_photos.py`"}
"""Endpoints whose path names several things by id: one sample does not stand for both."""


async def assert_hidden(
    door: Door, service: str, home: str, away: str, samples: Mapping[str, str], bodies: Bodies
) -> None:
    """Every endpoint with an id, asked from another area for what is there and for what is not."""
    asked = 0
    for operation in operations():
        if operation.service != service or operation.access is None:
            continue
        if operation.access.scope in ("open", "county") or is_own(operation):  # what lies in no area
            continue
        if operation.id in SEVERAL_IDS:
            continue
        places = [parameter for parameter in operation.parameters if parameter["in"] == "path"]
        if not places or any(place["schema"].get("format") != "uuid" for place in places):
            continue
        kind = operation.path.split("/")[3]
        if kind in OF_THE_COUNTY | OF_AN_OFFICE:
            continue
        assert kind in samples, f"{operation}: build a sample of {kind} here"
        if operation.method == "get":
            seen = await ask(door, operation, entitled(operation, home), samples[kind], bodies)
            assert seen.status_code == 200, f"{operation}: {seen.text}"
        hidden, missing = [
            await ask(door, operation, entitled(operation, away), one, bodies) for one in (samples[kind], str(new_id()))
        ]
        body, other = assert_problem(hidden, 404, "not_found"), assert_problem(missing, 404, "not_found")
        assert {**body, "request_id": ""} == {**other, "request_id": ""}
        assert set(hidden.headers) == set(missing.headers)
        asked += 1
    assert asked


async def ask(door: Door, operation: Operation, caller: Principal, id_: str, bodies: Bodies) -> httpx.Response:
    document = app_of(operation.service).openapi()
    schemas = document["components"]["schemas"]
    path = operation.path
    for parameter in operation.parameters:
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", id_)
    params = {
        parameter["name"]: example(parameter["schema"], schemas, whole=False)
        for parameter in operation.parameters
        if parameter["in"] == "query" and parameter.get("required")
    }
    json = None
    if operation.has_body:
        schema = operation.spec["requestBody"]["content"]["application/json"]["schema"]
        json = {**example(schema, schemas, whole=False), **bodies.get(operation.id, {})}
    async with door.client(caller) as client:
        return await client.request(
            operation.method, f"http://test{path}", params=params, json=json, headers={"If-Match": '"1"'}
        )


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


async def test_registry_hides_what_lies_in_another_area(
    committed_of: DatabaseOf, clock: FrozenClock, tmp_path: Path
) -> None:
    world = await a_registry(await committed_of("registry"), clock, tmp_path)
    await assert_hidden(world.door, "registry", builders.VILLAGE, builders.FAR, world.samples, {})


async def test_the_hall_hides_what_lies_in_another_area(
    committed_of: DatabaseOf, clock: FrozenClock, tmp_path: Path
) -> None:
    world = await a_hall(await committed_of("services_hall"), clock, tmp_path)
    await assert_hidden(world.door, "services_hall", hall.VILLAGE, "450481114202", world.samples, {})


async def test_grid_hides_what_lies_in_another_area(
    committed_of: DatabaseOf, clock: FrozenClock, tmp_path: Path
) -> None:
    world = await a_grid(await committed_of("grid"), clock, tmp_path)
    await assert_hidden(world.door, "grid", hall.VILLAGE, "450481114202", world.samples, {})
