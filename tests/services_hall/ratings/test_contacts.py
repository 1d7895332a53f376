"""Contacts of each kind, levels, silence, links of other contacts, ratings that were taken back, and restatement."""

from typing import Any
from uuid import UUID

import pytest

from services.services_hall.ratings.domain import parts_of, token_of
from services.services_hall.ratings.service.ratings import restate
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import a_principal
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    NOT_FOUND,
    OTHER_CLERK,
    OTHER_VILLAGE,
    VILLAGE,
    CaseIn,
    Facts,
    Step,
    fields,
    refusal,
)
from tests.services_hall.ratings.hands import CALLER, FIXER, REMARK, Rated

NOT_YET = (409, "rating_contact_not_yet", "办件尚未到此评价环节")
GIVEN = (409, "rating_given", "此次办事已经评价")
OVER = (409, "rating_link_over", "评价链接已失效")
DELIVERED = {"way": "counter", "recipient": "applicant", "received_on": "2026-03-16"}
CONTACTS: dict[str, set[str]] = {
    "submitted": set(),
    "withdrawn": set(),
    "received": {"receipt"},
    "accepted": {"receipt"},
    "refused": {"receipt", "refusal"},
    "decided": {"receipt"},
    "closed": {"receipt", "closing"},
    "delivered": {"receipt", "closing", "delivery"},
}
"""Which contacts have been when a case stands somewhere, restated by hand."""
EVERY = ("receipt", "refusal", "closing", "delivery")


async def brought(case_in: CaseIn, step: Step, status: str) -> Any:
    if status != "delivered":
        return await case_in(status)
    answer = await step(await case_in("closed"), "deliver", **DELIVERED)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("status", CONTACTS)
async def test_each_contact_is_rated_once_it_was_and_not_before(
    rated: Rated, case_in: CaseIn, step: Step, status: str
) -> None:
    case = await brought(case_in, step, status)
    for level, contact in enumerate(EVERY, 2):
        link = await rated.ask(f"/cases/{case['id']}/rating-links", COUNTY_OFFICER, contact=contact)
        said = {"contact": contact, "channel": "phone", "level": level}
        if contact not in CONTACTS[status]:
            assert refusal(link) == NOT_YET, contact
            assert refusal(await rated.ask(f"/cases/{case['id']}/ratings", CALLER, **said)) == NOT_YET, contact
            continue
        assert link.status_code == 201, link.text
        assert (link.json()["contact"], link.json()["ends_at"][:10]) == (contact, "2026-04-15")
        await rated.done("/contact-ratings", token=link.json()["token"], level=level)
        assert refusal(await rated.ask(f"/cases/{case['id']}/ratings", CALLER, **said)) == GIVEN, contact
    shown = {(one["contact"], one["level"]) for one in await rated.listed("ratings")}
    assert shown == {(one, EVERY.index(one) + 2) for one in CONTACTS[status]}
    for contact in EVERY:
        assert len(await rated.listed("ratings", contact=contact)) == (contact in CONTACTS[status])


async def test_each_level_counts_and_the_two_lowest_alone_open_something(rated: Rated, facts: Facts) -> None:
    for level in range(1, 6):
        rating = await rated.rate(level)
        opened = [one for one in await rated.listed("rectifications") if one["rating_id"] == rating["id"]]
        assert (len(opened) == 1) is (level <= 2), level
        assert all((one["area"], one["department"]) == (VILLAGE, "civil_affairs") for one in opened)
    told = await facts("services_hall.rating")
    assert sorted(one.state.level for one in told) == [1, 2, 3, 4, 5]


async def test_silence_is_told_to_nobody_and_has_no_level(rated: Rated, facts: Facts, clock: FrozenClock) -> None:
    """Of four cases that were closed two are rated: the others are in no list, no count and no fact."""
    for level in (5, None, 2, None):
        _, token = await rated.link()
        if level is not None:
            await rated.done("/contact-ratings", token=token, level=level)
    clock.advance(days=31)
    assert [one["level"] for one in await rated.listed("ratings")] == [2, 5]
    assert [one.state.level for one in await facts("services_hall.rating")] == [5, 2]
    closed = [one for one in await facts("services_hall.case") if type(one).__name__ == "CaseClosed"]
    assert len(closed) == 4


async def test_a_link_rates_the_contact_for_which_it_was_made_and_no_other(rated: Rated) -> None:
    case, of_receipt = await rated.link("receipt")
    _, of_closing = await rated.link("closing", case=case)
    _, of_another = await rated.link("closing")
    tokens = [parts_of(one) for one in (of_receipt, of_closing, of_another)]
    for one in tokens:
        for other in tokens:
            assert one is not None
            assert other is not None
            if one == other:
                continue
            mixed = token_of(one[0], one[1], other[2])
            for path in ("", "/look", "/withdraw"):
                body: dict[str, Any] = {"level": 1} if path == "" else {}
                assert refusal(await rated.ask(f"/contact-ratings{path}", token=mixed, **body)) == NOT_FOUND
    await rated.done("/contact-ratings", token=of_receipt, level=2)
    assert (await rated.done("/contact-ratings/look", token=of_closing))["level"] is None
    assert [one["contact"] for one in await rated.listed("ratings")] == ["receipt"]


async def test_a_link_that_is_renewed_serves_alone_also_after_a_rating_was_taken_back(rated: Rated) -> None:
    case, first = await rated.link()
    await rated.done("/contact-ratings", token=first, level=3)
    await rated.done("/contact-ratings/withdraw", token=first)
    _, second = await rated.link(case=case)
    assert first != second
    assert refusal(await rated.ask("/contact-ratings", token=first, level=5)) == OVER
    await rated.done("/contact-ratings", token=second, level=4)
    assert [(one["level"], one["status"]) for one in await rated.listed("ratings", status="valid")] == [(4, "valid")]
    assert [one["level"] for one in await rated.listed("ratings", status="withdrawn")] == [3]


async def test_what_was_entered_is_not_shown_nor_taken_back_by_a_link(rated: Rated) -> None:
    case, token = await rated.link()
    await rated.done(f"/cases/{case['id']}/ratings", CALLER, contact="closing", channel="letter", level=2)
    assert (await rated.done("/contact-ratings/look", token=token))["level"] is None
    assert refusal(await rated.ask("/contact-ratings/withdraw", token=token)) == NOT_FOUND
    assert refusal(await rated.ask("/contact-ratings", token=token, level=5)) == GIVEN
    assert [one["status"] for one in await rated.listed("ratings")] == ["valid"]


async def test_a_closing_that_is_undone_keeps_its_rating_and_is_not_rated_twice(
    rated: Rated, step: Step, facts: Facts
) -> None:
    case, token = await rated.link()
    await rated.done("/contact-ratings", token=token, level=1)
    headers = {"If-Match": f'"{case["version"]}"'}
    case = (await step(case, "undo", headers=headers, reason="wrong_entry")).json()
    assert case["status"] == "decided"
    assert [(one["level"], one["status"]) for one in await rated.listed("ratings")] == [(1, "valid")]
    [row] = await rated.listed("rectifications")
    assert (row["status"], (await rated.step(row, "attempt"))["attempts"]) == ("open", 1)
    assert refusal(await rated.ask("/contact-ratings/look", token=token)) == NOT_YET
    assert [type(one).__name__ for one in await facts("services_hall.rating")] == ["RatingGiven"]
    assert (await step(case, "close")).status_code == 200
    again = await rated.ask(f"/cases/{case['id']}/rating-links", COUNTY_OFFICER, contact="closing")
    assert refusal(again) == GIVEN, "one rating for each contact"
    assert (await rated.done("/contact-ratings/look", token=token))["level"] == 1


async def test_who_took_any_step_enters_nothing_and_everybody_else_at_the_counter_may(
    rated: Rated, case_in: CaseIn, step: Step
) -> None:
    case = await case_in("accepted")
    helper = a_principal("village_clerk", VILLAGE, "helped-once")
    assert (await step(case, "decide", helper, granted=True)).status_code == 403, "a refused step is none"
    decider = a_principal("town_officer", VILLAGE[:9], "decided")
    assert (await step(case, "decide", decider, granted=True)).status_code == 200
    path = f"/cases/{case['id']}/ratings"
    said = {"contact": "receipt", "channel": "phone", "level": 3}
    for handler in (CLERK, COUNTY_OFFICER, decider):
        answer = await rated.ask(path, handler, **said)
        assert refusal(answer) == (403, "rating_by_handler", "经办人不得登记或撤回对自己经办办件的评价")
        assert answer.json()["advice"].startswith("请由其他人员登记")
    others = [a_principal(role, "450481", f"{role}-other") for role in ("department_officer", "county_officer")]
    for who in (helper, *others):
        made = await rated.done(path, who, **said)
        assert (made["entered_by"], made["area"]) == (who.subject, VILLAGE)
        taken = await rated.done(f"/ratings/{made['id']}/take-back", who, version=made["version"])
        assert (taken["status"], taken["version"]) == ("withdrawn", 2)
    for role in ("auditor", "agent", "resident"):
        assert (await rated.ask(path, a_principal(role, "450481"), **said)).status_code == 403, role
    assert refusal(await rated.ask(path, OTHER_CLERK, **said)) == NOT_FOUND


async def test_low_ones_that_were_entered_wrong_take_their_rectification_along(rated: Rated) -> None:
    case = await rated.case_in("closed")
    path = f"/cases/{case['id']}/ratings"
    made = await rated.done(path, CALLER, contact="closing", channel="phone", level=1)
    [row] = await rated.listed("rectifications")
    await rated.step(row, "call-back", FIXER, outcome="confirmed")
    answer = await rated.ask(f"/ratings/{made['id']}/take-back", CALLER)
    assert refusal(answer) == (409, "rating_followed", "该评价已开始整改，不能撤回")
    back = await rated.step(row, "undo", FIXER, version=2)
    assert back["status"] == "open"
    assert (await rated.done(f"/ratings/{made['id']}/take-back", CALLER))["status"] == "withdrawn"
    assert [one["status"] for one in await rated.listed("rectifications")] == ["withdrawn"]
    await rated.done(path, CALLER, contact="closing", channel="phone", level=1)
    assert [one["status"] for one in await rated.listed("rectifications")] == ["open", "withdrawn"]


async def test_ratings_are_read_where_the_counter_is_by_its_department(rated: Rated) -> None:
    rating = await rated.rate(2, remark=REMARK)
    may = [CLERK, a_principal("town_officer", VILLAGE[:9]), COUNTY_OFFICER, a_principal("auditor", "450481")]
    may.append(a_principal("department_officer", "450481", None, "civil_affairs"))
    for who in may:
        assert [one["id"] for one in await rated.listed("ratings", who)] == [rating["id"]], who
        assert (await rated.get(f"/ratings/{rating['id']}", who))["remark"] == REMARK
    for who in (OTHER_CLERK, a_principal("department_officer", "450481", None, "health")):
        assert await rated.listed("ratings", who) == []
        async with rated.door.client(who) as client:
            assert refusal(await client.get(f"/ratings/{rating['id']}")) == NOT_FOUND
            assert refusal(await client.get(f"/ratings/{new_id()}")) == NOT_FOUND
    assert await rated.listed("ratings", COUNTY_OFFICER, area=OTHER_VILLAGE) == []


async def test_counts_equal_lists_for_every_filter(rated: Rated, clock: FrozenClock) -> None:
    """Every combination, computed a second time from the list of everything."""
    for number, level in enumerate((5, 2, 1)):
        case, token = await rated.link()
        await rated.done("/contact-ratings", token=token, level=level)
        said = {"contact": "receipt", "channel": ("phone", "letter")[number % 2], "level": 6 - level}
        made = await rated.done(f"/cases/{case['id']}/ratings", CALLER, **said)
        if number == 0:
            await rated.done(f"/ratings/{made['id']}/take-back", CALLER)
    everything = await rated.listed("ratings")
    assert len(everything) == 6
    seen = set()
    for status in (None, "valid", "withdrawn"):
        for channel in (None, "link", "phone"):
            for contact in (None, "closing"):
                for low in (False, True):
                    asked = {"status": status, "channel": channel, "contact": contact}
                    query: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
                    narrowed: dict[str, Any] = {"low": True} if low else {}
                    shown = await rated.listed("ratings", **query, **narrowed)
                    same = {"status": "status", "channel": "channel_used", "contact": "contact"}
                    wanted = [
                        one["id"]
                        for one in everything
                        if all(one[same[name]] == value for name, value in query.items())
                        and (not low or one["level"] <= 2)
                    ]
                    assert [one["id"] for one in shown] == wanted, (query, low)
                    seen.add(len(wanted))
    assert len(seen) > 3, "lists of several lengths"


async def test_pages_of_ratings_follow_one_another(rated: Rated) -> None:
    made = [(await rated.rate(level))["id"] for level in (5, 4, 3)]
    shown: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        query: dict[str, Any] = {"limit": 1} if cursor is None else {"limit": 1, "cursor": cursor}
        page = await rated.get("/ratings", **query)
        shown, cursor = [*shown, *(one["id"] for one in page["items"])], page["next_cursor"]
    assert (shown, cursor) == (made[::-1], None)


async def test_restated_ratings_equal_what_was_told_last(rated: Rated, committed: Database, facts: Facts) -> None:
    for level in (1, 4):
        _, token = await rated.link()
        await rated.done("/contact-ratings", token=token, level=level, remark=REMARK)
        await rated.done("/contact-ratings/withdraw", token=token)
        await rated.done("/contact-ratings", token=token, level=6 - level)
    last: dict[UUID, Any] = {one.state.id: one.state for one in await facts("services_hall.rating")}
    restated: list[Any] = []
    async with committed.session() as session:
        while page := await restate(session, str(restated[-1].id) if restated else None, 3):
            restated += [one.state for one in page]
    assert restated == [last[one] for one in sorted(last)]
    assert [one.status.value for one in restated].count("withdrawn") == 2
    assert REMARK not in "".join(one.model_dump_json() for one in restated)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"channel": "sms"}, ("channel", "enum")),
        ({"channel": None}, ("channel", "enum")),
        ({"contact": "phone"}, ("contact", "enum")),
        ({"level": 0}, ("level", "greater_than_equal")),
        ({"level": 2.5}, ("level", "int_type")),
        ({"level": True}, ("level", "int_type")),
        ({"remark": ""}, ("remark", "string_too_short")),
        ({"reasons": "slow"}, ("reasons", "list_type")),
        ({"reasons": ["slow", "fees", "slow"]}, ("reasons", "repeated")),
        ({"entered_by": "somebody"}, ("body", "extra_forbidden")),
    ],
)
async def test_a_wrong_entry_is_told_at_its_field(rated: Rated, changes: Any, wrong: tuple[str, str]) -> None:
    body = {"contact": "closing", "channel": "phone", "level": 4, **changes}
    answer = await rated.ask(f"/cases/{new_id()}/ratings", CALLER, **body)
    assert fields(answer) == [wrong]
    assert all(one["message"] for one in answer.json()["errors"])


@pytest.mark.parametrize("body", [{"token": ""}, {"token": "x" * 65}, {"token": None}, {"token": 7}, {"code": "x"}])
@pytest.mark.parametrize("path", ["look", "withdraw"])
async def test_what_is_no_token_is_told_at_its_field(rated: Rated, path: str, body: Any) -> None:
    answer = await rated.ask(f"/contact-ratings/{path}", **body)
    assert {one[0] for one in fields(answer)} <= {"token", "body"}
    assert "x" * 65 not in answer.text
