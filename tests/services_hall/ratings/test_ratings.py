"""Ratings: one for each contact, by a link or as somebody said it; taken back; read; told without names."""

from asyncio import gather
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.services_hall.case_erasures.service.ordered import ApplicantErasing
from shared.auth.roles import Role
from shared.contracts.services_hall.ratings import RatingState
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door, a_principal
from tests.services_hall.conftest import CLERK, COUNTY_OFFICER, NOT_FOUND, OTHER_CLERK, CaseIn, Facts, fields, refusal
from tests.services_hall.ratings.hands import CALLER, REMARK, Rated
from tests.services_hall.tasks.hands import in_context

SAID = {"contact": "closing", "channel": "phone", "level": 4}


async def test_what_was_given_by_a_link_is_taken_back_by_it_and_given_anew(rated: Rated, facts: Facts) -> None:
    _, token = await rated.link()
    await rated.done("/contact-ratings", token=token, level=1)
    [row] = await rated.listed("rectifications")
    assert (await rated.done("/contact-ratings/withdraw", token=token))["status"] == "withdrawn"
    assert (await rated.get(f"/rectifications/{row['id']}"))["status"] == "withdrawn"
    assert refusal(await rated.ask("/contact-ratings/withdraw", token=token)) == NOT_FOUND
    await rated.done("/contact-ratings", token=token, level=5)
    assert [(one["level"], one["status"]) for one in await rated.listed("ratings")] == [(5, "valid"), (1, "withdrawn")]
    told = [type(one).__name__ for one in await facts("services_hall.rating")]
    assert told == ["RatingGiven", "RatingWithdrawn", "RatingGiven"]


async def test_what_the_office_has_begun_to_put_right_is_taken_back_no_more(rated: Rated) -> None:
    _, token = await rated.link()
    await rated.done("/contact-ratings", token=token, level=2)
    [row] = await rated.listed("rectifications")
    await rated.step(row, "call-back", outcome="confirmed")
    answer = await rated.ask("/contact-ratings/withdraw", token=token)
    assert refusal(answer) == (409, "rating_followed", "该评价已开始整改，不能撤回")
    assert [one["status"] for one in await rated.listed("ratings")] == ["valid"]


async def test_what_somebody_said_is_entered_by_who_did_not_handle_it(rated: Rated, case_in: CaseIn) -> None:
    case = await case_in("closed")
    path = f"/cases/{case['id']}/ratings"
    for handler in (COUNTY_OFFICER, CLERK):
        assert refusal(await rated.ask(path, handler, **SAID))[:2] == (403, "rating_by_handler"), handler
    assert refusal(await rated.ask(path, OTHER_CLERK, **SAID)) == NOT_FOUND
    assert fields(await rated.ask(path, CALLER, **{**SAID, "channel": "link"})) == [("channel", "enum")]
    made = await rated.done(path, CALLER, **SAID)
    assert (made["level"], made["channel_used"], made["entered_by"]) == (4, "phone", "caller")
    assert refusal(await rated.ask(path, CALLER, **SAID))[1] == "rating_given"
    taken = await rated.done(f"/ratings/{made['id']}/take-back", CALLER, version=1)
    assert taken["status"] == "withdrawn"
    assert refusal(await rated.ask(f"/ratings/{made['id']}/take-back", CALLER))[1] == "rating_transition_not_allowed"
    await rated.done(path, CALLER, **{**SAID, "channel": "letter", "level": 5})


async def test_an_officer_takes_back_nothing_that_a_resident_gave(rated: Rated) -> None:
    rating = await rated.rate(1)
    answer = await rated.ask(f"/ratings/{rating['id']}/take-back", CALLER)
    assert refusal(answer) == (403, "rating_not_entered", "群众自行作出的评价不能由工作人员撤回")
    assert refusal(await rated.ask(f"/ratings/{rating['id']}/take-back", OTHER_CLERK)) == NOT_FOUND


async def test_by_link_and_by_phone_at_once_one_is_heard(rated: Rated) -> None:
    case, token = await rated.link()
    answers = await gather(
        rated.ask("/contact-ratings", token=token, level=1), rated.ask(f"/cases/{case['id']}/ratings", CALLER, **SAID)
    )
    assert sorted(one.status_code for one in answers) == [201, 409]


async def test_what_was_said_is_sealed_read_on_record_and_stands_in_no_list(
    rated: Rated, door: Door, committed: Database, facts: Facts
) -> None:
    rating = await rated.rate(2, remark=REMARK, reasons=["slow", "attitude"])
    assert REMARK not in str(await rated.listed("ratings"))
    door.accesses.entries.clear()
    read = await rated.get(f"/ratings/{rating['id']}", CLERK)
    assert (read["remark"], read["reasons"]) == (REMARK, ["slow", "attitude"])
    assert [(one.action, one.object_id, one.detail) for one in door.accesses.entries] == [
        ("read_rating", rating["case_id"], "full")
    ]
    async with committed.session() as session:
        [kept] = (await session.scalars(text("SELECT remark FROM ratings"))).all()
    assert REMARK.encode() not in bytes(kept)
    for fact in await facts():
        assert REMARK not in fact.model_dump_json()


async def test_the_bus_hears_of_no_case_and_nobody(rated: Rated, facts: Facts, person: UUID) -> None:
    rating = await rated.rate(1)
    told = [*await facts("services_hall.rating"), *await facts("services_hall.rectification")]
    assert len(told) == 2
    for fact in told:
        said = fact.model_dump_json()
        assert all(word not in said for word in (rating["case_id"], str(person), "caller", "10:00", "T02:"))
    assert set(RatingState.model_fields) == {
        *("id", "version", "area", "department", "category", "contact", "contact_on", "channel_used", "level"),
        *("rated_on", "status"),
    }


async def test_lists_narrow_and_counts_equal_them(rated: Rated, clock: FrozenClock) -> None:
    for level in (5, 4, 3, 2, 1):
        await rated.rate(level)
    assert [one["level"] for one in await rated.listed("ratings")] == [1, 2, 3, 4, 5]
    assert [one["level"] for one in await rated.listed("ratings", low=True)] == [1, 2]
    assert len(await rated.listed("ratings", channel="link", status="valid", contact="closing")) == 5
    assert await rated.listed("ratings", channel="phone") == []
    assert await rated.listed("ratings", OTHER_CLERK) == []
    async with rated.door.client(OTHER_CLERK) as client:
        assert (await client.get("/ratings", params={"area": CLERK.grants[0].area})).status_code == 404
    assert len(await rated.listed("rectifications")) == 2, "the two lowest levels, and no others"


async def test_what_was_said_goes_with_who_said_it(
    rated: Rated, person: UUID, committed: Database, clock: FrozenClock, crypto: Crypto, step: Any
) -> None:
    row = await rated.low()
    row = await rated.step(row, "call-back", outcome="confirmed", note="说是电话一三八")
    case = await rated.get(f"/cases/{row['case_id']}")
    _, token = await rated.link("receipt", case=case)
    delivered = await step(case, "deliver", way="counter", recipient="applicant", received_on="2026-03-16")
    assert delivered.status_code == 200, delivered.text

    async def erase(context: Any) -> Any:
        return await ApplicantErasing(context).erase([person])

    await in_context(committed, clock, crypto, erase)
    assert (await rated.get(f"/ratings/{row['rating_id']}"))["remark"] is None
    shown = await rated.get(f"/rectifications/{row['id']}")
    assert [one["note"] for one in shown["steps"]] == [None, None]
    assert refusal(await rated.ask("/contact-ratings/look", token=token))[1] == "rating_link_over"
    async with committed.session() as session:
        left = await session.scalar(
            text(
                "SELECT (SELECT sum(length(remark)) FROM ratings) + (SELECT sum(length(note)) FROM rectification_notes)"
            )
        )
    assert left == 0


async def test_roles_of_ratings_restated_by_hand(rated: Rated) -> None:
    nobody = f"{'0' * 8}-0000-7000-8000-{'0' * 12}"
    operations = {
        "list": ("GET", "/ratings"),
        "record": ("POST", f"/cases/{nobody}/ratings"),
        "list_rectifications": ("GET", "/rectifications"),
        "rectify": ("POST", f"/rectifications/{nobody}/rectify"),
        "review": ("POST", f"/rectifications/{nobody}/review"),
        "reopen": ("POST", f"/rectifications/{nobody}/reopen"),
    }
    handling = set(operations) - {"review", "reopen"}
    may = {
        "village_clerk": handling,
        "department_officer": handling,
        "town_officer": set(operations),
        "county_officer": set(operations),
        "auditor": {"list", "list_rectifications"},
    }
    for role in Role:
        async with rated.door.client(a_principal(role, "450481")) as client:
            for name, (method, path) in operations.items():
                answer = await client.request(method, path, json={} if method == "POST" else None)
                assert (answer.status_code != 403) is (name in may.get(str(role), set())), (role, name, answer.text)
