"""What lists of residents promise to auditors and to who is asked about: paid, noted, judged by the grants of now."""

from httpx import AsyncClient
from sqlalchemy import text

from services.registry.persons.service.questions import BUCKET
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from tests.registry.builders import FAR, SISTER, VILLAGE, a_person
from tests.registry.conftest import Client
from tests.registry.person_imports.conftest import IMPORTS, Lists, figures
from tests.registry.person_imports.lists import Listing, a_household
from tests.registry.steps import FAR_CLERK, PERSONS, REGISTRAR, given, last_event, undone

UNKNOWN = {"number": "", "no_document": "证件遗失", "due_on": "2026-09-01", "household": "", "relation": ""}


async def test_each_refused_number_is_paid_for_and_noted_where_it_is_held(
    lists: Lists, client_of: Client, officer: AsyncClient, committed: Database
) -> None:
    made = Listing(a_household(1, 900))
    there = {"residence": {"area": FAR}, "registration": {"area": FAR}}
    head = made.rows[0]
    body = a_person(name="莫大山", sex="1", birth_date=head["birth_date"], document={"number": head["number"]}, **there)
    held = given(await client_of(*FAR_CLERK).post(PERSONS, json=body), 201)["id"]
    assert figures(await lists.taken(made.data()))[5] == 1
    async with committed.session() as session:
        paid = text("SELECT count(*) FROM rate_buckets WHERE name = :bucket AND caller = 'importer'")
        assert await session.scalar(paid, {"bucket": BUCKET}) == 1
        asked = text("SELECT result FROM access_log WHERE subject = 'importer' AND object_id = :id")
        assert list(await session.scalars(asked, {"id": held})) == ["refused"]


async def test_whose_number_is_compared_is_noted(lists: Lists, committed: Database) -> None:
    made = Listing(a_household(1, 900))
    await lists.taken(made.data())
    noted = text("SELECT count(*) FROM access_log WHERE subject = 'importer' AND action = 'import' AND noun = :noun")
    async with committed.session() as session:
        before = await session.scalar(noted, {"noun": "registry.person"}) or 0
    await lists.checked(made.data())
    async with committed.session() as session:
        assert await session.scalar(noted, {"noun": "registry.person"}) == before + 3


async def test_report_confirmation_and_commit_ask_for_the_grants_of_now(lists: Lists, client_of: Client) -> None:
    row = a_household(1, 900)[0] | UNKNOWN
    checked = await lists.checked(Listing([dict(row), dict(row)]).data())
    moved = client_of("village_clerk", FAR, subject="importer")
    path = f"{IMPORTS}/{checked['id']}"
    assert (await moved.get(f"{path}/report")).status_code == 404
    assert (await moved.post(f"{path}/confirm", json={"rows": [3]})).status_code == 404
    assert (await moved.post(f"{path}/commit")).status_code == 404


async def test_a_confirmation_does_not_hold_for_somebody_who_came_since(lists: Lists, officer: AsyncClient) -> None:
    row = a_household(1, 900)[0] | UNKNOWN
    same = {"name": row["name"], "sex": "1", "birth_date": row["birth_date"]}
    known = a_household(1, 900)[0]["number"]
    given(await officer.post(PERSONS, json=a_person(**same, document={"number": known})), 201)
    checked = await lists.checked(Listing([row]).data())
    given(await officer.post(f"{IMPORTS}/{checked['id']}/confirm", json={"rows": [2]}))
    other = a_household(1, 950)[0]["number"]
    given(await officer.post(PERSONS, json=a_person(**same, document={"number": other})), 201)
    done = await lists.committed(checked)
    assert figures(done)[3:] == (0, 0, 1)
    assert await lists.findings(done) == [(2, "C", "possible_duplicate")]


async def test_whose_entry_was_taken_back_is_no_longer_there_already(lists: Lists, client_of: Client) -> None:
    """Without a number the row is entered again, once confirmed; with one, what was annulled holds the number still."""
    rows = [a_household(1, 900)[0] | UNKNOWN, a_household(2, 930)[0] | {"household": "", "relation": ""}]
    made = Listing(rows).data()
    assert figures(await lists.taken(made))[3:] == (2, 0, 0)
    first, second = client_of(*REGISTRAR, subject="first"), client_of(*REGISTRAR, subject="second")
    for person in given(await first.get(PERSONS, params={"area": VILLAGE}))["items"]:
        await undone(first, second, person["id"], await last_event(first, person["id"]))
    again = await lists.checked(made)
    assert await lists.findings(again) == [(2, "C", "possible_duplicate"), (3, "D", "not_active_in_register")]
    given(await lists.client.post(f"{IMPORTS}/{again['id']}/confirm", json={"rows": [2]}))
    assert figures(await lists.committed(again))[3:] == (1, 0, 0)
    assert [one["status"] for one in given(await first.get(PERSONS, params={"area": VILLAGE}))["items"]] == ["active"]


async def test_rows_are_taken_in_by_the_grants_of_the_commit(lists: Lists, client_of: Client) -> None:
    rows = [a_household(1, 900)[0], a_household(2, 930)[0] | {"residence": SISTER, "registration": SISTER}]
    checked = await lists.checked(Listing(rows).data())
    assert figures(checked)[1:3] == (2, 0)
    clerk = Lists(client_of("village_clerk", VILLAGE, subject="importer"), lists.work)
    assert figures(await clerk.committed(checked))[3:] == (1, 0, 1)


async def test_what_was_right_when_it_was_checked_is_judged_again_on_the_day_on_which_it_is_taken_in(
    lists: Lists, clock: FrozenClock
) -> None:
    head = a_household(1, 900)[0] | UNKNOWN | {"due_on": "2026-03-20"}
    rows = [head, a_household(2, 930)[0] | {"household": "", "relation": ""}]
    checked = await lists.checked(Listing(rows).data())
    assert figures(checked)[1:3] == (2, 0)
    clock.advance(days=10)
    done = await lists.committed(checked)
    assert figures(done)[3:] == (1, 0, 1)
    assert [row for row, _, _ in await lists.findings(done)] == [2]
