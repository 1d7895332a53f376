"""Matching over HTTP: suggestions with reasons, offers, answers and taking back; figures, lists and scope agree."""

from collections.abc import Mapping
from typing import Any

import pytest
import pytest_asyncio
from httpx import AsyncClient
from sqlalchemy import text

from shared.db.engine import Database
from shared.ledgers.compiler import Ledger
from shared.ledgers.definitions.changes import changes, is_additive
from shared.testing.clock import FrozenClock
from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, a_person
from tests.registry.conftest import Client, Events
from tests.registry.job_matches.labour import API, a_seeker, a_vacancy, definition, offered, opened, publish
from tests.registry.steps import CLERK, NOBODY, PERSONS, given
from tests.shared.ledgers.records.definitions import compiled

SISTER_CLERK, TOWN_OFFICER = ("village_clerk", SISTER), ("town_officer", TOWN)
OFFICER = ("county_officer", COUNTY)


@pytest_asyncio.fixture(loop_scope="session")
async def labour(committed: Database, county: None) -> None:
    """The three ledgers are published as they ship."""
    await publish(committed)


async def vacancies_for(client: AsyncClient, seeker: str, **query: Any) -> dict[str, Any]:
    return given(await client.get(f"{API}/job-seekers/{seeker}/vacancies", params=query))


async def seekers_for(client: AsyncClient, vacancy: str) -> dict[str, Any]:
    return given(await client.get(f"{API}/vacancies/{vacancy}/job-seekers"))


async def answered(client: AsyncClient, offer: Mapping[str, Any], **body: Any) -> dict[str, Any]:
    return given(await client.post(f"{API}/job-offers/{offer['id']}/answer", json=body))


async def undone(client: AsyncClient, offer: Mapping[str, Any], *, status: int = 200) -> dict[str, Any]:
    headers = {"if-match": f'"{offer["version"]}.masked"'}
    answer = await client.post(f"{API}/job-offers/{offer['id']}/undo", json={"reason": "选错"}, headers=headers)
    return given(answer, status)


@pytest.mark.usefixtures("labour")
async def test_vacancies_are_suggested_best_first_with_reasons_and_what_speaks_against(client_of: Client) -> None:
    clerk, sister, far = client_of(*CLERK), client_of(*SISTER_CLERK), client_of("village_clerk", FAR)
    wishes = {"wage_from": 200000, "education": "primary", "hours": "any", "skills": ["guarding"]}
    seeker = await opened(clerk, "job_seekers", a_seeker(**wishes))
    near = await opened(clerk, "vacancies", a_vacancy(wage_from=220000, hours="shifts"))
    town = await opened(sister, "vacancies", a_vacancy(wage_from=220000, hours="shifts"), area=SISTER)
    other = await opened(far, "vacancies", a_vacancy(kind="guarding", wage_from=220000), area=FAR)
    against = await opened(clerk, "vacancies", a_vacancy(education="junior", wage_from=220000, hours="shifts"))
    for not_to_be_had in (
        await opened(clerk, "vacancies", a_vacancy(kind="factory")),
        await opened(clerk, "vacancies", a_vacancy(closes_on="2026-03-10")),
        await opened(clerk, "vacancies", a_vacancy(posts=2, taken=2)),
    ):
        assert not_to_be_had
    found = await vacancies_for(clerk, seeker["id"])
    assert [(one["id"], one["match"]["score"], one["match"]["suitable"]) for one in found["items"]] == [
        (near["id"], 100, True),
        (town["id"], 92, True),
        (other["id"], 24 + 10 + 15 + 15 + 5, True),
        (against["id"], 85, False),
    ]
    [wrong] = [one for one in found["items"][3]["match"]["criteria"] if one["bearing"] == "against"]
    assert (wrong["criterion"], wrong["words"]) == ("education", "学历未达到岗位要求")
    assert all("contact" not in one["values"] for one in found["items"]), "nobody's name"
    assert (await vacancies_for(clerk, seeker["id"], limit=1))["items"] == found["items"][:1]
    body = {"values": {"able": False}}
    headers = {"if-match": "*"}
    path = f"{API}/ledgers/job_seekers/records/{seeker['id']}/correct"
    given(await clerk.post(path, json=body, headers=headers))
    unable = await vacancies_for(clerk, seeker["id"])
    assert (unable["items"], unable["promise"]["within"]) == ([], False)


@pytest.mark.usefixtures("labour")
async def test_seekers_are_suggested_in_scope_alone_masked_and_each_is_noted(
    client_of: Client, committed: Database
) -> None:
    clerk, sister = client_of(*CLERK), client_of(*SISTER_CLERK)
    mine = await opened(clerk, "job_seekers", a_seeker())
    theirs = await opened(sister, "job_seekers", a_seeker(wanted="any"), area=SISTER)
    await opened(clerk, "job_seekers", a_seeker(wanted="factory"))
    vacancy = await opened(clerk, "vacancies", a_vacancy())
    for client, expected in (
        (clerk, [mine["id"]]),
        (sister, [theirs["id"]]),
        (client_of(*TOWN_OFFICER), [mine["id"], theirs["id"]]),
        (client_of("village_clerk", FAR), []),
    ):
        found = await seekers_for(client, vacancy["id"])
        assert [one["seeker"]["id"] for one in found["items"]] == expected
        assert all(one["seeker"]["values"]["name"] == "覃*例" for one in found["items"])
        assert "phone" not in found["values"] or client is clerk
    assert (await sister.get(f"{API}/job-seekers/{mine['id']}/vacancies")).status_code == 404
    assert (await sister.get(f"{API}/job-seekers/{NOBODY}/vacancies")).status_code == 404
    asked = text("SELECT DISTINCT object_id FROM access_log WHERE action = 'suggest_seeker'")
    async with committed.session() as session:
        assert {row.object_id for row in await session.execute(asked)} == {mine["id"], theirs["id"]}


async def test_vacancies_that_the_county_does_not_disclose_are_suggested_in_scope_alone(
    client_of: Client, committed: Database, county: None
) -> None:
    await publish(committed, disclosed=False)
    clerk, sister = client_of(*CLERK), client_of(*SISTER_CLERK)
    seeker = await opened(clerk, "job_seekers", a_seeker())
    mine = await opened(clerk, "vacancies", a_vacancy())
    theirs = await opened(sister, "vacancies", a_vacancy(), area=SISTER)
    assert [one["id"] for one in (await vacancies_for(clerk, seeker["id"]))["items"]] == [mine["id"]]
    assert (await clerk.get(f"{API}/vacancies/{theirs['id']}/job-seekers")).status_code == 404
    body = {"seeker_id": seeker["id"], "vacancy_id": theirs["id"], "number": "TJ-1"}
    assert (await clerk.post(f"{API}/job-offers", json=body)).status_code == 404


@pytest.mark.usefixtures("labour")
async def test_an_age_is_compared_where_the_caller_may_read_the_person(client_of: Client) -> None:
    clerk = client_of(*CLERK)
    old = given(await clerk.post(PERSONS, json=a_person()), 201)["id"]
    child = given(await clerk.post(PERSONS, json=a_person(birth_date="2011-03-02")), 201)["id"]
    seeker = await opened(clerk, "job_seekers", a_seeker(), subject=old)
    young = await opened(clerk, "job_seekers", a_seeker(), subject=child)
    vacancy = await opened(clerk, "vacancies", a_vacancy(age_to=50, age_ground="public_benefit"))
    found = await seekers_for(clerk, vacancy["id"])
    assert [one["seeker"]["id"] for one in found["items"]] == [seeker["id"]], "nobody under sixteen"
    assert found["items"][0]["match"]["criteria"][-1]["bearing"] == "against"
    assert (await vacancies_for(clerk, young["id"]))["items"] == []
    body = {"seeker_id": young["id"], "vacancy_id": vacancy["id"], "number": "TJ-2"}
    refused = await clerk.post(f"{API}/job-offers", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "job_seeker_not_seeking"), "nor offered to"


def seen(ledger: Ledger, state: Mapping[str, Any]) -> set[str]:
    """In which figures of the promise a record counts, as it was announced."""
    counts = {one["indicator"].rpartition(".")[2] for one in state["counts"]}
    return counts & {"promised", "settled"}


async def stands(client: AsyncClient, seeker: str) -> tuple[str, int]:
    """Where a job seeker stands by the record, and how many the list has there; the count says the same."""
    record = given(await client.get(f"{API}/ledgers/job_seekers/records/{seeker}"))
    path, query = f"{API}/ledgers/job_seekers/records", {"status": record["status"]}
    items = given(await client.get(path, params=query))["items"]
    assert given(await client.get(f"{path}/count", params=query))["total"] == len(items)
    return record["status"], len(items)


@pytest.mark.usefixtures("labour")
async def test_who_starts_work_is_placed_and_stands_as_before_if_it_is_taken_back(
    client_of: Client, events: Events
) -> None:
    clerk, ledger = client_of(*CLERK), compiled(definition("job_seekers"))
    seeker = await opened(clerk, "job_seekers", a_seeker())
    path = f"{API}/ledgers/job_seekers/records/{seeker['id']}/steps/begin_training"
    given(await clerk.post(path, json={"values": {"course": "保洁"}}, headers={"if-match": "*"}))
    vacancy = await opened(clerk, "vacancies", a_vacancy())
    offer = await offered(clerk, seeker["id"], vacancy["id"])
    assert (await vacancies_for(clerk, seeker["id"]))["items"] == [], "it is offered already"
    assert (await seekers_for(clerk, vacancy["id"]))["items"] == []
    shown = await answered(clerk, offer, outcome="accepted")
    read = await clerk.get(f"{API}/job-offers/{offer['id']}")
    assert (given(read), read.headers["etag"]) == (shown, '"2.masked"')
    assert (await client_of(*SISTER_CLERK).get(f"{API}/job-offers/{offer['id']}")).status_code == 404
    shown = await answered(clerk, offer, outcome="started", started_on="2026-03-16")
    assert (shown["offer"]["status"], shown["seeker_status"]) == ("started", "placed")
    assert await stands(clerk, seeker["id"]) == ("placed", 1)

    async def figures() -> set[str]:
        [*_, last] = await events("registry.restricted_record.", key=seeker["id"])
        return seen(ledger, last["state"])

    assert await figures() == {"promised", "settled"}
    shown = await undone(clerk, shown["offer"])
    assert (shown["offer"]["status"], shown["seeker_status"]) == ("accepted", "training")
    assert "started_on" not in shown["offer"]["values"]
    assert await stands(clerk, seeker["id"]) == ("training", 1)
    assert await figures() == {"promised", "settled"}, "who is in training is"
    shown = await undone(clerk, shown["offer"])
    assert shown["offer"]["status"] == "offered"
    refused = await undone(clerk, shown["offer"], status=409)
    assert refused["code"] == "job_offer_nothing_to_undo"


@pytest.mark.usefixtures("labour")
async def test_a_placement_of_which_something_followed_is_not_taken_back_by_halves(client_of: Client) -> None:
    clerk = client_of(*CLERK)
    seeker = await opened(clerk, "job_seekers", a_seeker())
    offer = await offered(clerk, seeker["id"], (await opened(clerk, "vacancies", a_vacancy()))["id"])
    shown = await answered(clerk, offer, outcome="started", started_on="2026-03-16")
    path = f"{API}/ledgers/job_seekers/records/{seeker['id']}/steps/lose"
    given(await clerk.post(path, json={"reason": "歇业"}, headers={"if-match": "*"}))
    refused = await undone(clerk, shown["offer"], status=409)
    assert refused["code"] == "job_seeker_moved_on"
    offer = given(await clerk.get(f"{API}/ledgers/job_offers/records/{offer['id']}"))
    assert offer["status"] == "started", "nothing of it was done"


@pytest.mark.usefixtures("labour")
async def test_suitable_offers_that_are_declined_exhaust_the_promise_and_a_clerk_says_who_picks(
    client_of: Client, events: Events
) -> None:
    clerk, ledger = client_of(*CLERK), compiled(definition("job_seekers"))
    seeker = await opened(clerk, "job_seekers", a_seeker())
    promises = []
    for suitable in (True, False, True, None, True):
        offer = await offered(clerk, seeker["id"], (await opened(clerk, "vacancies", a_vacancy()))["id"])
        body = {"outcome": "declined", "declined_for": "distance", "suitable": suitable}
        shown = await answered(clerk, offer, **body)
        promises.append((shown["promise"]["declined"], shown["promise"]["exhausted"]))
    assert promises == [(1, False), (1, False), (2, False), (2, False), (3, True)]
    assert (shown["promise"]["offers"], shown["promise"]["suitable"], shown["promise"]["promised"]) == (5, 4, 3)
    [*_, last] = await events("registry.restricted_record.", key=seeker["id"])
    assert seen(ledger, last["state"]) == {"promised"}, "the clerk decides"
    path = f"{API}/ledgers/job_seekers/records/{seeker['id']}/correct"
    given(await clerk.post(path, json={"values": {"choosy": True}}, headers={"if-match": "*"}))
    [*_, last] = await events("registry.restricted_record.", key=seeker["id"])
    assert seen(ledger, last["state"]) == set()
    assert not (await vacancies_for(clerk, seeker["id"]))["promise"]["within"]
    shown = await undone(clerk, shown["offer"])
    assert (shown["offer"]["status"], shown["promise"]["declined"]) == ("offered", 2)


NEWER = """
    INSERT INTO ledger_records (id, version, ledger, ledger_version, area, status, live, restricted_topic, values,
        entered, limits, opened_by, opened_at, changed_at)
    SELECT CAST('ffffffff' || substr(CAST(gen_random_uuid() AS text), 9) AS uuid), 1, ledger, 1, area, status, true,
        restricted_topic, values || jsonb_build_object('number', 'N' || n), '{}', '[]', 'test', now(), now()
    FROM ledger_records, generate_series(1, 100) n WHERE id = :id
"""


@pytest.mark.usefixtures("labour")
async def test_of_a_village_and_a_trade_the_newest_hundred_are_looked_at(
    client_of: Client, committed: Database
) -> None:
    clerk = client_of(*CLERK)
    seeker = await opened(clerk, "job_seekers", a_seeker(education="primary"))
    best = await opened(clerk, "vacancies", a_vacancy())
    asks = await opened(clerk, "vacancies", a_vacancy(education="bachelor"))
    found = await vacancies_for(clerk, seeker["id"])
    assert [one["id"] for one in found["items"]] == [best["id"], asks["id"]]
    async with committed.session() as session:
        await session.execute(text(NEWER), {"id": asks["id"]})
        await session.commit()
    found = await vacancies_for(clerk, seeker["id"], limit=50)
    kept = {one["id"] for one in found["items"]}
    assert (len(kept), best["id"] in kept) == (50, True), "it is among the newest of its trade"
    async with committed.session() as session:
        await session.execute(text("DELETE FROM ledger_index WHERE field = 'kind' AND ledger = 'vacancies'"))
        await session.commit()
    assert best["id"] not in {one["id"] for one in (await vacancies_for(clerk, seeker["id"], limit=50))["items"]}


@pytest.mark.usefixtures("labour")
async def test_what_a_ledger_asks_is_asked_at_the_body(client_of: Client) -> None:
    clerk = client_of(*CLERK)
    seeker = await opened(clerk, "job_seekers", a_seeker())
    offer = await offered(clerk, seeker["id"], (await opened(clerk, "vacancies", a_vacancy()))["id"])
    for body, path in (
        ({"outcome": "declined", "suitable": True}, "declined_for"),
        ({"outcome": "started"}, "started_on"),
        ({"outcome": "started", "started_on": "2026-03-15"}, "started_on"),  # before it was offered
        ({"outcome": "refused"}, "reason"),
    ):
        answer = await clerk.post(f"{API}/job-offers/{offer['id']}/answer", json=body)
        assert (answer.status_code, [one["path"] for one in answer.json()["errors"]]) == (422, [path])
    assert (await stands(clerk, seeker["id"])) == ("registered", 1)


@pytest.mark.usefixtures("labour")
async def test_who_gets_a_number_that_was_given_back_has_nothing_of_the_other(
    client_of: Client, clock: FrozenClock
) -> None:
    """Numbers stand once among live records: a closed one's is free again, and offers name it still."""
    clerk = client_of(*CLERK)
    values, vacancy = a_seeker(), await opened(clerk, "vacancies", a_vacancy())
    gone = await opened(clerk, "job_seekers", values)
    offer = await offered(clerk, gone["id"], vacancy["id"])
    path = f"{API}/ledgers/job_seekers/records/{gone['id']}/steps/close"
    given(await clerk.post(path, json={"reason": "外出", "values": {}}))
    clock.advance(days=1)
    new = await opened(clerk, "job_seekers", values | {"registered_on": "2026-03-17", "name": "岑示例"})
    found = await vacancies_for(clerk, new["id"])
    assert ([one["id"] for one in found["items"]], found["promise"]["offers"]) == ([vacancy["id"]], 0)
    assert [one["seeker"]["id"] for one in (await seekers_for(clerk, vacancy["id"]))["items"]] == [new["id"]]
    body = {"outcome": "started", "started_on": "2026-03-17"}
    answer = await clerk.post(f"{API}/job-offers/{offer['id']}/answer", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "job_seeker_unknown")
    assert await stands(clerk, new["id"]) == ("registered", 1)
    await offered(clerk, new["id"], vacancy["id"])


@pytest.mark.usefixtures("labour")
async def test_an_offer_is_confirmed_once_for_who_seeks_and_what_is_open(client_of: Client) -> None:
    clerk = client_of(*CLERK)
    seeker = await opened(clerk, "job_seekers", a_seeker())
    vacancy = await opened(clerk, "vacancies", a_vacancy())

    async def code(seeker_id: str, vacancy_id: str, number: str = "TJ-9001") -> str:
        body = {"seeker_id": seeker_id, "vacancy_id": vacancy_id, "number": number}
        return str(given(await clerk.post(f"{API}/job-offers", json=body), 409)["code"])

    offer = await offered(clerk, seeker["id"], vacancy["id"])
    assert offer["values"]["name"] == "覃*例"
    assert await code(seeker["id"], vacancy["id"]) == "job_offer_stands"
    await answered(clerk, offer, outcome="started", started_on="2026-03-16")
    other = await opened(clerk, "vacancies", a_vacancy())
    assert await code(seeker["id"], other["id"]) == "job_seeker_not_seeking"
    seeker = await opened(clerk, "job_seekers", a_seeker())
    path = f"{API}/ledgers/vacancies/records/{other['id']}/steps/withdraw"
    given(await clerk.post(path, json={"reason": "停办"}, headers={"if-match": "*"}))
    assert await code(seeker["id"], other["id"]) == "vacancy_not_open"
    third, fourth = [await opened(clerk, "vacancies", a_vacancy()) for _ in range(2)]
    live = await offered(clerk, seeker["id"], third["id"])
    assert await code(seeker["id"], fourth["id"], live["values"]["number"]) == "record_exists"


def test_the_new_fields_only_add_to_the_ledgers_of_a_county_that_has_them() -> None:
    """A county that published them before takes the new version as it is."""
    for code in ("job_seekers", "job_offers"):
        new = compiled(definition(code)).definition
        lately = {"skills", "education", "wage_from", "hours", "home", "reach", "offers_promised", "suitable"}
        steps = [one for one in new.steps if not one.verb.startswith(("unplace", "accept_again", "unaccept"))]
        steps = [one.model_copy(update={"fills": [f for f in one.fills if f not in lately]}) for one in steps]
        old = new.model_copy(
            update={
                "fields": [one for one in new.fields if one.name not in lately],
                "steps": steps,
                "measures": [one for one in new.measures if one.code != "suitable_declined"],
                "published": [one for one in new.published if one not in lately],
            }
        )
        found = changes(old, new)
        assert found
        assert is_additive(found), [one.path for one in found if not one.additive]
