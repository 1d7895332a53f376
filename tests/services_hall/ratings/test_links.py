"""Signed links: one for each contact, unforgeable, ending, not enumerable, counted, without a word about anybody."""

import base64
from asyncio import gather
from typing import Any

import pytest

from services.services_hall.ratings.api import PER_MINUTE
from services.services_hall.ratings.domain import MILESTONES, parts_of, token_of
from services.services_hall.ratings.schemas.page import PAGE, POLICY
from shared.contracts.services_hall.ratings import RatingContact
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door, a_principal
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    NAME,
    NOT_FOUND,
    NUMBER,
    OTHER_CLERK,
    CaseIn,
    Step,
    fields,
    refusal,
)
from tests.services_hall.ratings.hands import Rated

OVER = (409, "rating_link_over", "评价链接已失效")
GIVEN = (409, "rating_given", "此次办事已经评价")


async def test_a_link_rates_its_contact_once(rated: Rated) -> None:
    case, token = await rated.link()
    told = await rated.done("/contact-ratings/look", token=token)
    assert (told["item"], told["contact"], told["contact_name"], told["level"]) == ("居住证明", "closing", "办结", None)
    receipt = await rated.done("/contact-ratings", token=token, level=4, remark="很好")
    assert (receipt["level"], receipt["status"], receipt["rated_on"]) == (4, "valid", "2026-03-16")
    assert refusal(await rated.ask("/contact-ratings", token=token, level=1)) == GIVEN
    assert (await rated.done("/contact-ratings/look", token=token))["level"] == 4
    again = await rated.ask(f"/cases/{case['id']}/rating-links", COUNTY_OFFICER, contact="closing")
    assert refusal(again) == GIVEN
    [rating] = await rated.listed("ratings")
    assert (rating["channel_used"], rating["entered_by"], rating["contact_on"]) == ("link", None, "2026-03-16")


async def test_of_two_who_rate_at_once_by_one_link_one_is_heard(rated: Rated) -> None:
    _, token = await rated.link()
    answers = await gather(*(rated.ask("/contact-ratings", token=token, level=level) for level in (1, 5)))
    assert sorted(one.status_code for one in answers) == [201, 409]
    assert len(await rated.listed("ratings")) == 1


async def test_each_contact_has_a_link_of_its_own(rated: Rated, case_in: CaseIn, step: Step) -> None:
    case = await case_in("closed")
    for contact, level in (("receipt", 3), ("closing", 5)):
        _, token = await rated.link(contact, case=case)
        await rated.done("/contact-ratings", token=token, level=level)
    answer = await rated.ask(f"/cases/{case['id']}/rating-links", COUNTY_OFFICER, contact="delivery")
    assert refusal(answer) == (409, "rating_contact_not_yet", "办件尚未到此评价环节")
    assert {(one["contact"], one["level"]) for one in await rated.listed("ratings")} == {("receipt", 3), ("closing", 5)}
    refused = await case_in("refused")
    _, token = await rated.link("refusal", case=refused)
    await rated.done("/contact-ratings", token=token, level=2)
    assert len(await rated.listed("ratings", contact="refusal")) == 1


def test_contacts_are_the_milestones_restated_by_hand() -> None:
    assert {str(contact): column for contact, column in MILESTONES.items()} == {
        "receipt": "received_at",
        "refusal": "refused_at",
        "closing": "closed_at",
        "delivery": "delivered_at",
    }


async def test_a_contact_that_was_taken_back_is_rated_no_more(rated: Rated, step: Step) -> None:
    case, token = await rated.link()
    headers = {"If-Match": f'"{case["version"]}"'}
    assert (await step(case, "undo", headers=headers, reason="wrong_entry")).status_code == 200
    assert refusal(await rated.ask("/contact-ratings", token=token, level=5))[1] == "rating_contact_not_yet"


async def test_a_link_ends_and_another_takes_its_place(rated: Rated, clock: FrozenClock) -> None:
    case, first = await rated.link()
    _, second = await rated.link(case=case)
    assert refusal(await rated.ask("/contact-ratings/look", token=first)) == OVER
    clock.advance(days=29, hours=23)
    assert (await rated.done("/contact-ratings/look", token=second))["level"] is None
    clock.advance(hours=1)
    for path in ("look", "withdraw"):
        assert refusal(await rated.ask(f"/contact-ratings/{path}", token=second)) == OVER
    assert refusal(await rated.ask("/contact-ratings", token=second, level=5)) == OVER
    assert await rated.listed("ratings") == []


async def test_nobody_makes_a_link_and_a_wrong_one_tells_nothing(rated: Rated) -> None:
    _, token = await rated.link()
    parts = parts_of(token)
    assert parts is not None
    link, serial, digest = parts
    flipped = bytes((digest[0] ^ 1, *digest[1:]))
    forged = [
        token_of(link, serial, flipped),
        token_of(link, serial + 1, digest),
        token_of(new_id(), serial, digest),
        token_of(link, serial, bytes(16)),
        token[:-2],
        token + "AA",
        "x",
        "评价",
        base64.urlsafe_b64encode(bytes(34)).decode(),
    ]
    bodies = set()
    for one in forged:
        answer = await rated.ask("/contact-ratings", token=one, level=1)
        assert refusal(answer) == NOT_FOUND, one
        bodies.add(tuple(sorted((key, str(value)) for key, value in answer.json().items() if key != "request_id")))
    assert len(bodies) == 1
    assert await rated.listed("ratings") == []


async def test_a_token_tells_nothing_of_anybody(rated: Rated, door: Door) -> None:
    case, token = await rated.link()
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    for told in (
        case["id"].replace("-", ""),
        NAME.encode().hex(),
        NUMBER.encode().hex(),
        case["number"].encode().hex(),
    ):
        assert told not in raw.hex()
    shown = str(await rated.done("/contact-ratings/look", token=token))
    assert all(told not in shown for told in (case["id"], case["number"], NAME, NUMBER))


async def test_guesses_are_counted_by_address(rated: Rated) -> None:
    for number in range(PER_MINUTE):
        assert (await rated.ask("/contact-ratings", token=f"guess-{number}", level=1)).status_code == 404
    bodies: dict[str, dict[str, Any]] = {"": {"level": 1}, "/look": {}, "/withdraw": {}}
    for path, more in bodies.items():
        answer = await rated.ask(f"/contact-ratings{path}", token="guess", **more)
        assert refusal(answer)[1] == "rate_limited"
        assert "retry-after" in answer.headers


async def test_links_are_given_out_where_the_case_is(rated: Rated, case_in: CaseIn, door: Door) -> None:
    case = await case_in("closed")
    path = f"/cases/{case['id']}/rating-links"
    assert refusal(await rated.ask(path, OTHER_CLERK, contact="closing")) == NOT_FOUND
    assert (
        refusal(await rated.ask(path, a_principal("department_officer", "450481", None, "health"), contact="closing"))
        == NOT_FOUND
    )
    assert (await rated.ask(path, a_principal("auditor", "450481"), contact="closing")).status_code == 403
    door.accesses.entries.clear()
    await rated.done(path, CLERK, contact="closing")
    assert [(one.action, one.object_id) for one in door.accesses.entries] == [("issue_rating_link", case["id"])]


async def test_the_page_holds_no_token_and_may_do_nothing_else(door: Door) -> None:
    async with door.client(None) as client:
        answer = await client.get("/rate")
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-security-policy"] == POLICY
    assert "default-src 'none'" in POLICY
    assert answer.headers["referrer-policy"] == "no-referrer"
    for name in ("非常满意", "非常不满意", "服务态度"):
        assert name in PAGE
    assert "http" not in PAGE.replace("<!doctype html>", ""), "no other origin"


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"level": 6}, ("level", "less_than_equal")),
        ({"level": 0}, ("level", "greater_than_equal")),
        ({"level": "5"}, ("level", "int_type")),
        ({"level": 1, "reasons": ["slow", "slow"]}, ("reasons", "repeated")),
        ({"level": 1, "reasons": ["rude"]}, ("reasons.0", "enum")),
        ({"level": 1, "remark": "长" * 501}, ("remark", "string_too_long")),
        ({"level": 1, "case": "x"}, ("body", "extra_forbidden")),
    ],
)
async def test_a_wrong_rating_is_told_at_its_field(rated: Rated, body: Any, wrong: tuple[str, str]) -> None:
    assert fields(await rated.ask("/contact-ratings", token="x", **body)) == [wrong]


def test_every_contact_has_a_name() -> None:
    assert [one.label for one in RatingContact] == ["窗口收件", "不予受理", "办结", "送达"]
