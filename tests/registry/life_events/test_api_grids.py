"""A residence down to the grid is checked against what grid has told."""

from datetime import date
from typing import Any

import pytest

from services.registry.features import ROUTES
from shared.db.engine import Database
from tests.registry.builders import FAR, VILLAGE, a_household, a_person
from tests.registry.conftest import Client
from tests.registry.steps import CLERK, know_grid

GRID = VILLAGE + "001"


def test_registry_projects_grids() -> None:
    nouns = {route.noun for route in ROUTES}
    kit = (".erasure_answer", ".checksum", ".checksum_question")
    assert {noun for noun in nouns if not noun.endswith(kit)} == {
        "grid.grid",
        "grid.residence_proposal",
        "services_hall.case_effect",
    }


async def test_a_known_grid_is_a_residence_and_a_scope(client_of: Client, county: None, committed: Database) -> None:
    await know_grid(committed, GRID)
    made = await client_of(*CLERK).post("/registry/v1/persons", json=a_person(residence={"area": GRID}))
    assert made.status_code == 201, made.text
    assert made.json()["residence"][0]["area"] == GRID
    path = f"/registry/v1/persons/{made.json()['id']}"
    assert (await client_of("grid_worker", GRID).get(path)).status_code == 200
    assert (await client_of("grid_worker", VILLAGE + "002").get(path)).status_code == 404
    household = a_household({"relation": "02", "person_id": made.json()["id"]}, kind="living", area=GRID)
    assert (await client_of(*CLERK).post("/registry/v1/households", json=household)).status_code == 201


async def test_a_grid_that_was_drawn_a_moment_ago_is_waited_for_and_not_refused_for_good(
    client_of: Client, county: None, committed: Database
) -> None:
    body = a_person(residence={"area": GRID})
    early = await client_of(*CLERK).post("/registry/v1/persons", json=body, headers={"Idempotency-Key": "k"})
    assert (early.status_code, early.json()["code"], early.headers["retry-after"]) == (503, "not_yet", "1")
    assert "网格" in early.json()["detail"]
    await know_grid(committed, GRID)
    later = await client_of(*CLERK).post("/registry/v1/persons", json=body, headers={"Idempotency-Key": "k"})
    assert later.status_code == 201


@pytest.mark.parametrize("what", [{"valid_to": date(2026, 1, 1)}, {"village": FAR}])
async def test_a_closed_or_foreign_grid_is_refused(
    client_of: Client, county: None, committed: Database, what: dict[str, Any]
) -> None:
    await know_grid(committed, GRID, **what)
    answer = await client_of(*CLERK).post("/registry/v1/persons", json=a_person(residence={"area": GRID}))
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_grid")
