"""Grids over HTTP."""

import asyncio
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.grids.domain import MAX_VERTICES, GridKind, GridNet, GridOverlaps, NewGrid
from services.grid.grids.models import Grid
from services.grid.grids.schemas.grids import DrawGrid
from services.grid.grids.service.grids import Grids
from services.grid.wiring import use_cases
from shared.auth.access_log import AccessNotes
from shared.contracts.envelope import MAX_STATE_BYTES
from shared.contracts.grid.grids import GridClosed, GridDrawn, GridState
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.grid.builders import (
    CLERK,
    COUNTY_OFFICER,
    FIRST_GRID,
    OTHER_CLERK,
    OTHER_VILLAGE,
    SECOND_GRID,
    TOWN_OFFICER,
    VILLAGE,
    an_area,
    square,
    until_it_waits,
)
from tests.grid.conftest import Facts


async def draw(client: httpx.AsyncClient, code: str, west: float, south: float = 22.9, **more: Any) -> httpx.Response:
    return await client.post("/grids", json={"code": code, "polygon": square(west, south), **more})


async def locate(client: httpx.AsyncClient, longitude: float, latitude: float) -> str | None:
    answer = await client.post("/grids/locate", json={"longitude": longitude, "latitude": latitude})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["located"] is (body["grid"] is not None)
    return None if body["grid"] is None else body["grid"]["code"]


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_drawn_grid_is_read_listed_located_and_announced(door: Door, villages: None, facts: Facts) -> None:
    async with door.client(TOWN_OFFICER) as client:
        drawn = await draw(client, FIRST_GRID, 111.0, synthetic=True)
        assert drawn.status_code == 201, drawn.text
        assert drawn.headers["Xiangli-Position"]
        read = await client.get(f"/grids/{FIRST_GRID}")
        assert read.json() == drawn.json()
        assert read.json()["polygon"] == square(111.0, 22.9)
        assert (read.json()["village"], read.json()["synthetic"]) == (VILLAGE, True)
        assert read.json()["valid_from"] == "2026-03-16"
        assert read.headers["etag"]
        listed = await client.get("/grids", params={"area": VILLAGE})
        assert [item["code"] for item in listed.json()["items"]] == [FIRST_GRID]
        assert listed.json()["items"][0]["synthetic"] is True
        answer = await client.post("/grids/locate", json={"longitude": 111.005, "latitude": 22.905})
        assert answer.json()["grid"] == {
            "code": FIRST_GRID,
            "village": VILLAGE,
            "kind": "comprehensive",
            "synthetic": True,
        }
    (fact,) = await facts("grid.grid")
    assert isinstance(fact, GridDrawn)
    assert fact.state.version == 1
    assert fact.state.polygon == tuple((x, y) for x, y in square(111.0, 22.9))


async def test_an_overlapping_grid_of_the_same_kind_is_refused_and_one_of_another_kind_is_not(
    door: Door, grids: None
) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        assert code_of(await draw(client, VILLAGE + "003", 111.005)) == (409, "grid_overlaps")
        assert (await draw(client, VILLAGE + "003", 111.005, kind="micro")).status_code == 201
        assert (await draw(client, VILLAGE + "004", 111.02)).status_code == 201
        assert code_of(await draw(client, VILLAGE + "005", 111.025, kind="comprehensive")) == (409, "grid_overlaps")


async def test_a_village_that_has_not_arrived_is_waited_for_and_one_that_was_abolished_has_no_grids(
    door: Door, villages: None, arrivals: Arrivals
) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        unknown = "450481100299"
        early = await draw(client, unknown + "001", 111.0)
        assert (code_of(early), early.headers["retry-after"]) == ((503, "not_yet"), "1")
        await arrivals.take(an_area(unknown))
        assert (await draw(client, unknown + "001", 111.0)).status_code == 201
        await arrivals.take(an_area(unknown, valid_to=date(2026, 3, 16), version=2))
        assert code_of(await draw(client, unknown + "002", 112.0)) == (422, "grid_village_unknown")


async def test_a_code_is_never_used_again(door: Door, grids: None) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        assert code_of(await draw(client, FIRST_GRID, 113.0)) == (409, "grid_code_taken")
        body = {"closed_on": "2026-03-16", "successors": [SECOND_GRID]}
        closed = await client.post(f"/grids/{FIRST_GRID}/close", json=body, headers={"If-Match": '"1"'})
        assert closed.status_code == 200, closed.text
        assert code_of(await draw(client, FIRST_GRID, 113.0)) == (409, "grid_code_taken")
        twice = [{"code": VILLAGE + "009", "polygon": square(113.0 + n, 22.9)} for n in range(2)]
        assert code_of(await client.post("/grids/draw", json={"grids": twice})) == (409, "grid_code_taken")


async def test_a_closed_grid_gives_its_ground_free_and_is_located_no_more(
    door: Door, grids: None, facts: Facts
) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        assert await locate(client, 111.005, 22.905) == FIRST_GRID
        path, body = f"/grids/{FIRST_GRID}/close", {"closed_on": "2026-03-16", "successors": [SECOND_GRID]}
        assert code_of(await client.post(path, json=body))[0] == 428
        assert code_of(await client.post(path, json=body, headers={"If-Match": '"7"'}))[0] == 412
        closed = await client.post(path, json=body, headers={"If-Match": '"1"'})
        assert closed.status_code == 200, closed.text
        assert (closed.json()["valid_to"], closed.json()["successors"]) == ("2026-03-16", [SECOND_GRID])
        assert await locate(client, 111.005, 22.905) is None
        again = await client.post(path, json=body, headers={"If-Match": closed.headers["etag"]})
        assert code_of(again) == (409, "grid_already_closed")
        assert (await draw(client, VILLAGE + "003", 111.0)).status_code == 201
        assert await locate(client, 111.005, 22.905) == VILLAGE + "003"
        shown = (await client.get("/grids", params={"area": VILLAGE, "open": True})).json()["items"]
        assert [item["code"] for item in shown] == [SECOND_GRID, VILLAGE + "003"]
    told = await facts("grid.grid", FIRST_GRID)
    assert [type(fact) for fact in told] == [GridDrawn, GridClosed]
    assert [fact.state.version for fact in told] == [1, 2]


async def test_a_successor_must_be_an_open_grid(door: Door, grids: None) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        for successor in (FIRST_GRID, VILLAGE + "077"):
            body = {"closed_on": "2026-03-16", "successors": [successor]}
            answer = await client.post(f"/grids/{FIRST_GRID}/close", json=body, headers={"If-Match": '"1"'})
            assert code_of(answer) == (422, "grid_successor_unknown")


async def test_a_grid_neither_begins_nor_ends_in_the_future(door: Door, grids: None) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        late = await draw(client, VILLAGE + "003", 112.0, valid_from="2026-03-17")
        assert code_of(late) == (422, "grid_date_invalid")
        for day in ("2026-03-17", "2026-03-15"):
            answer = await client.post(
                f"/grids/{FIRST_GRID}/close", json={"closed_on": day}, headers={"If-Match": '"1"'}
            )
            assert code_of(answer) == (422, "grid_date_invalid")


async def test_a_successor_lies_in_the_callers_areas(door: Door, grids: None) -> None:
    """Also a grid of another town that exists is none, and nothing tells that it does."""
    other = "450481101201001"
    async with door.client(COUNTY_OFFICER) as client:
        assert (await draw(client, other, 111.02)).status_code == 201
    async with door.client(TOWN_OFFICER) as client:
        for successor in (other, "450481101201002"):
            body = {"closed_on": "2026-03-16", "successors": [successor]}
            answer = await client.post(f"/grids/{FIRST_GRID}/close", json=body, headers={"If-Match": '"1"'})
            assert code_of(answer) == (422, "grid_successor_unknown")


@pytest.mark.parametrize("kind", list(GridKind))
async def test_a_polygon_lies_in_no_other_town(door: Door, grids: None, kind: GridKind) -> None:
    """Whatever its kind; beside it, edge to edge, it may lie."""
    async with door.client(COUNTY_OFFICER) as client:
        inside = await draw(client, "450481101201001", 111.005, 22.905, kind=kind)
        refusal = "grid_overlaps" if kind is GridKind.COMPREHENSIVE else "grid_in_other_town"
        assert code_of(inside) == (409, refusal)
        assert (await draw(client, "450481101201001", 111.02, kind=kind)).status_code == 201
    async with door.client(TOWN_OFFICER) as client:
        over = await draw(client, VILLAGE + "003", 111.025, kind="micro")
        assert code_of(over) == (409, "grid_overlaps" if kind is GridKind.MICRO else "grid_in_other_town")


async def test_a_grid_lies_near_its_village(door: Door, grids: None) -> None:
    """Tiananmen is far from 岑溪; the next grid is near the one before it, however long the village."""
    async with door.client(COUNTY_OFFICER) as client:
        assert code_of(await draw(client, VILLAGE + "003", 116.39, 39.9)) == (422, "grid_far_away")
        assert code_of(await draw(client, VILLAGE + "003", 111.13)) == (422, "grid_far_away")
        assert (await draw(client, VILLAGE + "003", 111.11)).status_code == 201
        assert (await draw(client, VILLAGE + "004", 111.21)).status_code == 201
        # the first one of a village is measured by its town, the first one of a town by its county
        assert code_of(await draw(client, OTHER_VILLAGE + "001", 111.83)) == (422, "grid_far_away")
        assert (await draw(client, OTHER_VILLAGE + "001", 111.81)).status_code == 201
        assert code_of(await draw(client, "450481101201001", 113.4)) == (422, "grid_far_away")
        assert (await draw(client, "450481101201001", 111.51, 24.0)).status_code == 201


async def test_grids_drawn_together_lie_near_each_other(door: Door, villages: None) -> None:
    def body(*wests: float) -> dict[str, Any]:
        return {
            "grids": [{"code": f"{VILLAGE}{n:03}", "polygon": square(west, 22.9)} for n, west in enumerate(wests, 1)]
        }

    async with door.client(COUNTY_OFFICER) as client:
        assert code_of(await client.post("/grids/draw", json=body(111.0, 111.1, 116.39))) == (422, "grid_far_away")
        assert (await client.post("/grids/draw", json=body(111.0, 111.2, 111.1))).status_code == 201


async def test_a_grid_begins_after_its_village(door: Door, villages: None) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        before = await draw(client, FIRST_GRID, 111.0, valid_from="2023-06-29")
        assert code_of(before) == (422, "grid_village_unknown")
        assert (await draw(client, FIRST_GRID, 111.0, valid_from="2023-06-30")).status_code == 201


async def test_a_point_on_the_edge_of_two_grids_has_one_and_a_point_outside_has_none(door: Door, grids: None) -> None:
    async with door.client(CLERK) as client:
        assert await locate(client, 111.01, 22.905) == FIRST_GRID
        assert await locate(client, 111.01, 22.91) == FIRST_GRID
        assert await locate(client, 111.0100001, 22.905) == SECOND_GRID
        assert await locate(client, 120.0, 22.905) is None


async def test_another_village_and_its_clerk_see_nothing_of_each_other(door: Door, grids: None) -> None:
    async with door.client(OTHER_CLERK) as client:
        unknown = await client.get(f"/grids/{OTHER_VILLAGE}001")
        other = await client.get(f"/grids/{FIRST_GRID}")
        assert code_of(other) == code_of(unknown) == (404, "not_found")
        assert (await client.get("/grids")).json() == {"items": [], "next_cursor": None}
    async with door.client(CLERK) as client:
        assert (await draw(client, VILLAGE + "003", 112.0)).status_code == 403


async def test_an_officer_draws_in_the_own_town_only(door: Door, villages: None) -> None:
    async with door.client(TOWN_OFFICER) as client:
        assert code_of(await draw(client, "450481101201001", 111.0)) == (404, "not_found")


async def test_a_bulk_is_drawn_whole_or_not_at_all_and_pages_show_every_grid_once(
    door: Door, villages: None, facts: Facts
) -> None:
    news = [
        {"code": f"{village}{n:03}", "polygon": square(111.0 + n * 0.01, 22.9 + 0.01 * row), "synthetic": True}
        for row, village in enumerate((VILLAGE, OTHER_VILLAGE, "450481101201"))
        for n in range(1, 201)
    ]
    async with door.client(COUNTY_OFFICER) as client:
        wrong = [*news, {"code": VILLAGE + "999", "polygon": square(111.015, 22.9)}]
        assert code_of(await client.post("/grids/draw", json={"grids": wrong})) == (409, "grid_overlaps")
        assert await facts("grid.grid") == []
        drawn = await client.post("/grids/draw", json={"grids": news})
        assert drawn.status_code == 201, drawn.text
        assert len(await facts("grid.grid")) == len(news) == 600
        seen: list[str] = []
        params: dict[str, Any] = {"limit": 170}
        while True:
            page = (await client.get("/grids", params=params)).json()
            seen += [item["code"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            params["cursor"] = page["next_cursor"]
        assert seen == sorted(str(new["code"]) for new in news)
        assert await locate(client, 111.055, 22.915) == OTHER_VILLAGE + "005"


async def test_of_two_who_draw_over_the_same_ground_at_once_the_second_waits_and_is_refused(
    villages: None, committed: Database, clock: FrozenClock, crypto: Crypto
) -> None:
    def a_square(code: str, west: float) -> NewGrid:
        return NewGrid(code, GridKind.COMPREHENSIVE, tuple((x, y) for x, y in square(west, 22.9)))

    def grids_in(session: AsyncSession) -> Grids:
        outbox = Outbox(session, owner="grid", clock=clock)
        return use_cases(PlainContext(session, clock, outbox, crypto, AccessNotes(clock))).grids

    async with committed.session() as one, committed.session() as other:
        await grids_in(one).draw(COUNTY_OFFICER, a_square(FIRST_GRID, 111.0))
        second = asyncio.create_task(grids_in(other).draw(TOWN_OFFICER, a_square(SECOND_GRID, 111.005)))
        await until_it_waits(second, committed)
        await one.commit()
        with pytest.raises(GridOverlaps):
            await second


@pytest.mark.parametrize(
    "polygon",
    [
        square(111.0, 22.9)[:-1],
        [[111.0, 22.9], [111.1, 23.0], [111.1, 22.9], [111.0, 23.0], [111.0, 22.9]],
        [[200.0, 22.9], [201.0, 22.9], [201.0, 23.0], [200.0, 22.9]],
    ],
)
async def test_a_ring_that_is_no_polygon_is_refused(door: Door, villages: None, polygon: list[list[float]]) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        answer = await client.post("/grids", json={"code": FIRST_GRID, "polygon": polygon})
    assert answer.status_code == 422


def test_the_longest_polygon_fits_on_the_bus() -> None:
    ring = [[-179.12345678901234, -89.12345678901234]] * MAX_VERTICES
    body = DrawGrid(code=FIRST_GRID, polygon=tuple((x, y) for x, y in ring))
    new: NewGrid = body.content()
    grid = Grid(
        code=new.code,
        village=VILLAGE,
        kind=GridKind.COMPREHENSIVE,
        net=GridNet.COMMITTEES,
        polygon=[list(point) for point in new.polygon],
        synthetic=True,
        valid_from=date(2026, 3, 16),
        valid_to=date(2026, 3, 16),
        successors=[f"{VILLAGE}{n:03}" for n in range(100)],
        version=10**6,
    )
    assert len(GridClosed(state=GridState.model_validate(grid)).model_dump_json()) < MAX_STATE_BYTES


async def test_a_refusal_of_many_says_which_it_is(door: Door, villages: None) -> None:
    good = {"code": FIRST_GRID, "polygon": square(111.0, 22.9)}
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({"code": SECOND_GRID, "polygon": square(111.0, 22.9)}, "grid_overlaps", "grids.1.polygon"),
        ({"code": SECOND_GRID, "polygon": square(111.0, 22.9)[:-1]}, "grid_polygon_invalid", "grids.1.polygon"),
        ({"code": SECOND_GRID, "polygon": square(113.0, 22.9)}, "grid_far_away", "grids.1.polygon"),
        ({"code": FIRST_GRID, "polygon": square(111.01, 22.9)}, "grid_code_taken", "grids.1.code"),
        ({"code": VILLAGE[:9] + "999001", "polygon": square(111.01, 22.9)}, "not_yet", "grids.1.code"),
        (
            {"code": SECOND_GRID, "polygon": square(111.01, 22.9), "valid_from": "2026-03-17"},
            "grid_date_invalid",
            "grids.1.valid_from",
        ),
    ]
    async with door.client(COUNTY_OFFICER) as client:
        for other, code, path in wrong:
            answer = await client.post("/grids/draw", json={"grids": [good, other]})
            [error] = answer.json()["errors"]
            assert (answer.json()["code"], error["code"], error["path"]) == (code, code, path)
        assert (await client.post("/grids/draw", json={"grids": [good]})).status_code == 201
        ending = {"closed_on": "2026-03-16", "successors": [FIRST_GRID, SECOND_GRID]}
        answer = await client.post(f"/grids/{FIRST_GRID}/close", json=ending, headers={"If-Match": '"1"'})
        paths = [error["path"] for error in answer.json()["errors"]]
        assert (answer.json()["code"], paths) == ("grid_successor_unknown", ["successors.0", "successors.1"])
