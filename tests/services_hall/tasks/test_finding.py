"""Search: each word against a second computation; scope, departments, masks, purposes, records; wrong words."""

import random
from typing import Any
from uuid import UUID

import pytest

from shared.auth.access_log import Purpose
from shared.auth.principal import Grant, Principal
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door, a_principal
from tests.services_hall.cases.whole import Whole
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    NAME,
    NUMBER,
    OTHER_CLERK,
    OTHER_VILLAGE,
    VILLAGE,
    fields,
    publish_item,
    refusal,
)
from tests.services_hall.tasks.hands import HEALTH, TOWN_OFFICER, Bench

PASSPORT = {"name": "持照丙", "document_type": "passport", "document_number": "E12345678"}
TYPED = {"name": "打字乙某", "document_type": "citizen_id", "document_number": "321083197812162119"}


def shown_by(who: Any) -> dict[str, str]:
    return {key: who[key] for key in ("document_type", "document_number")}


async def found(bench: Bench, who: Principal = COUNTY_OFFICER, **words: Any) -> list[Any]:
    answer = await bench.done("/cases/search", who, **{"purpose": "case_handling", **words})
    items: list[Any] = answer["items"]
    return items


async def cases_of(whole: Whole, door: Door) -> list[Any]:
    """Cases that differ in everything that is searched for."""
    health = await publish_item(door, "HEALTH-ITEM", department="health")
    made = [await whole.bring(status) for status in ("submitted", "accepted", "in_review", "closed")]
    made.append(await whole.bring("accepted", area=OTHER_VILLAGE))
    made.append(await whole.bring("submitted", extract=None, applicant=TYPED, consent="signed"))
    typed: dict[str, Any] = {"extract": None, "consent": "signed", "who": COUNTY_OFFICER, "item_id": health}
    made.append(await whole._submit(applicant=TYPED, **typed))
    made.append(await whole._submit(applicant=PASSPORT, **typed))
    return made


async def test_any_words_find_what_a_second_computation_finds(
    whole: Whole, bench: Bench, door: Door, clock: FrozenClock, person: UUID
) -> None:
    """Drawn by a seed: up to three words at a time, by several callers."""
    made = await cases_of(whole, door)
    applicants = [NUMBER] * 5 + [TYPED["document_number"]] * 2 + [PASSPORT["document_number"]]
    documents = [{"document_type": "citizen_id", "document_number": NUMBER}, shown_by(TYPED), shown_by(PASSPORT)]
    choices: dict[str, list[Any]] = {
        "number": [one["number"] for one in made],
        "document": documents,
        "person_id": [str(person)],
        "item_id": list({one["item_id"] for one in made}),
        "status": ["submitted", "accepted", "closed"],
        "area": [VILLAGE, OTHER_VILLAGE],
    }
    draw, lengths = random.Random(5), set()
    for _ in range(30):
        names = draw.sample(sorted(choices), draw.randint(1, 3))
        if names == ["area"]:
            continue
        words = {name: draw.choice(choices[name]) for name in names}
        who = draw.choice([COUNTY_OFFICER, TOWN_OFFICER, HEALTH])
        wanted = [
            one["id"]
            for one, number in reversed(list(zip(made, applicants, strict=True)))
            if who is not HEALTH or one["item_id"] == made[-1]["item_id"]
            if words.get("number", one["number"]) == one["number"]
            if words.get("document", {"document_number": number})["document_number"] == number
            if "person_id" not in words or number == NUMBER
            if words.get("item_id", one["item_id"]) == one["item_id"]
            if words.get("status", one["status"]) == one["status"]
            if words.get("area", one["area"]) == one["area"]
        ]
        assert [one["id"] for one in await found(bench, who, **words)] == wanted, (who.subject, words)
        lengths.add(len(wanted))
        clock.advance(seconds=30)
    assert len(lengths) > 2


async def test_days_are_inclusive_at_both_ends_and_of_what_runs(whole: Whole, bench: Bench) -> None:
    """Accepted on Monday 2026-03-16 for ten working days: the limit is the 30th; the step of three days the 19th."""
    accepted, reviewed = await whole.bring("accepted"), await whole.bring("in_review")
    assert (accepted["due_on"], reviewed["step_due_on"]) == ("2026-03-30", "2026-03-19")
    days: list[tuple[dict[str, Any], list[Any]]] = [
        ({"due_from": "2026-03-30"}, [reviewed, accepted]),
        ({"due_from": "2026-03-31"}, []),
        ({"due_to": "2026-03-19"}, [reviewed]),
        ({"due_to": "2026-03-18"}, []),
        ({"due_from": "2026-03-19", "due_to": "2026-03-19"}, [reviewed]),
        ({"due_from": "2026-03-20", "due_to": "2026-03-29"}, []),
    ]
    for words, wanted in days:
        assert [one["id"] for one in await found(bench, **words)] == [one["id"] for one in wanted], words


async def test_a_case_is_found_where_it_is_and_where_it_lies_and_not_beside(whole: Whole, bench: Bench) -> None:
    case = await whole.bring("in_review")
    number = {"number": case["number"]}
    at_the_town = a_principal("town_officer", "450481114")
    for who in (CLERK, at_the_town, COUNTY_OFFICER, a_principal("auditor", "450481"), a_principal("agent", VILLAGE)):
        assert [one["id"] for one in await found(bench, who, **number)] == [case["id"]], who
    for who in (OTHER_CLERK, HEALTH, a_principal("town_officer", "450481113"), a_principal("county_officer", "450482")):
        assert await found(bench, who, **number) == [], who
    mixed = Principal("mixed", (Grant("department_officer", "450482", "civil_affairs"), *HEALTH.grants))
    assert await found(bench, mixed, **number) == [], "a grant is judged as a whole"
    for role in ("grid_worker", "county_registrar", "resident", "integrator"):
        answer = await bench.ask("/cases/search", a_principal(role, "450481"), purpose="case_handling", **number)
        assert refusal(answer)[0] == 403, role
    await whole.do(case, "ask-consent")
    assert [one["id"] for one in await found(bench, HEALTH, **number)] == [case["id"]], "it waits for its consent"


async def test_every_answer_is_masked_whatever_the_document(whole: Whole, bench: Bench, door: Door) -> None:
    await cases_of(whole, door)
    told = {
        NUMBER: ("测**某", "450481********019X"),
        TYPED["document_number"]: ("打**某", "321083********2119"),
    }
    for number, (name, masked) in told.items():
        document = {"document_type": "citizen_id", "document_number": number}
        shown = await found(bench, document=document)
        assert {(one["applicant_name"], one["applicant_number"]) for one in shown} == {(name, masked)}
    [shown] = await found(bench, document=shown_by(PASSPORT))
    assert shown["applicant_number"] != PASSPORT["document_number"]
    assert PASSPORT["name"] not in str(shown)
    for who in (COUNTY_OFFICER, a_principal("auditor", "450481")):
        everything = str(await found(bench, who, due_from="2026-01-01")) + str(await found(bench, who, status="closed"))
        assert all(word not in everything for word in (NAME, NUMBER, TYPED["name"], TYPED["document_number"]))


@pytest.mark.parametrize("purpose", sorted(Purpose))
async def test_the_purpose_is_on_record_with_each_case_and_with_none(
    whole: Whole, bench: Bench, purpose: Purpose
) -> None:
    cases = [await whole.bring("submitted") for _ in range(2)]
    entries = bench.door.accesses.entries
    entries.clear()
    await found(bench, CLERK, purpose=str(purpose), status="submitted")
    assert len(entries) == len(cases)
    assert {(one.action, one.purpose, one.detail, one.result) for one in entries} == {
        ("search_case", str(purpose), "masked", "ok")
    }
    entries.clear()
    stranger = str(new_id())
    await found(bench, CLERK, purpose=str(purpose), person_id=stranger, area=VILLAGE)
    assert [(one.noun, one.object_id, one.area, one.result, one.purpose) for one in entries] == [
        ("registry.person", stranger, VILLAGE, "not_found", str(purpose))
    ]
    assert NUMBER not in str([vars(one) if hasattr(one, "__dict__") else one for one in entries])


async def test_no_more_is_recorded_than_a_page_shows(whole: Whole, bench: Bench) -> None:
    for _ in range(3):
        await whole.bring("submitted")
    bench.door.accesses.entries.clear()
    async with bench.door.client(CLERK) as client:
        body = {"purpose": "case_handling", "status": "submitted"}
        page = (await client.post("/cases/search", params={"limit": 2}, json=body)).json()
    assert len(page["items"]) == 2
    assert page["next_cursor"] is not None
    assert len(bench.door.accesses.entries) == 2


async def test_a_search_that_is_refused_costs_a_token_and_minutes_bring_them_back(
    bench: Bench, clock: FrozenClock
) -> None:
    for _ in range(bench.door.kit.settings.rate_per_minute):
        assert (await bench.ask("/cases/search", CLERK, purpose="case_handling")).status_code == 422
    assert refusal(await bench.ask("/cases/search", CLERK, purpose="case_handling", status="draft"))[0] == 429
    assert await found(bench, OTHER_CLERK, status="draft") == [], "each caller has a bucket"
    clock.advance(minutes=1)
    assert await found(bench, CLERK, status="draft") == []


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"purpose": None}, ("purpose", "enum")),
        ({"purpose": "curiosity"}, ("purpose", "enum")),
        ({"area": "4504811"}, ("area", None)),
        ({"number": ""}, ("number", "string_too_short")),
        ({"person_id": NUMBER}, ("person_id", "uuid_parsing")),
        ({"item_id": 7}, ("item_id", None)),
        ({"due_from": "2026-3-1"}, ("due_from", None)),
        ({"document": NUMBER}, ("document", None)),
        ({"document": {"document_type": "citizen_id"}}, ("document.document_number", "missing")),
        ({"document": {"document_type": "diary", "document_number": "1"}}, ("document.document_type", "enum")),
        ({"name": NAME}, ("body", "extra_forbidden")),
    ],
)
async def test_wrong_words_are_told_at_their_field_and_not_repeated(
    bench: Bench, changes: Any, wrong: tuple[str, str | None]
) -> None:
    answer = await bench.ask("/cases/search", **{"purpose": "case_handling", **changes})
    [(path, code)] = fields(answer)
    assert (path, wrong[1] or code) == (wrong[0], code)
    assert all(word not in answer.text for word in (NUMBER, NAME, "curiosity"))


async def test_a_search_for_nothing_is_refused_also_with_an_area(bench: Bench) -> None:
    bodies: list[dict[str, Any]] = [{}, {"area": VILLAGE}]
    for more in bodies:
        answer = await bench.ask("/cases/search", purpose="case_handling", **more)
        assert refusal(answer) == (422, "search_without_words", "请至少填写一项查找条件")
        assert answer.json()["advice"].startswith("请填写编号")
