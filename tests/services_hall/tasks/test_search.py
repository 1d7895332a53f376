"""Search: by number, applicant, person, item, state and due date; in scope, masked, counted and recorded."""

from typing import Any
from uuid import UUID

import pytest

from services.services_hall.case_erasures.service.ordered import ApplicantErasing
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door
from tests.services_hall.cases.whole import Whole
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    NUMBER,
    OTHER_CLERK,
    a_person,
    fields,
    publish_item,
    refusal,
)
from tests.services_hall.tasks.hands import Bench, in_context

SHOWN = {"document": {"document_type": "citizen_id", "document_number": NUMBER}}
TYPED = {"name": "打字乙某", "document_type": "citizen_id", "document_number": "321083197812162119"}
WRONG = {"document_type": "citizen_id", "document_number": "450481199003070190"}
OF_TYPED = {"document": {key: TYPED[key] for key in ("document_type", "document_number")}}


async def search(bench: Bench, who: Any = COUNTY_OFFICER, **words: Any) -> list[Any]:
    items: list[Any] = (await bench.done("/cases/search", who, purpose="case_handling", **words))["items"]
    return items


async def test_each_word_narrows(whole: Whole, bench: Bench, door: Door, person: UUID) -> None:
    other = await publish_item(door, "OTHER-ITEM")
    first, second = await whole.bring("received"), await whole.bring("in_review")
    typed = await whole._submit(item_id=other, who=COUNTY_OFFICER, extract=None, applicant=TYPED, consent="signed")
    ids = {name: one["id"] for name, one in (("first", first), ("second", second), ("typed", typed))}

    async def found(**words: Any) -> list[str]:
        return [one["id"] for one in await search(bench, **words)]

    assert await found(number=first["number"]) == [ids["first"]]
    assert await found(**SHOWN) == [ids["second"], ids["first"]], "the newest first"
    assert await found(**OF_TYPED) == [ids["typed"]]
    assert await found(person_id=str(person)) == [ids["second"], ids["first"]]
    assert await found(item_id=other) == [ids["typed"]]
    assert await found(status="in_review") == [ids["second"]]
    assert await found(due_from="2026-03-01", due_to="2026-12-31") == [ids["second"]]
    assert await found(due_to="2026-03-18") == []
    assert await found(**SHOWN, status="received", item_id=whole.item) == [ids["first"]]
    assert await found(**SHOWN, item_id=other) == []
    written = {"document_type": "citizen_id", "document_number": f" {NUMBER[:6]} {NUMBER[6:].lower()}"}
    assert await found(document=written) == [ids["second"], ids["first"]], "however it is written"


async def test_somebody_in_a_case_is_found_until_removed(
    whole: Whole, bench: Bench, extract_of: Any, arrivals: Any
) -> None:
    helper = new_id()
    await arrivals.take(a_person(helper))
    case = await whole.bring("received")
    body = {"capacity": "household_member", "extract": extract_of(helper, document_number="321083197812162119")}
    case = await whole.do(case, ("persons", body))
    assert [one["id"] for one in await search(bench, person_id=str(helper))] == [case["id"]]
    assert await search(bench, **OF_TYPED) == [], "by document the applicant is found, and nobody else"
    case = await whole.do(case, "undo")
    assert await search(bench, person_id=str(helper)) == []


async def test_applicants_are_masked_and_nobody_is_found_outside(whole: Whole, bench: Bench) -> None:
    case = await whole.bring("received")
    [shown] = await search(bench, CLERK, **SHOWN)
    assert (shown["applicant_name"], shown["applicant_number"]) == ("测**某", "450481********019X")
    assert shown["number"] == case["number"]
    assert await search(bench, OTHER_CLERK, **SHOWN) == []
    assert await search(bench, OTHER_CLERK, number=case["number"]) == []
    answer = await bench.ask("/cases/search", OTHER_CLERK, purpose="case_handling", area=CLERK.grants[0].area, **SHOWN)
    assert answer.status_code == 404


async def test_pages_follow_one_another(whole: Whole, bench: Bench, door: Door) -> None:
    cases = [await whole.bring("submitted") for _ in range(3)]
    shown: list[str] = []
    cursor = None
    async with door.client(COUNTY_OFFICER) as client:
        for _ in range(3):
            query = {"limit": 1} if cursor is None else {"limit": 1, "cursor": cursor}
            body = {"purpose": "case_handling", **SHOWN}
            page = (await client.post("/cases/search", params=query, json=body)).json()
            shown, cursor = [*shown, *(one["id"] for one in page["items"])], page["next_cursor"]
    assert shown == [case["id"] for case in reversed(cases)]
    assert cursor is None


async def test_every_search_is_recorded_also_one_that_finds_nothing(
    whole: Whole, bench: Bench, door: Door, person: UUID
) -> None:
    await whole.bring("received")
    door.accesses.entries.clear()
    await search(bench, CLERK, **SHOWN)
    [entry] = door.accesses.entries
    assert (entry.action, entry.noun, entry.object_id) == ("search_case", "registry.person", str(person))
    assert (entry.detail, entry.purpose, entry.role) == ("masked", "case_handling", "village_clerk")
    door.accesses.entries.clear()
    await search(bench, OTHER_CLERK, **SHOWN)
    [entry] = door.accesses.entries
    assert (entry.action, entry.object_id, entry.result, entry.detail) == (
        *("search_case", None, "not_found"),
        "existence",
    )


async def test_searches_are_counted(whole: Whole, bench: Bench, door: Door) -> None:
    limit = door.kit.settings.rate_per_minute
    for _ in range(limit):
        assert (await bench.ask("/cases/search", CLERK, purpose="case_handling", **SHOWN)).status_code == 200
    answer = await bench.ask("/cases/search", CLERK, purpose="case_handling", **SHOWN)
    assert refusal(answer)[:2] == (429, "rate_limited")
    assert (await bench.ask("/cases/search", OTHER_CLERK, purpose="case_handling", **SHOWN)).status_code == 200


async def test_who_was_erased_is_found_by_nothing(
    whole: Whole, bench: Bench, person: UUID, committed: Database, clock: FrozenClock, crypto: Crypto
) -> None:
    case = await whole.bring("withdrawn")

    async def erase(context: Any) -> Any:
        return await ApplicantErasing(context).erase([person])

    await in_context(committed, clock, crypto, erase)
    assert await search(bench, **SHOWN) == []
    [shown] = await search(bench, number=case["number"])
    assert (shown["applicant_name"], shown["applicant_number"]) == (None, None)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "search_without_words"),
        (
            {"document": {"document_type": "citizen_id", "document_number": "450481199003070190"}},
            422,
            "invalid_request",
        ),
        ({"status": "lost"}, 422, "invalid_request"),
        ({"number": "x" * 65}, 422, "invalid_request"),
        ({"due_to": "2026-02-30"}, 422, "invalid_request"),
    ],
)
async def test_a_search_says_what_is_wrong_with_it(bench: Bench, body: Any, status: int, code: str) -> None:
    answer = await bench.ask("/cases/search", purpose="case_handling", **body)
    assert refusal(answer)[:2] == (status, code)
    assert "450481199003070190" not in answer.text


async def test_a_wrong_number_is_told_at_its_field(bench: Bench) -> None:
    answer = await bench.ask("/cases/search", purpose="case_handling", document=WRONG)
    assert fields(answer) == [("document.document_number", "checksum")]
