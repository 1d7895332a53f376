"""Races on committed connections: one set of a kind for an area, one dissolution; changes of areas and sets wait."""

from asyncio import create_task, gather

from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.area_sets.forming import AREA_SETS, a_set, form, stepped
from tests.registry.builders import SISTER, VILLAGE
from tests.registry.conftest import Client
from tests.registry.steps import REGISTRAR, given


async def test_of_several_who_form_a_set_of_one_village_at_once_one_wins(client_of: Client, county: None) -> None:
    names = ("甲", "乙", "丙")
    answers = await gather(
        *(client_of(*REGISTRAR).post(AREA_SETS, json=a_set(VILLAGE, name=f"{name}社区")) for name in names)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"area_set_member_taken"}


async def test_of_two_who_dissolve_it_at_once_one_wins(client_of: Client, county: None) -> None:
    made = await form(client_of(*REGISTRAR))
    ends = (stepped(client_of(*REGISTRAR), made, "dissolve", dissolved_on=f"2026-03-0{day}") for day in (2, 3))
    assert sorted(answer.status_code for answer in await gather(*ends)) == [200, 409]
    assert given(await client_of(*REGISTRAR).get(f"{AREA_SETS}/{made['id']}"))["version"] == 2


async def test_an_undo_waits_for_a_change_of_areas_before_it_locks_a_set(
    client_of: Client, county: None, committed: Database
) -> None:
    """A change locks areas, then sets; an undo asks for the areas that it brings back."""
    made = await form(client_of(*REGISTRAR))
    given(await stepped(client_of(*REGISTRAR), made, "change-members", on="2026-02-02", leaves=[SISTER]))
    async with committed.session() as change, committed.session() as look:
        await change.execute(text("SELECT FROM areas WHERE code = :code FOR UPDATE"), {"code": SISTER})
        later = create_task(stepped(client_of(*REGISTRAR), made, "undo"))
        while not later.done() and not await look.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            await look.rollback()
        await change.execute(text("SELECT FROM area_sets FOR UPDATE NOWAIT"))
        await change.rollback()
        assert given(await later)["members"] == made["members"]
