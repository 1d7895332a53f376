"""Petitions (信访) at the office: accepted or not, assigned, extended, answered; reviewed by the levels above."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from services.grid.petitions.domain.codes import PetitionOutcome, PetitionRefusal, PetitionStep, ReviewResult
from services.grid.petitions.domain.rules import PetitionLimits, ends, require_day, require_extension
from services.grid.petitions.models import Petition
from services.grid.petitions.service.moving import PetitionMoving, require_other
from shared.auth.principal import Principal
from shared.contracts.envelope import Fact
from shared.contracts.grid.petitions import (
    PetitionAccepted,
    PetitionAnswered,
    PetitionAssigned,
    PetitionExtended,
    PetitionFinallyReviewed,
    PetitionReferred,
    PetitionRefused,
    PetitionReviewed,
    PetitionState,
    PetitionStatus,
)
from shared.db.compare_and_set import Seen
from shared.errors import CodeUnlisted

ANEW: dict[str, Any] = {
    **dict.fromkeys(("department", "answered_on", "told_on", "ask_by", "outcome", "answered_by")),
    **dict.fromkeys(("review_asked_on", "reviewed_on", "review_result")),
    **dict.fromkeys(("final_asked_on", "final_on", "final_result")),
    "extended": False,
}
"""What of the round before is no more when a review has a petition answered anew."""


class PetitionHandling:
    """Use cases of offices; they raise as `PetitionMoving.begin`. `departments`: the county's."""

    def __init__(self, moving: PetitionMoving, departments: Collection[str], limits: PetitionLimits) -> None:
        self._moving = moving
        self._departments = departments
        self._limits = limits

    async def accept(self, principal: Principal, id: UUID, note: str | None, *, expected: Seen = None) -> Petition:
        """受理: the law's days for the answer run from today."""
        seen = await self._moving.begin(principal, id, PetitionStep.ACCEPT, expected)
        today = self._moving.today
        changes: dict[str, Any] = {"accepted_on": today, "answer_by": ends(today, self._limits.answer)}
        step, status = PetitionStep.ACCEPT, PetitionStatus.ACCEPTED
        return await self._moving.move(principal, seen, step, PetitionAccepted, note=note, status=status, **changes)

    async def refuse(
        self, principal: Principal, id: UUID, reason: PetitionRefusal, note: str | None, *, expected: Seen = None
    ) -> Petition:
        """不予受理: told with its reason. Raises `ReasonRequired`."""
        seen = await self._moving.begin(principal, id, PetitionStep.REFUSE, expected)
        status, fact = PetitionStatus.REFUSED, PetitionRefused
        return await self._moving.move(
            principal, seen, PetitionStep.REFUSE, fact, reason=reason, note=note, status=status
        )

    async def refer(
        self, principal: Principal, id: UUID, reason: PetitionRefusal, note: str | None, *, expected: Seen = None
    ) -> Petition:
        """转送: passed to the authority that is competent. Raises `ReasonRequired`."""
        seen = await self._moving.begin(principal, id, PetitionStep.REFER, expected)
        status, fact = PetitionStatus.REFERRED, PetitionReferred
        return await self._moving.move(
            principal, seen, PetitionStep.REFER, fact, reason=reason, note=note, status=status
        )

    async def assign(
        self, principal: Principal, id: UUID, department: str, note: str | None, *, expected: Seen = None
    ) -> Petition:
        """交办: a department answers it, within the same limit. Raises `CodeUnlisted`."""
        seen = await self._moving.begin(principal, id, PetitionStep.ASSIGN, expected)
        if department not in self._departments:
            raise CodeUnlisted.at("department")
        changes: dict[str, Any] = {"status": PetitionStatus.ASSIGNED, "department": department}
        return await self._moving.move(principal, seen, PetitionStep.ASSIGN, PetitionAssigned, note=note, **changes)

    async def extend(
        self, principal: Principal, id: UUID, until: date, note: str, *, expected: Seen = None
    ) -> Petition:
        """延期: once, before the limit has passed, with a reason in words that the petitioner is told.

        Raises `PetitionExtendedAlready`, `PetitionTooLate`, `PetitionExtensionWrong`.
        """
        seen = await self._moving.begin(principal, id, PetitionStep.EXTEND, expected)
        assert seen.answer_by is not None, "it was accepted"
        require_extension(until, seen.answer_by, self._moving.today, seen.extended, self._limits)
        changes: dict[str, Any] = {"answer_by": until, "extended": True}
        return await self._moving.move(principal, seen, PetitionStep.EXTEND, PetitionExtended, note=note, **changes)

    async def answer(
        self,
        principal: Principal,
        id: UUID,
        outcome: PetitionOutcome,
        told_on: date,
        note: str,
        *,
        expected: Seen = None,
    ) -> Petition:
        """答复: in writing. `told_on`: day on which it was delivered. Raises `PetitionDateWrong`."""
        seen = await self._moving.begin(principal, id, PetitionStep.ANSWER, expected)
        assert seen.accepted_on is not None, "it was accepted"
        today = self._moving.today
        require_day(told_on, "told_on", since=seen.accepted_on, today=today)
        changes: dict[str, Any] = {
            "status": PetitionStatus.ANSWERED,
            "outcome": outcome.value,
            "answered_on": today,
            "told_on": told_on,
            "ask_by": await self._moving.last_day_to_ask(told_on, self._limits),
            "answered_by": principal.subject,
        }
        return await self._moving.move(principal, seen, PetitionStep.ANSWER, PetitionAnswered, note=note, **changes)

    async def review(
        self,
        principal: Principal,
        id: UUID,
        result: ReviewResult,
        told_on: date,
        note: str,
        *,
        expected: Seen = None,
    ) -> Petition:
        """复查: by the level above, not by who answered; what it revokes is answered anew.

        `told_on`: day on which it was delivered. Raises `PetitionReviewByAnswerer`, `PetitionDateWrong`.
        """
        seen = await self._reviewed(principal, id, PetitionStep.REVIEW, told_on, expected)
        changes = {"status": PetitionStatus.REVIEWED, "review_result": result.value, "reviewed_on": self._moving.today}
        return await self._end(principal, seen, PetitionStep.REVIEW, PetitionReviewed, result, told_on, note, changes)

    async def review_finally(
        self,
        principal: Principal,
        id: UUID,
        result: ReviewResult,
        told_on: date,
        note: str,
        *,
        expected: Seen = None,
    ) -> Petition:
        """复核: the last review, by the level above that. Raises as `review`."""
        step, fact = PetitionStep.FINAL_REVIEW, PetitionFinallyReviewed
        seen = await self._reviewed(principal, id, step, told_on, expected)
        changes = {
            "status": PetitionStatus.FINALLY_REVIEWED,
            "final_result": result.value,
            "final_on": self._moving.today,
        }
        return await self._end(principal, seen, step, fact, result, told_on, note, changes)

    async def _reviewed(
        self, principal: Principal, id: UUID, step: PetitionStep, told_on: date, expected: Seen
    ) -> Petition:
        seen = await self._moving.begin(principal, id, step, expected)
        require_other(principal, id, step, seen.answered_by)
        asked_on = seen.review_asked_on if step is PetitionStep.REVIEW else seen.final_asked_on
        assert asked_on is not None, "it was asked for"
        require_day(told_on, "told_on", since=asked_on, today=self._moving.today)
        return seen

    async def _end(
        self,
        principal: Principal,
        seen: Petition,
        step: PetitionStep,
        fact: type[Fact[PetitionState]],
        result: ReviewResult,
        told_on: date,
        note: str,
        changes: dict[str, Any],
    ) -> Petition:
        if result is ReviewResult.REVOKED:
            today = self._moving.today
            changes = {
                **ANEW,
                "status": PetitionStatus.ACCEPTED,
                "accepted_on": today,
                "answer_by": ends(today, self._limits.answer),
                "reopenings": seen.reopenings + 1,
            }
        else:
            changes["told_on"] = told_on
            changes["ask_by"] = await self._moving.last_day_to_ask(told_on, self._limits)
        return await self._moving.move(principal, seen, step, fact, reason=result.value, note=note, **changes)
