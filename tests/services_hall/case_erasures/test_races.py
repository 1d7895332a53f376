"""Two who decide at once, and what moves while it is decided: on committed connections, exactly one wins."""

import asyncio
from typing import Any

from sqlalchemy import text

from shared.db.engine import Database
from shared.testing.doors import Arrivals, Door, a_principal
from tests.services_hall.case_erasures.conftest import CLERK, REGISTRAR, Bring, sealed
from tests.services_hall.case_erasures.samples import DOCUMENT
from tests.services_hall.case_erasures.test_ordered import an_erasure
from tests.services_hall.case_erasures.test_runs import ask, does
from tests.services_hall.cases.whole import Whole
from tests.services_hall.conftest import COUNTY_OFFICER, refusal

SECOND = a_principal("county_registrar", "450481", subject="second")


async def test_of_two_who_decide_at_once_one_does(typed: Bring, door: Door, committed: Database) -> None:
    case = await typed("withdrawn")
    run = (await ask(door, document=DOCUMENT)).json()
    answers = await asyncio.gather(
        does(door, run, "order"), does(door, run, "refuse", SECOND, reason="dispute"), does(door, run, "order", SECOND)
    )
    codes = sorted(one.status_code for one in answers)
    assert codes == [200, 409, 409]
    (won,) = (one.json() for one in answers if one.status_code == 200)
    assert await sealed(committed, case["id"]) == [won["status"] != "done"]


async def test_a_decision_names_the_version_that_was_seen(typed: Bring, door: Door) -> None:
    await typed("withdrawn")
    run = (await ask(door, document=DOCUMENT)).json()
    async with door.client(REGISTRAR) as client:
        answer = await client.post(f"/case-erasures/{run['id']}/order", headers={"If-Match": '"2"'})
        assert refusal(answer)[:2] == (412, "version_mismatch")
        assert (await client.post(f"/case-erasures/{run['id']}/order", headers={"If-Match": '"1"'})).status_code == 200


async def test_what_is_undone_at_the_same_moment_is_erased_or_goes_on_never_both(
    typed: Bring, whole: Whole, door: Door, committed: Database
) -> None:
    """The run locks the cases that it names: an undo comes before it, and is told, or after it."""
    case = await typed("withdrawn")
    run = (await ask(door, document=DOCUMENT)).json()
    ordered, undone = await asyncio.gather(does(door, run, "order"), whole.ask(case, "undo"))
    assert (ordered.status_code, undone.status_code) == (200, 200)
    (kept,) = await sealed(committed, case["id"])
    assert ordered.json()["outcomes"] == ({"kept_by_law": 1} if kept else {"erased": 1})


async def test_two_runs_that_name_the_same_erase_it_once(typed: Bring, door: Door) -> None:
    await typed("withdrawn")
    first, second = [(await ask(door, document=DOCUMENT)).json() for _ in range(2)]
    answers = await asyncio.gather(does(door, first, "order"), does(door, second, "order", SECOND))
    outcomes = sorted(str(one.json()["outcomes"]) for one in answers)
    assert outcomes == ["{'erased': 1}", "{'erased_before': 1}"]


async def test_an_order_of_the_register_and_a_run_at_once_leave_nothing(
    typed: Bring, whole: Whole, door: Door, arrivals: Arrivals, person: Any, submit: Any, committed: Database
) -> None:
    mine = await typed("withdrawn", {"document_number": "45048119900307019X"})
    known = await whole.do(await submit(), "withdraw")
    run = (await ask(door, document={"type": "citizen_id", "number": "45048119900307019X"})).json()
    assert run["outcomes"] == {"waiting": 2}
    ordered, _ = await asyncio.gather(does(door, run, "order"), arrivals.take(an_erasure(person)))
    assert ordered.status_code == 200
    assert await sealed(committed, mine["id"], known["id"]) == [False, False]
    async with committed.session() as session:
        assert (await session.scalars(text("SELECT count(*) FROM case_digests"))).one() == 0


async def test_who_asks_twice_has_two_runs_and_takes_one_back(typed: Bring, door: Door) -> None:
    await typed("withdrawn")
    first, second = [(await ask(door, document=DOCUMENT)).json() for _ in range(2)]
    assert first["id"] != second["id"]
    both = await asyncio.gather(does(door, first, "withdraw", CLERK), does(door, first, "order"))
    assert sorted(one.status_code for one in both) == [200, 409]
    assert (await does(door, second, "order", COUNTY_OFFICER)).status_code == 403
