"""Two clerks marry, divorce or bury the same people in the same moment: on committed connections."""

import asyncio

from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.conftest import Client
from tests.registry.marriages.marrying import (
    a_man,
    a_woman,
    divorce,
    marriages_of,
    married,
    marry,
    take_back,
)
from tests.registry.steps import CLERK, REGISTRAR, REVERSALS, assert_refused, die, given, last_event, reverse


async def test_of_two_who_marry_one_person_at_once_one_does(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    woman = await a_woman(clerk)
    men = [await a_man(clerk, birth_date=f"198{n}-03-02") for n in range(3)]
    answers = await asyncio.gather(
        *(marry(clerk, *pair) for pair in ((men[0], woman), (woman, men[1]), (men[2], woman), (woman,)))
    )
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409], [one.text for one in answers]
    assert len((await marriages_of(clerk, woman))["items"]) == 1


async def test_of_divorce_withdrawal_and_death_all_that_happened_is_consistent(client_of: Client, county: None) -> None:
    """The death is recorded; the marriage ends by it, or has ended before it, or never was."""
    clerk = client_of(*CLERK)
    man, woman = await a_man(clerk), await a_woman(clerk)
    made = await married(clerk, man, woman)
    divorced, withdrawn, death = await asyncio.gather(
        divorce(clerk, made), take_back(clerk, made, "withdraw"), die(clerk, man, "2026-03-05")
    )
    assert death.status_code == 200, death.text
    assert {divorced.status_code, withdrawn.status_code} <= {200, 409}
    (told,) = (await marriages_of(clerk, woman))["items"]
    if withdrawn.status_code == 200:
        assert told["status"] == "withdrawn"
    elif divorced.status_code == 200:
        assert (told["status"], told["ended_on"]) == ("divorced", "2026-03-02")
    else:
        assert (told["status"], told["ended_on"]) == ("widowed", "2026-03-05")
    assert len(told["steps"]) == told["version"]


async def test_a_widow_who_marries_while_the_death_is_taken_back_has_one_spouse(
    client_of: Client, county: None
) -> None:
    clerk, registrar = client_of(*CLERK), client_of(*REGISTRAR, subject="second")
    woman = await a_woman(clerk)
    for turn in range(2):
        man = await a_man(clerk, birth_date=f"197{turn}-03-02")
        other = await a_man(clerk, birth_date=f"198{turn}-03-02")
        first = await married(clerk, man, woman)
        given(await die(clerk, man, "2026-02-20"))
        waiting = given(await reverse(clerk, man, await last_event(clerk, man)), 201)
        approved, second = await asyncio.gather(
            registrar.post(f"{REVERSALS}/{waiting['id']}/approve"), marry(clerk, woman, other, married_on="2026-03-01")
        )
        assert sorted((approved.status_code, second.status_code)) in ([200, 409], [201, 409]), approved.text
        standing = [one for one in (await marriages_of(clerk, woman))["items"] if one["status"] == "married"]
        assert len(standing) == 1
        for one in (first, *([second.json()] if second.status_code == 201 else [])):
            given(await take_back(clerk, one, "withdraw"))


async def test_whoever_marries_waits_for_an_earlier_marriage_that_is_about_to_stand_again(
    client_of: Client, county: None, committed: Database
) -> None:
    clerk = client_of(*CLERK)
    man, woman, other = await a_man(clerk), await a_woman(clerk), await a_man(clerk, birth_date="1985-03-02")
    first = await married(clerk, man, woman)
    given(await divorce(clerk, first))
    async with committed.session() as session:
        await session.execute(text("SELECT 1 FROM marriages FOR UPDATE"))
        second = asyncio.create_task(marry(clerk, woman, other, married_on="2026-03-10"))
        async with committed.session() as look:
            while not second.done() and not await look.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                await look.rollback()
        again = "UPDATE marriages SET status = 'married', divorced_on = NULL, ended_on = NULL, version = version + 1"
        await session.execute(text(again))
        await session.commit()
    assert_refused(await second, "married_already")
