"""More than one can look at: a run of a thousand is the largest, and whoever is refused is told how to part it."""

from typing import Any

import pytest
from sqlalchemy import text

from services.services_hall.case_erasures.domain import MOST
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.services_hall.case_erasures.conftest import CLERK, REGISTRAR
from tests.services_hall.conftest import OTHER_VILLAGE, VILLAGE, an_area, refusal

_CASES = text(
    """
    WITH made AS (
      INSERT INTO cases (id, version, number, item_id, item_version, department, category, area, status, submitted_at,
                         submitted_by, refused_at, withdrawn_at, suit_until, promised_days)
      SELECT gen_random_uuid(), 2, :status || :area || n, CAST(:item AS uuid), 1, 'civil_affairs', 'social_assistance',
             :area, :status, :at, 'planted', :at, :at, CAST(:held AS date), 5
      FROM generate_series(1, :many) AS n RETURNING id)
    INSERT INTO applicants (case_id, snapshot, digested) SELECT id, 'sealed'::bytea, true FROM made
    """
)


@pytest.fixture
async def planted(door: Door, item: str, arrivals: Arrivals, committed: Database, clock: FrozenClock) -> Any:
    """Plants so many cases that ended, three years ago, with something sealed of their applicants."""
    await arrivals.take(an_area("450481114"), an_area(VILLAGE), an_area(OTHER_VILLAGE))
    at = clock.now()
    clock.set(at.replace(year=at.year + 6))

    async def plant(many: int, *, area: str = VILLAGE, status: str = "withdrawn", held: str | None = None) -> None:
        async with committed.session() as session:
            from_date = None if held is None else clock.now().date().replace(month=12)
            given = {"item": item, "area": area, "status": status, "many": many, "at": at, "held": from_date}
            await session.execute(_CASES, given)
            await session.commit()

    return plant


async def ask(door: Door, **body: Any) -> Any:
    async with door.client(REGISTRAR) as client:
        return await client.post("/case-erasures", json={"area": "450481", **body})


async def test_a_thousand_are_one_run_and_one_more_is_refused_with_the_way_to_part_it(
    door: Door, planted: Any, committed: Database
) -> None:
    assert MOST == 1_000
    await planted(MOST)
    await planted(1, status="refused")
    answer = await ask(door)
    assert refusal(answer) == (409, "case_erasure_too_large", "一次清除不超过 1000 人次")
    assert "村（社区）" in answer.json()["advice"]
    async with committed.session() as session:
        assert (await session.execute(text("SELECT count(*) FROM case_erasures"))).scalar_one() == 0
    whole = await ask(door, kind="withdrawn")  # as the advice says: by kind
    assert (whole.status_code, whole.json()["outcomes"]) == (201, {"waiting": MOST})
    async with door.client(REGISTRAR) as client:
        report = (await client.get("/due-case-erasures/report", params={"area": "450481"})).json()
    assert report["due"] == MOST + 1


async def test_an_area_that_is_too_large_is_erased_village_by_village(door: Door, planted: Any) -> None:
    await planted(MOST - 1)
    await planted(2, area=OTHER_VILLAGE)
    assert refusal(await ask(door))[1] == "case_erasure_too_large"
    for area, many in ((VILLAGE, MOST - 1), (OTHER_VILLAGE, 2)):
        assert (await ask(door, area=area)).json()["outcomes"] == {"waiting": many}
    async with door.client(CLERK) as client:
        answer = await client.post("/case-erasures", json={"area": VILLAGE})
        assert answer.json()["outcomes"] == {"waiting": MOST - 1}, "a clerk asks for the own village"


async def test_what_is_held_counts_among_a_thousand_only_if_it_could_be_erased(door: Door, planted: Any) -> None:
    """Held by a term to sue: it is listed as due, and keeps nobody from erasing what is not held."""
    await planted(MOST, status="refused", held="suit")
    await planted(3)
    answer = await ask(door)
    assert (answer.status_code, answer.json().get("outcomes")) == (201, {"waiting": 3}), answer.text
