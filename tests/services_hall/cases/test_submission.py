"""A case is opened at a counter for the person of a signed extract; and what opens none."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.clock import SHANGHAI
from shared.ids import new_id
from shared.messaging.outbox.position import Position
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from shared.testing.positions import POSITIONS, a_position
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    NOT_FOUND,
    OTHER_VILLAGE,
    VILLAGE,
    Facts,
    Step,
    Submit,
    a_person,
    an_area,
    draft_item,
    fields,
    publish_item,
    publish_version,
    refusal,
)

Extract = Callable[..., str]
NOT_HERE = (409, "item_not_accepted_here", "该事项未发布或不在本级受理")
NO_COUNTER = (422, "unknown_area", "行政区划代码不存在或已撤销")
NOT_YET = (503, "not_yet", "数据尚未同步到位，请稍后重试")


@pytest.fixture
def ask(door: Door, person: UUID, item: str, extract_of: Extract) -> Submit:
    """Asks for a case as the county officer; the answer may be a refusal."""

    async def send(**what_matters: Any) -> httpx.Response:
        place = what_matters.get("area", VILLAGE)
        extract = extract_of(person, place=place if isinstance(place, str) else VILLAGE)
        body = {"item_id": item, "area": VILLAGE, "extract": extract, **what_matters}
        async with door.client(COUNTY_OFFICER) as client:
            return await client.post("/cases", json=body)

    return send


async def test_a_case_is_shown_whole_when_it_is_submitted(ask: Submit, item: str, person: UUID) -> None:
    answer = await ask()
    assert answer.status_code == 201
    case = answer.json()
    assert case == {
        "id": case["id"],
        "version": 1,
        "number": "VILLAGE-CERT-01202603160001",
        "item_id": item,
        "item_version": 1,
        "category": "social_assistance",
        "area": VILLAGE,
        "person_id": str(person),
        "status": "submitted",
        "submitted_at": "2026-03-16T10:00:00+08:00",
        **dict.fromkeys(("received_at", "accepted_at", "refused_at", "decided_at", "granted", "closed_at", "due_on")),
        **dict.fromkeys(("held_area", "held_department", "held_centre", "step", "step_due_on", "notified_at")),
        **dict.fromkeys(("supply_until", "supplied_at", "deliver_by", "review_until", "suit_until", "paused_at")),
        **dict.fromkeys(("delivered_at", "withdrawn_at", "expired_at", "archived_at", "retention", "promised_on")),
        "competent_department": None,
        "deemed": False,
        **dict.fromkeys(("returns", "deferred", "extended_days"), 0),
        "promised_days": 5,
        "due_provisional": False,
        **dict.fromkeys(("remaining_days", "step_remaining_days")),
        "overdue": False,
    }
    assert answer.headers["etag"] == '"1"'
    assert POSITIONS.open(answer.headers["xiangli-position"]) == Position.of([("services_hall.case", case["id"], 1)])


async def test_numbers_count_from_one_for_each_item_on_each_day_in_china(
    door: Door, submit: Submit, clock: FrozenClock
) -> None:
    other = await publish_item(door, "OTHER-01")

    async def number(**what_matters: Any) -> str:
        case = await submit(**what_matters)
        return str(case["number"])

    clock.set(datetime(2026, 3, 16, 23, 59, 59, tzinfo=SHANGHAI))
    assert [await number(), await number()] == ["VILLAGE-CERT-01202603160001", "VILLAGE-CERT-01202603160002"]
    assert await number(item_id=other) == "OTHER-01202603160001"
    clock.advance(seconds=1)  # midnight in China, afternoon in UTC
    assert [await number(), await number()] == ["VILLAGE-CERT-01202603170001", "VILLAGE-CERT-01202603170002"]


async def test_who_is_refused_takes_no_number(ask: Submit, extract_of: Extract) -> None:
    assert refusal(await ask(extract=extract_of(new_id()))) == NOT_YET
    assert (await ask()).json()["number"].endswith("0001")


async def test_a_case_pins_the_newest_version_and_keeps_it(door: Door, submit: Submit, item: str, step: Step) -> None:
    first = await submit()
    await publish_version(door, item, promised_days=1, levels=[12])
    second = await submit()
    assert [(case["item_version"], case["promised_days"]) for case in (first, second)] == [(1, 5), (2, 1)]
    for case, due in ((first, "2026-03-23"), (second, "2026-03-17")):
        await step(case, "receive")
        assert (await step(case, "accept")).json()["due_on"] == due


async def test_an_item_that_was_drafted_only_accepts_no_case(door: Door, ask: Submit) -> None:
    draft = await draft_item(door, "DRAFT")
    assert refusal(await ask(item_id=draft.json()["id"])) == NOT_HERE


@pytest.mark.parametrize(("level", "levels"), [(6, [9, 12]), (9, [6, 12]), (12, [6, 9])])
async def test_an_item_is_accepted_at_its_levels_alone(
    door: Door, ask: Submit, arrivals: Arrivals, level: int, levels: list[int]
) -> None:
    await arrivals.take(an_area("450481"))
    here = await publish_item(door, "HERE", levels=[level])
    elsewhere = await publish_item(door, "ELSEWHERE", levels=levels)
    assert (await ask(item_id=here, area=VILLAGE[:level])).status_code == 201
    assert refusal(await ask(item_id=elsewhere, area=VILLAGE[:level])) == NOT_HERE


async def test_a_counter_is_an_area_in_force_on_the_day(ask: Submit, arrivals: Arrivals, clock: FrozenClock) -> None:
    assert refusal(await ask(area=OTHER_VILLAGE)) == NOT_YET
    lasting = an_area(OTHER_VILLAGE).model_copy(
        update={"valid_from": date(2026, 3, 17), "valid_to": date(2026, 3, 19), "successors": (VILLAGE,)}
    )
    await arrivals.take(lasting)
    assert refusal(await ask(area=OTHER_VILLAGE)) == NO_COUNTER
    seen = []
    for _ in range(4):
        seen.append((await ask(area=OTHER_VILLAGE)).status_code)
        clock.advance(days=1)
    assert seen == [422, 201, 201, 422]  # 16, 17, 18, 19 March: `valid_to` is the day after the last


@pytest.mark.parametrize("area", [OTHER_VILLAGE, "450481113", "450481", "45", "450481999999", "450400"])
async def test_a_counter_outside_ones_area_is_not_found_whether_it_exists_or_not(
    door: Door, person: UUID, item: str, extract_of: Extract, area: str
) -> None:
    async with door.client(CLERK) as client:
        answer = await client.post("/cases", json={"item_id": item, "area": area, "extract": extract_of(person)})
    assert refusal(answer) == NOT_FOUND


async def test_an_unknown_item_is_not_found(ask: Submit) -> None:
    assert refusal(await ask(item_id=str(new_id()))) == NOT_FOUND


async def test_a_person_of_whom_registry_told_nothing_has_no_case_until_it_does(
    ask: Submit, extract_of: Extract, arrivals: Arrivals, facts: Facts
) -> None:
    stranger = new_id()
    extract = extract_of(stranger)
    assert refusal(await ask(extract=extract)) == NOT_YET
    assert await facts("services_hall.case") == []
    await arrivals.take(a_person(stranger))
    case = await ask(extract=extract)
    assert (case.status_code, case.json()["person_id"]) == (201, str(stranger))


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"item_id": "1"}, ("item_id", "uuid_parsing")),
        ({"area": "4504811142"}, ("area", "string_pattern_mismatch")),
        ({"area": 450481114201}, ("area", "string_type")),
        ({"extract": "short"}, ("extract", "string_too_short")),
        ({"extract": "x" * 8193}, ("extract", "string_too_long")),
        ({"extract": 7}, ("extract", "string_type")),
        ({"name": "x"}, ("body", "extra_forbidden")),
    ],
)
async def test_a_body_that_is_refused_names_its_field(
    ask: Submit, change: dict[str, Any], refused: tuple[str, str]
) -> None:
    assert fields(await ask(**change)) == [refused]


async def test_the_same_key_opens_one_case_and_gives_the_same_answer(
    door: Door, person: UUID, item: str, extract_of: Extract, clock: FrozenClock
) -> None:
    body = {"item_id": item, "area": VILLAGE, "extract": extract_of(person)}
    async with door.client(CLERK) as client:
        first = await client.post("/cases", json=body, headers={"Idempotency-Key": "k-1"})
        clock.advance(hours=1)  # the extract is too old by now; the answer was given
        second = await client.post("/cases", json=body, headers={"Idempotency-Key": "k-1"})
        other = await client.post(
            "/cases", json={**body, "extract": extract_of(person)}, headers={"Idempotency-Key": "k-1"}
        )
        count = (await client.get("/cases/count")).json()["count"]
    assert (first.status_code, second.status_code, second.content) == (201, 201, first.content)
    assert second.headers["xiangli-position"] == first.headers["xiangli-position"]
    assert refusal(other) == (422, "idempotency_key_reused", "该提交编号已用于另一项操作")
    assert count == 1


async def test_a_clerk_may_submit_as_soon_as_the_hall_has_seen_the_registration(
    door: Door, person: UUID, item: str, extract_of: Extract
) -> None:
    seen = a_position(("registry.person", str(person), 1))
    body = {"item_id": item, "area": VILLAGE, "extract": extract_of(person)}
    async with door.client(CLERK) as client:
        assert (await client.post("/cases", json=body, params={"min_position": seen})).status_code == 201
        answer = await client.post("/cases", json=body, params={"min_position": "not one of ours"})
    assert refusal(answer) == (422, "invalid_position", "位置标记无效")
