"""Erasures: who asks, what the law keeps, who decides, and what each service answered."""

import asyncio
from datetime import date

import pytest
from httpx import AsyncClient

from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from tests.registry.bindings.binding import bound
from tests.registry.builders import COUNTY, FAR, TOWN, VILLAGE, a_number
from tests.registry.conftest import Client, Events
from tests.registry.erasures.erasing import (
    ASKER,
    DECIDER,
    ERASURES,
    OTHERS,
    Answers,
    asking,
    erasure_of,
    gone,
    listed,
    order,
    refuse,
    withdraw,
)
from tests.registry.proofs.proving import code_of, prove
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    NOBODY,
    OWN,
    PROOFS,
    REGISTRAR,
    assert_not_found,
    assert_refused,
    die,
    given,
    go_missing,
    last_event,
    move_in,
    move_out,
    person_of,
    proposed,
    register,
    reverse,
    undone,
)


@pytest.fixture
def asker(client_of: Client, county: None) -> AsyncClient:
    role, area, subject = ASKER
    return client_of(role, area, subject=subject)


@pytest.fixture
def decider(client_of: Client, county: None) -> AsyncClient:
    role, area, subject = DECIDER
    return client_of(role, area, subject=subject)


@pytest.fixture
def answers(committed: Database, clock: FrozenClock, crypto: Crypto) -> Answers:
    return Answers(committed, clock, crypto)


async def test_one_asks_and_another_of_the_county_decides(
    asker: AsyncClient, decider: AsyncClient, answers: Answers, events: Events
) -> None:
    person = await gone(asker)
    made = given(await asking(asker, person["id"]), 201)
    assert (made["status"], made["origin"], made["requested_by"]) == ("requested", "officer", "asks")
    assert (made["person"]["name"], made["answers"]) == ("莫*乡", [])
    ordered = given(await order(decider, made))
    assert (ordered["status"], ordered["decided_by"], ordered["version"]) == ("ordered", "decides", 2)
    assert ordered["person"]["name"] == "已清除"
    assert {one["service"]: one["done_at"] is not None for one in ordered["answers"]} == {
        "registry": True,
        **dict.fromkeys(OTHERS, False),
    }
    for service in OTHERS:
        assert (await erasure_of(decider, made))["status"] == "ordered"
        await answers.take(service, made, [person["id"]], records=2)
    done = await erasure_of(asker, made)
    assert (done["status"], done["version"]) == ("done", 5)
    assert [one["counts"] for one in done["answers"] if one["service"] in OTHERS] == [{"records": 2}] * len(OTHERS)
    told = await events("registry.erasure.")
    assert [one["type"].rpartition(".")[2] for one in told] == [
        *("requested", "ordered", "answered", "answered", "completed")
    ]
    assert [one["sequence"] for one in told] == [1, 2, 3, 4, 5]
    assert [one["state"]["persons"] for one in told] == [[], *([person["id"]] for _ in range(4))]


async def test_an_answer_that_comes_again_changes_nothing_and_what_is_kept_is_waited_for(
    asker: AsyncClient, decider: AsyncClient, answers: Answers
) -> None:
    person = await gone(asker)
    made = given(await asking(asker, person["id"]), 201)
    given(await order(decider, made))
    for service in OTHERS:
        waits = service == "services_hall"
        await answers.take(service, made, [person["id"]], done=not waits, **({"kept": 1} if waits else {}))
    waiting = await erasure_of(asker, made)
    assert waiting["status"] == "ordered"
    (hall,) = (one for one in waiting["answers"] if one["service"] == "services_hall")
    assert (hall["done_at"], hall["counts"]) == (None, {"kept": 1})
    await answers.take("services_hall", made, [person["id"]], done=False, kept=1)
    await answers.take("grid", made, [person["id"]], version=2)
    assert (await erasure_of(asker, made))["version"] == waiting["version"]
    await answers.take("services_hall", made, [person["id"]], version=2, applicants=1)
    assert (await erasure_of(asker, made))["status"] == "done"


async def test_whoever_asked_does_not_decide_and_nobody_below_the_county(client_of: Client, asker: AsyncClient) -> None:
    registrar = client_of("county_registrar", COUNTY, subject="asks")
    made = given(await asking(registrar, (await gone(asker))["id"]), 201)
    for decide in (order, refuse):
        assert_refused(await decide(registrar, made), "erasure_four_eyes")
        below = client_of("county_registrar", TOWN, subject="decides")
        assert_refused(await decide(below, made), "forbidden")
        assert_refused(await decide(asker, made), "forbidden")
    assert (await erasure_of(registrar, made))["status"] == "requested"


async def test_the_law_keeps_who_is_in_the_register(asker: AsyncClient, decider: AsyncClient) -> None:
    active, missing = await register(asker), await register(asker)
    given(await go_missing(asker, missing["id"], "2026-03-01"))
    for person in (active, missing):
        assert_refused(await asking(asker, person["id"]), "erasure_kept_by_law")
    left, dead = await register(asker), await register(asker)
    given(await move_out(asker, left["id"], "2026-03-01"))
    given(await die(asker, dead["id"], "2026-03-01"))
    for person, until in ((left, "2031-03-01"), (dead, "2036-03-01")):
        refused = await asking(asker, person["id"])
        assert_refused(refused, "erasure_too_early")
        assert until in refused.json()["detail"]
    back = await gone(asker)
    made = given(await asking(asker, back["id"]), 201)
    given(await move_in(asker, back["id"], "2026-03-02", residence=VILLAGE, registration=VILLAGE))
    assert_refused(await order(decider, made), "erasure_kept_by_law")
    assert (await person_of(asker, back["id"]))["name"] == "莫*乡"


async def test_what_was_entered_by_mistake_is_erased_after_a_year(
    client_of: Client, asker: AsyncClient, decider: AsyncClient, clock: FrozenClock
) -> None:
    person = await register(asker)
    other = client_of("town_officer", TOWN, subject="other")
    await undone(asker, other, person["id"], await last_event(asker, person["id"]))
    assert_refused(await asking(asker, person["id"], "entered_wrongly"), "erasure_too_early")
    clock.advance(days=366)
    given(await order(decider, given(await asking(asker, person["id"], "entered_wrongly"), 201)))


async def test_one_waits_at_a_time_and_is_taken_back_or_refused(asker: AsyncClient, decider: AsyncClient) -> None:
    person = await gone(asker)
    made = given(await asking(asker, person["id"]), 201)
    assert_refused(await asking(decider, person["id"]), "erasure_pending")
    assert given(await withdraw(asker, made))["status"] == "withdrawn"
    for step in (withdraw, order, refuse):
        assert_refused(await step(decider, made), "erasure_decided")
    again = given(await asking(asker, person["id"]), 201)
    refused = given(await refuse(decider, again))
    assert (refused["status"], refused["refusal"], refused["answers"]) == ("refused", "still_needed", [])
    assert (await person_of(asker, person["id"]))["name"] == "莫*乡"
    assert [one["status"] for one in await listed(asker)] == ["refused", "withdrawn"]
    assert await listed(asker, status="done") == []


async def test_it_is_decided_over_the_version_that_was_seen(asker: AsyncClient, decider: AsyncClient) -> None:
    made = given(await asking(asker, (await gone(asker))["id"]), 201)
    assert_refused(await order(decider, made, headers={"if-match": '"2"'}), "version_mismatch")
    given(await order(decider, made, headers={"if-match": '"1"'}))


async def test_of_those_who_decide_at_once_one_does(client_of: Client, asker: AsyncClient, events: Events) -> None:
    made = given(await asking(asker, (await gone(asker))["id"]), 201)
    several = [client_of("county_registrar", COUNTY, subject=f"decides-{n}") for n in range(3)]
    answers = await asyncio.gather(*(order(one, made) for one in several))
    assert sorted(one.status_code for one in answers) == [200, 409, 409]
    assert len(await events("registry.erasure.ordered")) == 1


async def test_it_is_found_where_the_person_belonged_alone(client_of: Client, asker: AsyncClient) -> None:
    person = await gone(asker)
    made = given(await asking(asker, person["id"]), 201)
    far = client_of(*FAR_CLERK)
    assert_not_found(await far.get(f"{ERASURES}/{made['id']}"))
    assert_not_found(await withdraw(far, made))
    assert_not_found(await asking(far, person["id"]))
    assert_not_found(await asking(far, NOBODY))
    assert await listed(far, FAR) == []
    assert_not_found(await order(client_of("county_registrar", FAR), made))


async def test_nothing_of_who_was_erased_changes_any_more(
    client_of: Client, asker: AsyncClient, decider: AsyncClient
) -> None:
    person = await gone(asker)
    given(await order(decider, given(await asking(asker, person["id"]), 201)))
    before = await person_of(asker, person["id"])
    assert (before["name"], before["document_number"], before["phone"], before["address"]) == (
        "已清除",
        None,
        None,
        None,
    )
    id_ = person["id"]
    assert_refused(await move_in(asker, id_, "2026-03-02", residence=VILLAGE, registration=VILLAGE), "person_erased")
    assert_refused(await die(asker, id_, "2026-03-02"), "person_erased")
    assert_refused(await reverse(asker, id_, await last_event(asker, id_)), "person_erased")
    corrected = await asker.post(
        f"/registry/v1/persons/{id_}/correct", json={"phone": "13700000001"}, headers={"if-match": "*"}
    )
    assert_refused(corrected, "person_erased")
    other = await register(asker, document=None, undocumented={"reason": "lost", "due_on": "2026-04-30"})
    pair = await decider.post("/registry/v1/duplicates", json={"first_id": other["id"], "second_id": id_})
    said = {"verdict": "same", "survivor_id": id_}
    assert pair.status_code == 201, pair.text
    decided = await decider.post(f"/registry/v1/duplicates/{pair.json()['id']}/decide", json=said)
    assert decided.status_code in (409, 422), decided.text
    assert_refused(await asking(asker, id_), "person_erased")
    assert await person_of(asker, id_) == before


async def test_whoever_comes_back_is_entered_anew(asker: AsyncClient, decider: AsyncClient) -> None:
    number = a_number(date(1960, 5, 17))
    person = await gone(asker, document={"number": number})
    given(await order(decider, given(await asking(asker, person["id"]), 201)))
    assert (await register(asker, document={"number": number}))["id"] != person["id"]


async def test_a_person_asks_by_the_own_login(client_of: Client, asker: AsyncClient, decider: AsyncClient) -> None:
    mine, person = await bound(client_of, asker, occurred_on="2010-01-01")
    body = {"ground": "consent_withdrawn"}
    assert_refused(await mine.post(f"{OWN}/erasures", json=body), "erasure_kept_by_law")
    given(await move_out(asker, person["id"], "2019-01-01"))
    made = given(await mine.post(f"{OWN}/erasures", json=body), 201)
    assert (made["status"], made["origin"], made["mine"]) == ("requested", "own", True)
    taken = given(await mine.post(f"{OWN}/erasures/{made['id']}/withdraw"))
    assert taken["status"] == "withdrawn"
    made = given(await mine.post(f"{OWN}/erasures", json=body), 201)
    assert [one["id"] for one in given(await mine.get(f"{OWN}/erasures"))["items"]] == [made["id"], taken["id"]]
    officers = given(await asking(asker, (await gone(asker))["id"]), 201)
    assert_not_found(await mine.post(f"{OWN}/erasures/{officers['id']}/withdraw"))
    given(await order(decider, made))
    assert (await mine.get(f"{OWN}/erasures")).json()["code"] == "account_not_bound"


async def test_a_person_asks_at_a_counter(client_of: Client, asker: AsyncClient, decider: AsyncClient) -> None:
    number = a_number(date(1960, 5, 17))
    person = await gone(asker, document={"number": number})
    counter = client_of(*CLERK)
    code = await code_of(asker, person["id"])
    proof = await prove(counter, number, code=code, phone=None, purpose="self", place=VILLAGE)
    body = {"ground": "consent_withdrawn"}
    made = given(await counter.post(f"{PROOFS}/{proof['id']}/erasures", json=body), 201)
    assert (made["status"], made["origin"]) == ("requested", "counter")
    assert given(await order(decider, made))["status"] == "ordered"


async def test_the_merged_go_with_who_goes_on_for_them(
    client_of: Client, asker: AsyncClient, decider: AsyncClient, answers: Answers
) -> None:
    survivor = await register(asker, occurred_on="2010-01-01")
    merged = await register(
        asker,
        occurred_on="2010-01-01",
        name="莫离相",
        document=None,
        undocumented={"reason": "lost", "due_on": "2026-04-30"},
    )
    pair = await proposed(asker, merged["id"], survivor["id"])
    given(await client_of(*REGISTRAR).post(f"/registry/v1/duplicates/{pair['id']}/approve"))
    given(await move_out(asker, survivor["id"], "2019-01-01"))
    assert_refused(await asking(asker, merged["id"]), "person_merged")
    made = given(await order(decider, given(await asking(asker, survivor["id"]), 201)))
    here = next(one for one in made["answers"] if one["service"] == "registry")
    assert here["counts"]["persons"] == 2
    for one in (survivor, merged):
        assert (await person_of(asker, one["id"]))["name"] == "已清除"
    separated = await client_of(*REGISTRAR).post(
        f"/registry/v1/duplicates/{pair['id']}/separate", json={"reason": "wrong_person"}
    )
    assert separated.status_code == 409, separated.text
