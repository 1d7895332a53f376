"""Reversals over HTTP: a life event is taken back with all that it changed, by two people where it must be."""

from collections import Counter

import pytest

from tests.registry.builders import COUNTY, FAR, OTHER_TOWN, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    BALANCES,
    CLERK,
    FAR_CLERK,
    NOBODY,
    PERSONS,
    REGISTRAR,
    REVERSALS,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    be_found,
    die,
    given,
    go_missing,
    last_event,
    life_events,
    move_in,
    move_out,
    person_of,
    register,
    reverse,
    start_tag,
    undone,
)

OFFICER = ("town_officer", TOWN)


async def net(events: Events) -> Counter[tuple[str, str, str, str]]:
    """What all lines add up to, by book, kind, village and day; what adds up to nothing is left out."""
    lines: Counter[tuple[str, str, str, str]] = Counter()
    for one in await events("registry.posting."):
        state = one["state"]
        lines[state["book"], state["kind"], state["area"], state["occurred_on"]] += state["amount"]
    return Counter({line: amount for line, amount in lines.items() if amount})


async def assert_balanced(client_of: Client, *areas: str) -> None:
    for area in areas:
        for book in ("residence", "registration"):
            asked = {"area": area, "book": book, "from": "2026-01-01", "to": "2026-03-16"}
            stated = given(await client_of(*REGISTRAR).get(BALANCES, params=asked))
            assert stated["closing"] == stated["stock"], (area, book)


def as_before(person: Json) -> Json:
    return {name: value for name, value in person.items() if name != "version"}


async def test_a_wrong_move_out_is_taken_back_by_its_own_clerk(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*CLERK)
    before = await register(client)
    lines = await net(events)
    given(await move_out(client, before["id"], "2026-03-01"))
    made = given(await reverse(client, before["id"], await last_event(client, before["id"])), 201)
    assert (made["status"], made["kind"], made["reason"]) == ("done", "move_out", "not_happened")
    after = await person_of(client, before["id"])
    assert as_before(after) == as_before(before)
    assert (await net(events)) == lines
    reversals = [one["state"] for one in await events("registry.posting.") if one["state"]["reverses"]]
    assert [(one["kind"], one["amount"]) for one in reversals] == [("out", 1), ("out", 1)]
    (told,) = await events("registry.person.event_reversed", before["id"])
    assert (told["event_id"], told["state"]["version"]) == (made["event_id"], after["version"])
    await assert_balanced(client_of, VILLAGE, COUNTY)


async def test_the_wrong_person_told_dead_lives_again_when_a_second_person_approves(
    client_of: Client, county: None, events: Events
) -> None:
    clerk, officer = client_of(*CLERK, subject="clerk"), client_of(*OFFICER, subject="officer")
    before = await register(clerk)
    care = await start_tag(clerk, before["id"], "elder_alone", "2026-02-01")
    given(await die(clerk, before["id"], "2026-03-01"))
    made = given(await reverse(clerk, before["id"], await last_event(clerk, before["id"]), note="与同名邻居混淆"), 201)
    assert (made["status"], made["note"], made["requested_by"]) == ("requested", "与同名邻居混淆", "clerk")
    assert (await person_of(clerk, before["id"]))["status"] == "deceased", "nothing has happened yet"
    own = client_of(*OFFICER, subject="clerk")
    assert_refused(await own.post(f"{REVERSALS}/{made['id']}/approve"), "reversal_four_eyes")
    (waiting,) = await all_pages(officer, REVERSALS, area=VILLAGE, status="requested")
    assert (waiting["id"], waiting["note"]) == (made["id"], None)
    done = given(await officer.post(f"{REVERSALS}/{made['id']}/approve"))
    assert (done["status"], done["decided_by"]) == ("done", "officer")
    assert as_before(await person_of(clerk, before["id"])) == as_before(before)
    (tag,) = given(await clerk.get(f"{PERSONS}/{before['id']}/tags"))["items"]
    assert (tag["id"], tag["ended_on"]) == (care["id"], None)
    assert [one["type"].rpartition(".")[2] for one in await events("registry.tag.", care["id"])] == [
        "started",
        "ended",
        "reopened",
    ]
    assert_refused(await officer.post(f"{REVERSALS}/{made['id']}/approve"), "reversal_decided")
    assert await all_pages(officer, REVERSALS, area=VILLAGE, status="requested") == []
    await assert_balanced(client_of, VILLAGE, COUNTY)


async def test_a_request_is_refused_or_withdrawn_and_may_be_made_again(client_of: Client, county: None) -> None:
    clerk, officer = client_of(*CLERK, subject="clerk"), client_of(*OFFICER, subject="officer")
    person = (await register(clerk))["id"]
    given(await die(clerk, person, "2026-03-01"))
    death = await last_event(clerk, person)
    first = given(await reverse(clerk, person, death), 201)
    assert_refused(await reverse(clerk, person, death), "reversal_pending")
    refused = given(await officer.post(f"{REVERSALS}/{first['id']}/refuse", json={"note": "医院证明属实"}))
    assert (refused["status"], refused["answer"], refused["decided_by"]) == ("refused", "医院证明属实", "officer")
    assert_refused(await clerk.post(f"{REVERSALS}/{first['id']}/withdraw"), "reversal_decided")
    second = given(await reverse(clerk, person, death), 201)
    withdrawn = given(await clerk.post(f"{REVERSALS}/{second['id']}/withdraw"))
    assert withdrawn["status"] == "withdrawn"
    assert (await person_of(clerk, person))["status"] == "deceased"
    third = given(await reverse(clerk, person, death), 201)
    given(await officer.post(f"{REVERSALS}/{third['id']}/approve"))
    assert_refused(await reverse(clerk, person, death), "event_reversed")
    told = {one["id"]: one["status"] for one in await all_pages(clerk, REVERSALS, area=VILLAGE)}
    assert told == {first["id"]: "refused", second["id"]: "withdrawn", third["id"]: "done"}
    for status, count in ((None, 3), ("done", 1), ("requested", 0)):
        params = {"area": VILLAGE, **({"status": status} if status else {})}
        assert given(await clerk.get(f"{REVERSALS}/count", params=params))["count"] == count


async def test_later_events_that_rest_on_it_are_named_and_nothing_happens(
    client_of: Client, county: None, events: Events
) -> None:
    client, other = client_of(*REGISTRAR, subject="one"), client_of(*REGISTRAR, subject="two")
    person = (await register(client))["id"]
    given(await move_out(client, person, "2026-02-01"))
    given(await move_in(client, person, "2026-02-20", residence=VILLAGE, registration=VILLAGE))
    given(await move_out(client, person, "2026-03-01", books=["residence"]))
    _, first, back, _ = await life_events(client, person)
    before = await events()
    answer = await reverse(client, person, first["id"])
    # he would be back although he never left; his second leaving stands by itself
    path = f"life_events.{back['id']}"
    assert_refused(answer, "event_rested_on", [(path, "move_in")])
    assert answer.json()["errors"][0]["message"] == "2026-02-20迁入"
    assert await events() == before
    # in any order that stays consistent: the last, the one before, the first
    for event in reversed((await life_events(client, person))[1:]):
        await undone(client, other, person, event["id"])
    assert (await person_of(client, person))["status"] == "active"
    await assert_balanced(client_of, VILLAGE, COUNTY)


async def test_the_day_of_a_newborn_is_corrected(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*CLERK)
    born = await register(
        client, entry="birth", occurred_on="2026-03-10", birth_date="2026-03-10", name="覃小宝", document=None
    )
    event = await last_event(client, born["id"])
    made = given(await reverse(client, born["id"], event, reason="wrong_day", corrected_on="2026-03-09"), 201)
    assert (made["status"], made["corrected_on"]) == ("done", "2026-03-09")
    full = {"view": "full", "purpose": "verification"}
    after = given(await client_of(*REGISTRAR).get(f"{PERSONS}/{born['id']}", params=full))
    assert (after["birth_date"], after["residence"][0]["start"]) == ("2026-03-09", "2026-03-09")
    first, second = await life_events(client, born["id"])
    assert (first["stands"], first["replaced_by"], first["occurred_on"]) == (False, second["id"], "2026-03-10")
    assert (second["stands"], second["id"], second["occurred_on"]) == (True, made["replaced_by"], "2026-03-09")
    assert set(await net(events)) == {
        ("residence", "birth", VILLAGE, "2026-03-09"),
        ("registration", "birth", VILLAGE, "2026-03-09"),
    }
    (told,) = await events("registry.person.event_redated", born["id"])
    assert told["event_id"] == second["id"]
    assert_refused(await reverse(client, born["id"], event, corrected_on="2026-03-08"), "event_reversed")
    for day, code in (("2026-03-09", "same_day"), ("2026-03-17", "event_in_future")):
        assert_refused(await reverse(client, born["id"], second["id"], corrected_on=day), code)
    given(await move_out(client, born["id"], "2026-03-12"))
    answer = await reverse(client, born["id"], second["id"], corrected_on="2026-03-13")
    leaving = await last_event(client, born["id"])
    assert_refused(answer, "event_rested_on", [(f"life_events.{leaving}", "move_out")])
    await assert_balanced(client_of, VILLAGE)


async def test_a_number_says_another_day_of_birth(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    born = await register(client, entry="birth", occurred_on="2026-03-10", birth_date="2026-03-10", name="覃小宝")
    event = await last_event(client, born["id"])
    answer = await reverse(client, born["id"], event, corrected_on="2026-03-09")
    assert_refused(answer, "number_disagrees", [("corrected_on", "number_disagrees")])


async def test_nobody_is_found_before_going_missing(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    person = (await register(client))["id"]
    given(await go_missing(client, person, "2026-03-05"))
    given(await be_found(client, person, "2026-03-10"))
    answer = await reverse(client, person, await last_event(client, person), corrected_on="2026-03-04")
    assert_refused(answer, "person_not_missing")
    assert (await person_of(client, person))["status"] == "active"


async def test_an_entry_is_taken_back_and_nobody_is_left(client_of: Client, county: None, events: Events) -> None:
    clerk, officer = client_of(*CLERK, subject="clerk"), client_of(*OFFICER, subject="officer")
    person = (await register(clerk))["id"]
    tag = await start_tag(clerk, person, "elder_alone", "2026-02-01")
    done = await undone(clerk, officer, person, await last_event(clerk, person))
    assert done["status"] == "done"
    shown = await person_of(clerk, person)
    assert (shown["status"], shown["residence"], shown["registration"]) == ("annulled", [], [])
    assert await net(events) == Counter()
    (ended,) = await events("registry.tag.ended", tag["id"])
    assert ended["state"]["ended_on"] == "2026-02-01"
    listed = {status: await all_pages(clerk, PERSONS, area=VILLAGE, status=status) for status in ("active", "annulled")}
    assert ([one["id"] for one in listed["annulled"]], listed["active"]) == ([person], [])
    assert_refused(await die(clerk, person, "2026-03-01"), "event_out_of_order")
    answer = await clerk.post(f"{PERSONS}/{person}/tags", json={"code": "disabled", "started_on": "2026-02-01"})
    assert_refused(answer, "person_not_active")
    await assert_balanced(client_of, VILLAGE, COUNTY)
    given(await move_in(clerk, person, "2026-03-01", residence=VILLAGE, registration=VILLAGE))
    assert (await person_of(clerk, person))["status"] == "active"


async def test_what_was_entered_from_outside_is_taken_back_from_outside(
    client_of: Client, county: None, events: Events
) -> None:
    """The clerk of the village where somebody is told to live now ends the residence before; and gives it back."""
    registrar, far = client_of(*REGISTRAR), client_of(*FAR_CLERK)
    person = (await register(registrar, registration={"area": FAR}, residence={"area": VILLAGE}))["id"]
    lines = await net(events)
    given(await move_in(far, person, "2026-03-01", residence=FAR))
    given(await reverse(far, person, await last_event(far, person)), 201)
    assert await net(events) == lines
    shown = given(await registrar.get("/registry/v1/postings", params=_book(VILLAGE)))["items"]
    assert [(one["kind"], one["amount"], one["elsewhere"]) for one in shown][1:] == [
        ("transfer_out", -1, True),
        ("transfer_out", 1, True),
    ]
    given(await move_in(registrar, person, "2026-03-02", residence=SISTER))
    answer = await reverse(far, person, await last_event(registrar, person))
    assert_refused(answer, "book_of_another_place")


def _book(area: str) -> Json:
    return {"area": area, "book": "residence", "from": "2026-03-01", "to": "2026-03-31"}


async def test_nobody_elsewhere_reads_takes_back_or_decides(client_of: Client, county: None, events: Events) -> None:
    clerk = client_of(*CLERK, subject="clerk")
    person = (await register(clerk))["id"]
    event = await last_event(clerk, person)
    made = given(await reverse(clerk, person, event), 201)
    before = await events()
    stranger, officer = client_of(*FAR_CLERK), client_of("town_officer", FAR[:9])
    for asked in (made["id"], NOBODY):
        assert_not_found(await stranger.get(f"{REVERSALS}/{asked}"))
        assert_not_found(await stranger.post(f"{REVERSALS}/{asked}/withdraw"))
        assert_not_found(await officer.post(f"{REVERSALS}/{asked}/approve"))
        assert_not_found(await officer.post(f"{REVERSALS}/{asked}/refuse", json={"note": "已核实"}))
    assert_not_found(await reverse(stranger, person, event))
    assert_not_found(await stranger.get(f"{PERSONS}/{person}/life-events"))
    assert_not_found(await stranger.get(REVERSALS, params={"area": VILLAGE}))
    assert_not_found(await reverse(clerk, person, NOBODY))
    assert await all_pages(stranger, REVERSALS, area=FAR) == []
    assert await events() == before
    assert_refused(await clerk.post(f"{REVERSALS}/{made['id']}/approve"), "forbidden")


async def test_every_look_and_step_is_in_the_access_log(client_of: Client, county: None) -> None:
    clerk, officer = client_of(*CLERK, subject="clerk"), client_of(*OFFICER, subject="officer")
    person = (await register(clerk))["id"]
    made = given(await reverse(clerk, person, await last_event(clerk, person)), 201)
    given(await clerk.get(f"{REVERSALS}/{made['id']}"))
    await all_pages(officer, REVERSALS, area=VILLAGE)
    given(await officer.post(f"{REVERSALS}/{made['id']}/refuse", json={"note": "已核实"}))
    told = [one["action"] for one in await all_pages(client_of(*REGISTRAR), f"{PERSONS}/{person}/accesses")]
    wanted = ["refuse_reversal", "list_reversals", "read_reversal", "reverse", "read_life_events", "register"]
    assert told == wanted


@pytest.mark.parametrize("what", [{"note": "莫大山误报"}, {"note": "450481********"}])
async def test_what_is_said_for_it_is_sealed_and_told_to_nobody(
    client_of: Client, county: None, events: Events, what: Json
) -> None:
    clerk = client_of(*CLERK)
    person = (await register(clerk))["id"]
    made = given(await reverse(clerk, person, await last_event(clerk, person), **what), 201)
    assert given(await clerk.get(f"{REVERSALS}/{made['id']}"))["note"] == what["note"]
    assert what["note"] not in str(await events())


async def test_a_death_that_a_village_entered_is_not_taken_back_from_another(client_of: Client, county: None) -> None:
    """Told by one village of both books, it may be taken back there; the other one answers for its own book alone."""
    person = (await register(client_of(*REGISTRAR), registration={"area": FAR}))["id"]
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK)
    given(await die(clerk, person, "2026-03-01"))
    death = await last_event(clerk, person)
    made = given(await reverse(far, person, death), 201)
    officer = client_of("town_officer", OTHER_TOWN, subject="elsewhere")
    assert_refused(await officer.post(f"{REVERSALS}/{made['id']}/approve"), "book_of_another_place")
    given(await client_of("town_officer", TOWN, subject="here").post(f"{REVERSALS}/{made['id']}/approve"))
    assert (await person_of(clerk, person))["status"] == "active"
