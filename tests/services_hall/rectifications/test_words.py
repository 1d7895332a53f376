"""What is written of somebody: sealed, told to nobody, gone with the applicant, and never written again after that."""

from asyncio import create_task, wait
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.services_hall.case_erasures.service.ordered import ApplicantErasing
from services.services_hall.wiring import use_cases
from shared.auth.access_log import AccessNotes
from shared.contracts.services_hall.rectifications import CallOutcome
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from tests.services_hall.conftest import Facts, refusal
from tests.services_hall.ratings.hands import CALLER, FIXER, REVIEWER, Rated
from tests.services_hall.tasks.hands import in_context

WORDS = "家住河边第三户，电话一三八"
NO_WORDS = (409, "applicant_erased", "当事人信息已依法清除，不能再记录其文字或地址")
SAID = {"contact": "closing", "channel": "letter", "level": 2}


@pytest.fixture
def erase(committed: Database, clock: FrozenClock, crypto: Crypto, person: UUID) -> Any:
    """The register orders that the applicant is erased."""

    async def run(context: Any) -> Any:
        return await ApplicantErasing(context).erase([person])

    async def order() -> Any:
        return await in_context(committed, clock, crypto, run)

    return order


async def kept(committed: Database) -> int:
    """Bytes of words that are kept."""
    statement = "SELECT coalesce(sum(length(note)), 0) FROM rectification_notes"
    async with committed.session() as session:
        notes = await session.scalar(text(statement))
        remarks = await session.scalar(text("SELECT coalesce(sum(length(remark)), 0) FROM ratings"))
    return int(notes or 0) + int(remarks or 0)


async def test_words_are_sealed_shown_at_their_step_and_told_to_nobody(
    rated: Rated, committed: Database, facts: Facts
) -> None:
    row = await rated.step(await rated.low(), "call-back", outcome="confirmed", note=WORDS)
    row = await rated.step(row, "rectify", FIXER, result="redone", note="重新办理")
    row = await rated.step(row, "appeal", FIXER, reason="mistaken")
    await rated.step(row, "review", REVIEWER, upheld=False, note="属实")
    shown = await rated.get(f"/rectifications/{row['id']}")
    assert [one["note"] for one in shown["steps"]] == [None, WORDS, "重新办理", None, "属实"]
    assert WORDS not in str(await rated.listed("rectifications"))
    for fact in await facts():
        assert WORDS not in fact.model_dump_json()
    async with committed.session() as session:
        for note in (await session.scalars(text("SELECT note FROM rectification_notes"))).all():
            assert WORDS.encode() not in bytes(note)
        steps = (await session.scalars(text("SELECT content::text FROM rectification_versions"))).all()
        assert not any(WORDS in one for one in steps), "versions are never changed: no words stand in them"


async def test_words_of_a_step_that_was_undone_stay_in_the_steps_and_go_with_the_applicant(
    rated: Rated, erase: Any, committed: Database
) -> None:
    row = await rated.step(await rated.low(), "call-back", outcome="confirmed", note=WORDS)
    row = await rated.step(row, "undo", version=row["version"])
    shown = await rated.get(f"/rectifications/{row['id']}")
    assert [(one["step"], one["note"]) for one in shown["steps"]] == [
        ("open", None),
        ("call_back", WORDS),
        ("undo", None),
    ]
    assert (await erase())["applicants"] == 1
    shown = await rated.get(f"/rectifications/{row['id']}")
    assert [one["note"] for one in shown["steps"]] == [None, None, None]
    assert await kept(committed) == 0


async def test_after_the_applicant_was_erased_steps_are_taken_without_words(
    rated: Rated, erase: Any, committed: Database
) -> None:
    row = await rated.low()
    await erase()
    for verb, who, body in (
        ("call-back", CALLER, {"outcome": "unfounded"}),
        ("rectify", FIXER, {"result": "explained"}),
    ):
        answer = await rated.ask(f"/rectifications/{row['id']}/{verb}", who, **body, note=WORDS)
        assert refusal(answer) == NO_WORDS
        assert [one["path"] for one in answer.json()["errors"]] == ["note"]
        assert answer.json()["advice"] == "请不填写说明，重新提交；上门地址不能再登记"
        assert WORDS not in answer.text
        row = await rated.step(row, verb, who, **body)
    row = await rated.step(row, "appeal", FIXER, reason="mistaken")
    answer = await rated.ask(f"/rectifications/{row['id']}/review", REVIEWER, upheld=True, note=WORDS)
    assert refusal(answer) == NO_WORDS
    assert [one["status"] for one in await rated.listed("ratings")] == ["valid"], "a refused review overturns nothing"
    assert (await rated.step(row, "review", REVIEWER, upheld=True))["status"] == "overturned"
    assert await kept(committed) == 0


async def test_after_the_applicant_was_erased_a_rating_is_entered_without_words(
    rated: Rated, erase: Any, committed: Database
) -> None:
    case = await rated.case_in("closed")
    await erase()
    path = f"/cases/{case['id']}/ratings"
    answer = await rated.ask(path, CALLER, **SAID, remark=WORDS)
    assert refusal(answer) == NO_WORDS
    assert [one["path"] for one in answer.json()["errors"]] == ["remark"]
    assert await rated.listed("ratings") == []
    made = await rated.done(path, CALLER, **SAID)
    assert (made["level"], made["entered_by"]) == (2, "caller")
    assert await kept(committed) == 0


async def test_an_erasing_waits_for_words_that_are_being_written_and_takes_them_too(
    rated: Rated, erase: Any, committed: Database, clock: FrozenClock, crypto: Crypto
) -> None:
    row = await rated.low()
    async with committed.session() as session:
        outbox = Outbox(session, owner="services_hall", clock=clock)
        hall = use_cases(PlainContext(session, clock, outbox, crypto, AccessNotes(clock)))
        await hall.rectifying.call_back(CALLER, UUID(row["id"]), CallOutcome.CONFIRMED, WORDS)
        erasing = create_task(erase())
        finished, _ = await wait({erasing}, timeout=0.2)
        assert not finished, "it would not see them"
        await session.commit()
    assert (await erasing)["applicants"] == 1
    assert await kept(committed) == 0
