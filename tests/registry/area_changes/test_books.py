"""Books of villages that have gone over: whoever answers for the successor sets right what happened before the day."""

from tests.registry.area_changes.steps import a_plan, assert_balanced, change, opened, undo, whole
from tests.registry.area_changes.test_api import NEW
from tests.registry.builders import SISTER, VILLAGE
from tests.registry.conftest import Client
from tests.registry.steps import (
    CLERK,
    PERSONS,
    REGISTRAR,
    assert_refused,
    die,
    given,
    life_events,
    move_out,
    person_of,
    register,
    reverse,
)

POSTINGS = "/registry/v1/postings"


async def test_the_clerk_of_the_successor_writes_what_is_late(client_of: Client, county: None) -> None:
    """A death or departure of before the day, and a birth that gets another one."""
    registrar, clerk = client_of(*REGISTRAR), client_of("village_clerk", NEW)
    dead, gone = [(await register(registrar))["id"] for _ in range(2)]
    born = {"entry": "birth", "occurred_on": "2026-03-01", "birth_date": "2026-03-01", "name": "黄小宝"}
    child = (await register(registrar, document=None, **born))["id"]
    plan = a_plan("merge", whole(VILLAGE, NEW), whole(SISTER, NEW), opens=(opened(NEW),))
    given(await change(registrar, plan), 201)
    given(await die(clerk, dead, "2026-03-05"))
    given(await move_out(clerk, gone, "2026-03-06"))
    birth = (await life_events(clerk, child))[0]["id"]
    given(await reverse(clerk, child, birth, corrected_on="2026-02-28"), 201)
    await assert_balanced(client_of, VILLAGE, SISTER, NEW)
    asked = {"area": VILLAGE, "book": "registration", "from": "2026-03-01", "to": "2026-03-31", "elsewhere": "true"}
    assert {one["kind"] for one in given(await registrar.get(POSTINGS, params=asked))["items"]} >= {"death", "out"}


async def test_a_share_is_carried_on_by_those_who_got_it(client_of: Client, county: None) -> None:
    registrar, clerk = client_of(*REGISTRAR), client_of("village_clerk", NEW)
    goes, stays = [(await register(registrar))["id"] for _ in range(2)]
    share = {"to": NEW, "persons": [goes]}
    plan = a_plan("split", {"origin": VILLAGE, "shares": [share]}, opens=(opened(NEW),))
    given(await change(registrar, plan), 201)
    assert (await move_out(clerk, stays, "2026-03-05")).status_code == 404
    given(await move_out(clerk, goes, "2026-03-05"))
    third = (await register(registrar, residence={"area": NEW}, occurred_on="2026-03-11"))["id"]
    assert_refused(await move_out(clerk, third, "2026-03-12"), "book_of_another_place")
    await assert_balanced(client_of, VILLAGE, NEW)


async def test_who_had_left_before_is_found_where_they_were_looked_after(client_of: Client, county: None) -> None:
    """Else whoever tells of it could neither see nor undo it; with the change of areas that is undone as well."""
    registrar, clerk, former = client_of(*REGISTRAR), client_of("village_clerk", NEW), client_of(*CLERK)
    goes = (await register(registrar))["id"]
    share = {"to": NEW, "persons": [goes]}
    plan = a_plan("split", {"origin": VILLAGE, "shares": [share]}, opens=(opened(NEW),))
    made = given(await change(registrar, plan), 201)
    given(await move_out(clerk, goes, "2026-03-05"))
    assert (await former.get(f"{PERSONS}/{goes}")).status_code == 404
    out = (await life_events(clerk, goes))[-1]
    assert [one["area"] for one in (await person_of(clerk, goes))["residence"]] == [VILLAGE]
    given(await reverse(clerk, goes, out["id"]), 201)
    assert [one["area"] for one in (await person_of(clerk, goes))["residence"]] == [VILLAGE, NEW]
    given(await die(clerk, goes, "2026-03-04"))
    assert (await person_of(clerk, goes))["status"] == "deceased"
    given(await undo(registrar, made))
    assert (await clerk.get(f"{PERSONS}/{goes}")).status_code == 404
    assert (await person_of(former, goes))["died_on"] == "2026-03-04"
    await assert_balanced(client_of, VILLAGE)
