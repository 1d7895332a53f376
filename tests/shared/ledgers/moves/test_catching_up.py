"""Records that are moved into a version that follows its subjects go where these lie."""

from collections.abc import Awaitable, Callable

import pytest

from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.doors import Arrivals
from tests.grid.builders import CLERK, COUNTY_OFFICER, OTHER_CLERK, OTHER_VILLAGE, VILLAGE, a_person, a_span
from tests.shared.ledgers.moves.test_moving import door, kind, work  # noqa: F401  (fixtures)
from tests.shared.ledgers.records.conftest import (  # noqa: F401  (fixtures)
    Facts,
    Published,
    Send,
    arrivals,
    facts,
    parts,
    send,
    service_name,
    villages,
)
from tests.shared.ledgers.records.definitions import VISITED

FOLLOWS = VISITED.replace("subject: person", "subject: person\nfollows_subject: true").replace(
    "statuses:", "  - {name: cell, title: 网格, type: grid, follows_subject: true, search: true}\nstatuses:"
)
RECORDS = "/ledgers/home_visits/records"


@pytest.fixture
async def published(committed: Database) -> Published:
    one = Published(committed)
    await one.publish(VISITED)
    return one


async def test_a_record_that_is_moved_goes_where_its_subject_lies(
    send: Send,  # noqa: F811
    villages: None,  # noqa: F811
    arrivals: Arrivals,  # noqa: F811
    published: Published,
    work: Callable[[], Awaitable[None]],  # noqa: F811
    facts: Facts,  # noqa: F811
) -> None:
    person, grid = new_id(), OTHER_VILLAGE + "001"
    await arrivals.take(a_person(person, a_span(grid)))
    body = {"area": VILLAGE, "subject_id": str(person), "values": {"need": "meal"}}
    record = (await send(CLERK, "post", RECORDS, body)).json()["id"]
    await arrivals.take(a_person(person, a_span(VILLAGE + "001"), version=2), a_person(person, a_span(grid), version=3))
    assert (await send(CLERK, "get", f"{RECORDS}/{record}")).json()["version"] == 1, "the first version follows nobody"
    await published.publish(FOLLOWS, number=2, additive=False, mapping={})
    assert (await send(COUNTY_OFFICER, "post", "/ledgers/home_visits/moves")).status_code == 201
    await work()
    moved = (await send(OTHER_CLERK, "get", f"{RECORDS}/{record}")).json()
    assert (moved["area"], moved["values"], moved["version"]) == (OTHER_VILLAGE, {"need": "meal", "cell": grid}, 2)
    *_, line = (await send(OTHER_CLERK, "get", f"{RECORDS}/{record}/history")).json()["items"]
    assert (line["step"], line["fields"]) == ("move", ["area", "cell"])
    *_, fact = await facts(record)
    assert (fact.type, fact.state.area) == ("grid.restricted_record.moved", OTHER_VILLAGE)
    listed = await send(OTHER_CLERK, "get", RECORDS, params={"filter": f"cell={grid}"})
    assert [one["id"] for one in listed.json()["items"]] == [record]
