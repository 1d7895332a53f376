"""Lists of residents against who would learn more from them than the list says, or take in what was not looked at."""

import asyncio

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from shared.imports import work
from shared.testing.clock import FrozenClock
from tests.registry.area_changes.steps import a_plan, change, whole
from tests.registry.builders import SISTER, VILLAGE, a_person
from tests.registry.conftest import Client
from tests.registry.person_exports.test_exporting import exported, table
from tests.registry.person_imports.conftest import IMPORTS, Lists, Work, figures
from tests.registry.person_imports.lists import Listing, a_household, a_list
from tests.registry.steps import PERSONS, REGISTRAR, given

WAITING = text(
    "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
    " WHERE NOT l.granted AND a.datname = current_database()"
)


async def waiting(database: Database) -> int:
    """How many wait for a lock, as who has just come sees it."""
    async with database.session() as session:
        return await session.scalar(WAITING) or 0


@pytest.mark.parametrize("right", [False, True])
async def test_a_number_is_one_guess_a_table_at_what_is_sealed(lists: Lists, right: bool) -> None:
    """Rows below the first of a number are told as such, whether or not they are what the register holds."""
    family = a_household(1, 900)
    await lists.taken(Listing(family).data())
    head = family[0]
    guesses = [head | {"phone": f"1390000{at:04d}", "household": "", "relation": ""} for at in range(4)]
    if right:
        guesses[2] |= {"phone": head["phone"], "address": head["address"]}
    checked = await lists.checked(Listing([*family, *guesses]).data())
    assert await lists.findings(checked) == [(row, "D", "duplicate") for row in (5, 6, 7, 8)]
    assert (checked["unchanged"], checked["wrong"]) == (3, 4)


async def test_nor_is_a_delivered_row_told_among_rows_of_its_number(lists: Lists) -> None:
    alone = a_household(1, 900)[0] | {"household": "", "relation": ""}
    await lists.taken(Listing([alone]).data())
    checked = await lists.checked(Listing([alone | {"phone": "13900000001"}, alone]).data())
    assert await lists.findings(checked) == [(2, "H", "differs_from_register"), (3, "D", "duplicate")]
    assert checked["unchanged"] == 0


async def test_a_table_of_which_not_all_that_is_wrong_is_kept_is_not_taken_in(
    lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "MAX_FINDINGS", 3)
    made = a_list(30, wrong=4)
    checked = await lists.checked(made.data())
    assert (checked["findings"], len(await lists.findings(checked))) == (4, 3)
    answer = await lists.client.post(f"{IMPORTS}/{checked['id']}/commit")
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_findings")
    monkeypatch.setattr(work, "MAX_FINDINGS", 4)
    assert figures(await lists.taken(made.data()))[0] == "done"


async def test_grants_open_through_the_tree_for_long_work_as_over_http(
    client_of: Client, county: None, do_work: Work, clock: FrozenClock
) -> None:
    """The clerk of a village that was merged into another one imports into that, and takes out of it."""
    given(await change(client_of(*REGISTRAR), a_plan("merge", whole(SISTER, VILLAGE))), 201)
    clock.advance(minutes=1)  # the tree may be some seconds old
    clerk = client_of("village_clerk", SISTER, subject="importer")
    done = await Lists(clerk, do_work).taken(Listing(a_household(1, 900)).data())
    assert figures(done) == ("done", 3, 0, 3, 0, 0)
    _, data = await exported(clerk, do_work, VILLAGE)
    assert len(await table(data)) == 3


@pytest.mark.parametrize(
    ("first", "second"), [("commit", "commit"), ("commit", "confirm"), ("cancel", "commit"), ("cancel", "confirm")]
)
async def test_of_two_at_once_the_second_is_judged_by_what_the_first_has_made(
    lists: Lists, committed: Database, first: str, second: str
) -> None:
    """Both have read the import when they come to its lock."""
    unknown = {"number": "", "no_document": "证件遗失", "due_on": "2026-09-01", "household": "", "relation": ""}
    row = a_household(1, 900)[0] | unknown
    checked = await lists.checked(Listing([dict(row), dict(row)]).data())
    bodies = {"confirm": {"rows": [3]}, "commit": None, "cancel": None}
    locked = text("SELECT 1 FROM imports FOR UPDATE")
    asked = []
    async with asyncio.timeout(60), committed.session() as session:
        await session.execute(locked)
        for number, word in enumerate((first, second), 1):
            path = f"{IMPORTS}/{checked['id']}/{word}"
            asked.append(asyncio.create_task(lists.client.post(path, json=bodies[word])))
            while await waiting(committed) < number:
                assert not asked[-1].done(), asked[-1].result().text
                await asyncio.sleep(0.02)
        await session.commit()
    answers = [(answer.status_code, answer.json().get("code")) for answer in await asyncio.gather(*asked)]
    assert answers == [(200, None), (409, "import_status")]
    await lists.work()
    done = await lists.seen(checked)
    assert (done["status"], done["taken"]) == (("done", 1) if first == "commit" else ("cancelled", 0))


async def test_no_cell_is_longer_than_what_may_be_sent_of_a_person(lists: Lists) -> None:
    """Neither is it registered, nor does one row keep the worker for minutes: readings of a name take its square."""
    row = a_household(1, 900)[0] | {"household": "", "relation": ""}
    long = {"name": "示" * 40_000, "address": "村" * 201, "number": "1" * 65, "household": "1" * 201}
    rows = [row | {code: text} for code, text in long.items()]
    checked = await lists.checked(Listing(rows).data())
    assert await lists.findings(checked) == [
        (2, "C", "too_long"),
        (3, "I", "too_long"),
        (4, "D", "too_long"),
        (5, "A", "too_long"),
    ]
    body = a_person(name="示" * 201)
    assert (await lists.client.post(PERSONS, json=body)).status_code == 422


async def test_nor_is_a_phone_or_an_address_guessed_by_likeness(lists: Lists) -> None:
    """A name and a village tell a clerk nothing new; with the phone they would be somebody alike."""
    head = a_household(1, 900)[0] | {"household": "", "relation": ""}
    await lists.taken(Listing([head]).data())
    unknown = {"number": "", "no_document": "证件遗失", "due_on": "2026-09-01"}
    born = [f"1971-01-{day:02d}" for day in range(1, 5)]
    guesses = [head | unknown | {"birth_date": day, "phone": f"1390000{at:04d}"} for at, day in enumerate(born)]
    guesses[2] |= {"phone": head["phone"], "address": head["address"]}
    checked = await lists.checked(Listing(guesses).data())
    assert await lists.findings(checked) == []
    assert await lists.findings(await lists.checked(Listing([head | unknown]).data())) == [
        (2, "C", "possible_duplicate")
    ]
