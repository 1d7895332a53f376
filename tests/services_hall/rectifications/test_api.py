"""Rectifications over HTTP: lists and counts, scope, bodies, versions, repeated requests, and two who act at once."""

from asyncio import gather
from typing import Any

import pytest

from shared.auth.principal import Grant, Principal
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import a_principal
from tests.services_hall.conftest import CLERK, COUNTY_OFFICER, NOT_FOUND, OTHER_CLERK, VILLAGE, Facts, fields, refusal
from tests.services_hall.ratings.hands import CALLER, FIXER, REVIEWER, Rated

BODIES: dict[str, dict[str, Any]] = {
    "attempt": {},
    "call-back": {"outcome": "confirmed"},
    "rectify": {"result": "redone"},
    "appeal": {"reason": "mistaken"},
    "review": {"upheld": True},
    "close": {},
    "reopen": {"reason": "not_done"},
}


async def test_lists_narrow_by_status_area_and_lateness(rated: Rated, clock: FrozenClock) -> None:
    first, second = await rated.low(), await rated.called()
    assert [one["id"] for one in await rated.listed("rectifications")] == [second["id"], first["id"]]
    assert [one["id"] for one in await rated.listed("rectifications", status="open")] == [first["id"]]
    assert [one["id"] for one in await rated.listed("rectifications", area=VILLAGE, status="called_back")] == [
        second["id"]
    ]
    assert await rated.listed("rectifications", status="closed") == []
    clock.advance(days=7)
    assert await rated.listed("rectifications", overdue=True) == [], "its last day is inclusive"
    clock.advance(days=1)
    assert len(await rated.listed("rectifications", overdue=True)) == 2
    await rated.step(second, "rectify", FIXER, result="improved")
    assert [one["id"] for one in await rated.listed("rectifications", overdue=True)] == [first["id"]]


async def test_pages_follow_one_another(rated: Rated) -> None:
    made = [(await rated.low())["id"] for _ in range(3)]
    shown: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        query = {"limit": 1} if cursor is None else {"limit": 1, "cursor": cursor}
        page = await rated.get("/rectifications", COUNTY_OFFICER, **query)
        shown, cursor = [*shown, *(one["id"] for one in page["items"])], page["next_cursor"]
    assert (shown, cursor) == (made[::-1], None)


@pytest.mark.parametrize("verb", BODIES)
async def test_what_is_not_ones_own_is_not_there(rated: Rated, verb: str) -> None:
    row = await rated.low()
    strangers = [OTHER_CLERK, a_principal("department_officer", "450481", None, "health")]
    if verb in ("review", "reopen"):
        strangers = [a_principal("town_officer", "450481113"), a_principal("county_officer", "450482")]
    for who in strangers:
        for one in (row["id"], new_id()):
            answer = await rated.ask(f"/rectifications/{one}/{verb}", who, **BODIES[verb])
            assert refusal(answer) == NOT_FOUND, who
    assert (await rated.get(f"/rectifications/{row['id']}"))["version"] == 1


async def test_reading_is_scoped_and_recorded(rated: Rated) -> None:
    row = await rated.low()
    async with rated.door.client(OTHER_CLERK) as client:
        assert refusal(await client.get(f"/rectifications/{row['id']}")) == NOT_FOUND
        assert (await client.get("/rectifications", params={"area": VILLAGE})).status_code == 404
    assert await rated.listed("rectifications", OTHER_CLERK) == []
    rated.door.accesses.entries.clear()
    await rated.get(f"/rectifications/{row['id']}", CLERK)
    [entry] = rated.door.accesses.entries
    assert (entry.action, entry.object_id, entry.detail, entry.role) == (
        *("read_rectification", row["case_id"]),
        *("full", "village_clerk"),
    )


async def test_grants_are_judged_as_a_whole(rated: Rated) -> None:
    """Who handles here and reviews elsewhere reviews nothing here."""
    row = await rated.step(await rated.called(), "appeal", FIXER, reason="mistaken")
    both = Principal("both", (Grant("village_clerk", VILLAGE), Grant("town_officer", "450481113")))
    assert refusal(await rated.ask(f"/rectifications/{row['id']}/review", both, upheld=True)) == NOT_FOUND


@pytest.mark.parametrize(
    ("verb", "body", "wrong"),
    [
        ("call-back", {"note": "打不通"}, ("outcome", "missing")),
        ("call-back", {"outcome": "fine"}, ("outcome", "enum")),
        ("call-back", {"outcome": "confirmed", "note": ""}, ("note", "string_too_short")),
        ("call-back", {"outcome": "confirmed", "note": "长" * 1001}, ("note", "string_too_long")),
        ("rectify", {"result": "nothing"}, ("result", "enum")),
        ("appeal", {"reason": "unfair"}, ("reason", "enum")),
        ("review", {"upheld": "yes"}, ("upheld", "bool_type")),
        ("reopen", {"reason": None}, ("reason", "enum")),
        ("reopen", {"reason": "not_done", "days": 3}, ("body", "extra_forbidden")),
    ],
)
async def test_a_wrong_body_is_told_at_its_field(
    rated: Rated, verb: str, body: dict[str, Any], wrong: tuple[str, str]
) -> None:
    answer = await rated.ask(f"/rectifications/{new_id()}/{verb}", REVIEWER, **body)
    assert fields(answer) == [wrong]


async def test_a_version_that_was_not_seen_changes_nothing(rated: Rated) -> None:
    row = await rated.low()
    await rated.step(row, "attempt")
    for verb in ("attempt", "call-back"):
        assert await rated.refused(row, verb, version=1, **BODIES[verb]) == (412, "version_mismatch")
    assert (await rated.step(row, "call-back", version=2, outcome="partly"))["version"] == 3


async def test_a_repeated_request_is_answered_as_before(rated: Rated) -> None:
    row = await rated.low()
    async with rated.door.client(CALLER) as client:
        answers = [
            await client.post(
                f"/rectifications/{row['id']}/attempt", json=None, headers={"Idempotency-Key": "once-and-no-more"}
            )
            for _ in range(2)
        ]
    assert [one.status_code for one in answers] == [200, 200]
    assert [one.json()["attempts"] for one in answers] == [1, 1]
    assert (await rated.get(f"/rectifications/{row['id']}"))["attempts"] == 1


async def test_of_two_who_review_at_once_one_is_heard(rated: Rated, facts: Facts) -> None:
    row = await rated.step(await rated.called(), "appeal", FIXER, reason="mistaken")
    second = a_principal("town_officer", "450481114", "second-reviewer")
    path = f"/rectifications/{row['id']}/review"
    answers = await gather(rated.ask(path, REVIEWER, upheld=True), rated.ask(path, second, upheld=False))
    assert sorted(one.status_code for one in answers) == [200, 409]
    told = [type(one).__name__ for one in await facts("services_hall.rectification", row["id"])]
    assert told.count("RectificationReviewed") == 1
    upheld = next(one.json()["upheld"] for one in answers if one.status_code == 200)
    [rating] = await rated.listed("ratings")
    assert rating["status"] == ("overturned" if upheld else "valid")


async def test_calling_back_and_taking_the_rating_back_at_once_agree(rated: Rated) -> None:
    _, token = await rated.link()
    await rated.done("/contact-ratings", token=token, level=1)
    [row] = await rated.listed("rectifications")
    called, withdrawn = await gather(
        rated.ask(f"/rectifications/{row['id']}/call-back", CALLER, outcome="confirmed"),
        rated.ask("/contact-ratings/withdraw", token=token),
    )
    assert sorted((called.status_code, withdrawn.status_code)) == [200, 409]
    [rating] = await rated.listed("ratings")
    now = await rated.get(f"/rectifications/{row['id']}")
    assert (rating["status"], now["status"]) in {("valid", "called_back"), ("withdrawn", "withdrawn")}


async def test_the_limit_is_the_countys(rated: Rated) -> None:
    kept = rated.door.app.state.rectification_days
    rated.door.app.state.rectification_days = 15
    try:
        row = await rated.low()
    finally:
        rated.door.app.state.rectification_days = kept
    assert (row["days"], row["due_on"]) == (15, "2026-04-07"), "Tomb-Sweeping Day, Saturday to Monday, is off"
    back = await rated.step(row, "call-back", outcome="confirmed")
    assert back["due_on"] == "2026-04-07"
