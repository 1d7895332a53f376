"""What one officer decides another does not take away: undos, ratings that were entered; no words after an erasure."""

from typing import Any
from uuid import UUID

import pytest

from services.services_hall.case_erasures.service.ordered import ApplicantErasing
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import a_principal
from tests.services_hall.conftest import CLERK, COUNTY_OFFICER, CaseIn
from tests.services_hall.ratings.hands import CALLER, FIXER, REMARK, REVIEWER, Rated
from tests.services_hall.tasks.hands import in_context

BY_HANDLER, SAME = (403, "rectification_by_handler"), (403, "rectification_same_person")
OTHER_REVIEWER = a_principal("town_officer", "450481114", "other-reviewer")


@pytest.mark.parametrize("verb", ["attempt", "call-back"])
async def test_who_handled_the_case_takes_back_no_call(rated: Rated, verb: str) -> None:
    body = {"outcome": "confirmed"} if verb == "call-back" else {}
    row = await rated.step(await rated.low(), verb, CALLER, **body)
    for handler in (COUNTY_OFFICER, CLERK):
        assert await rated.refused(row, "undo", handler, version=row["version"]) == BY_HANDLER
    assert (await rated.step(row, "undo", CALLER, version=row["version"]))["status"] == "open"


async def test_who_appealed_takes_back_no_review_and_who_put_it_right_no_closing(rated: Rated) -> None:
    row = await rated.step(await rated.called(), "appeal", REVIEWER, reason="mistaken")
    row = await rated.step(row, "review", OTHER_REVIEWER, upheld=False)
    assert await rated.refused(row, "undo", REVIEWER, version=row["version"]) == SAME
    assert await rated.refused(row, "undo", COUNTY_OFFICER, version=row["version"]) == BY_HANDLER
    closed = await rated.step(await rated.rectified(), "close", CALLER)
    assert await rated.refused(closed, "undo", FIXER, version=closed["version"]) == SAME
    assert (await rated.step(closed, "undo", CALLER, version=closed["version"]))["status"] == "rectified"


async def test_who_handled_the_case_takes_back_no_rating_that_somebody_entered(rated: Rated, case_in: CaseIn) -> None:
    case = await case_in("closed")
    said = {"contact": "closing", "channel": "phone", "level": 1}
    rating = await rated.done(f"/cases/{case['id']}/ratings", CALLER, **said)
    for handler in (COUNTY_OFFICER, CLERK):
        answer = await rated.ask(f"/ratings/{rating['id']}/take-back", handler)
        assert (answer.status_code, answer.json()["code"]) == (403, "rating_by_handler")
    assert (await rated.done(f"/ratings/{rating['id']}/take-back", FIXER))["status"] == "withdrawn"


async def test_nothing_is_written_about_whoever_was_erased(
    rated: Rated, person: UUID, committed: Database, clock: FrozenClock, crypto: Crypto, step: Any
) -> None:
    row = await rated.low()
    case = await rated.get(f"/cases/{row['case_id']}")
    delivered = await step(case, "deliver", way="counter", recipient="applicant", received_on="2026-03-16")
    assert delivered.status_code == 200, delivered.text

    async def erase(context: Any) -> Any:
        return await ApplicantErasing(context).erase([person])

    await in_context(committed, clock, crypto, erase)
    gone = (409, "applicant_erased")
    said = {"contact": "delivery", "channel": "phone", "level": 5}
    answer = await rated.ask(f"/cases/{case['id']}/ratings", CALLER, remark=REMARK, **said)
    assert (answer.status_code, answer.json()["code"]) == gone
    await rated.done(f"/cases/{case['id']}/ratings", CALLER, **said)
    assert await rated.refused(row, "call-back", outcome="confirmed", note=REMARK) == gone
    row = await rated.step(row, "call-back", outcome="confirmed")
    assert await rated.refused(row, "rectify", FIXER, result="redone", note=REMARK) == gone
    row = await rated.step(row, "appeal", FIXER, reason="mistaken")
    assert await rated.refused(row, "review", REVIEWER, upheld=True, note=REMARK) == gone
    assert (await rated.step(row, "review", REVIEWER, upheld=True))["status"] == "overturned"
