"""Many at once on committed connections: a number once, a version once, and refusals that name why."""

import asyncio

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.builders import FAR, a_number, a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    PERSONS,
    REGISTRAR,
    TAKEN,
    assert_refused,
    correct,
    given,
    person_of,
    register,
    start_tag,
)


@pytest.mark.usefixtures("unguarded")
async def test_two_people_are_corrected_to_the_same_number_and_one_wins(
    client_of: Client, county: None, events: Events
) -> None:
    client, number = client_of(*CLERK), a_number()
    people = [await register(client) for _ in range(4)]
    answers = await asyncio.gather(*(correct(client, one, document={"number": number}) for one in people))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    for one in answers:
        if one.status_code == 409:
            assert_refused(one, "person_already_registered", TAKEN)
    assert len(await events("registry.person.corrected")) == 1
    search = {"document_number": number, "purpose": "verification"}
    (found,) = given(await client.post(f"{PERSONS}/search", json=search))["items"]
    assert found["version"] == 2


@pytest.mark.usefixtures("unguarded")
async def test_a_number_that_is_registered_and_corrected_to_at_once_belongs_to_one(
    client_of: Client, county: None
) -> None:
    client, sent = client_of(*CLERK), a_person()
    person = await register(client)
    answers = await asyncio.gather(client.post(PERSONS, json=sent), correct(client, person, document=sent["document"]))
    assert sorted(one.is_success for one in answers) == [False, True]
    (lost,) = [one for one in answers if not one.is_success]
    assert_refused(lost, "person_already_registered", TAKEN)


async def test_two_who_want_each_others_number_keep_their_own(client_of: Client, county: None) -> None:
    """It is taken for both, and neither waits for ever for the other to let go."""
    client = client_of(*CLERK)
    sent = [a_person() for _ in range(2)]
    people = [given(await client.post(PERSONS, json=one), 201) for one in sent]
    answers = await asyncio.gather(
        correct(client, people[0], document=sent[1]["document"]),
        correct(client, people[1], document=sent[0]["document"]),
    )
    assert {one.status_code for one in answers} <= {409, 503}
    for person, one in zip(people, sent, strict=True):
        search = {"document_number": one["document"]["number"], "purpose": "verification"}
        found = given(await client.post(f"{PERSONS}/search", json=search))["items"]
        assert [who["id"] for who in found] == [person["id"]]


@pytest.mark.usefixtures("unguarded")
async def test_corrections_of_one_version_and_a_tag_at_once(client_of: Client, county: None, events: Events) -> None:
    """The tag says of its person what the last version says."""
    client = client_of(*REGISTRAR)
    person = await register(client, document={"type": "passport", "number": "E12345678"})
    tag = await start_tag(client, person["id"], "elder_alone")
    answers = await asyncio.gather(
        *(correct(client, person, birth_date=f"195{n}-01-01") for n in range(4)),
        client.post(f"{PERSONS}/{person['id']}/tags", json={"code": "disabled", "started_on": "2026-03-01"}),
    )
    assert sorted(one.status_code for one in answers) == [200, 201, 412, 412, 412]
    month = (await person_of(client, person["id"]))["birth_month"]
    for id_ in (tag["id"], answers[-1].json()["id"]):
        facts = await events("registry.tag.", id_)
        assert facts[-1]["state"]["birth_month"] == month
        assert [one["sequence"] for one in facts] == list(range(1, len(facts) + 1))


async def test_two_clerks_register_the_same_number_and_one_wins(
    client_of: Client, county: None, events: Events
) -> None:
    person = a_person()
    other = {**person, "residence": {"area": FAR}, "registration": {"area": FAR}}
    answers = await asyncio.gather(
        *(client_of(*CLERK).post(PERSONS, json=person) for _ in range(4)),
        *(client_of(*FAR_CLERK).post(PERSONS, json=other) for _ in range(4)),
    )
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
    assert len(await events("registry.person.")) == 1
    assert len(await events("registry.posting.")) == 2


async def test_the_access_log_takes_back_what_lost_a_race(client_of: Client, county: None, committed: Database) -> None:
    """Whose rows the group refused had been noted as registered: whoever reads on finds that it was only tried."""
    person = a_person()
    await asyncio.gather(*(client_of(*CLERK).post(PERSONS, json=person) for _ in range(8)))
    async with committed.session() as session:
        noted = await session.execute(
            text("SELECT object_id, array_agg(result) FROM access_log WHERE detail = 'write' GROUP BY object_id")
        )
        known = set(await session.scalars(text("SELECT id::text FROM persons")))
    results = {id_: set(found) for id_, found in noted.tuples()}
    assert len(results) > 1, "nobody lost"
    for id_, found in results.items():
        assert ("refused" in found) is (id_ not in known), found


async def test_two_corrections_of_one_version_and_one_wins(client_of: Client, county: None, events: Events) -> None:
    made = await register(client_of(*CLERK))
    answers = await asyncio.gather(
        *(
            client_of(*CLERK).post(
                f"{PERSONS}/{made['id']}/correct", json={"phone": f"1380774801{n}"}, headers={"if-match": '"1"'}
            )
            for n in range(4)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    assert len(await events("registry.person.corrected")) == 1
