"""Offers (推荐) that a clerk confirms, what came of them, and taking that back.

An offer is a record of the ledger of offers, and every answer a step of it: what figures count of them they count
whichever way the record was written. Whoever starts work is placed in the ledger of job seekers in the same
transaction, and stands there as before if that is taken back.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.job_matches.domain.matches import (
    OFFERED_ON,
    OFFERS,
    PLACED,
    SEEKERS,
    SEEKING,
    JobAnswer,
    Promise,
    is_adult_enough,
    is_of,
    is_open,
)
from services.registry.job_matches.domain.refusals import (
    JobOfferNothingToUndo,
    JobOfferStands,
    JobSeekerMovedOn,
    JobSeekerNotSeeking,
    JobSeekerUnknown,
    VacancyNotOpen,
)
from services.registry.job_matches.repository import JobMatchRepository
from services.registry.job_matches.service.records import AGE, JobRecords
from services.registry.persons.service import notes
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.db.compare_and_set import Seen
from shared.errors import Invalid, NotFound
from shared.ledgers.records.domain import NewRecord, StepCall
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.repository.records import RecordRepository
from shared.ledgers.records.service.handling import RecordHandling
from shared.ledgers.records.service.ledgers import Ledgers
from shared.ledgers.records.service.opening import RecordOpening
from shared.ledgers.records.service.reads import ShownRecord
from shared.ledgers.records.shape import RecordSeal
from shared.ledgers.records.surroundings import Surroundings
from shared.messaging.context import UseCaseContext

VERBS: Mapping[JobAnswer, str] = {
    JobAnswer.ACCEPTED: "accept",
    JobAnswer.STARTED: "start",
    JobAnswer.DECLINED: "decline",
    JobAnswer.REFUSED: "refuse",
}
"""The step of the ledger of offers for each answer."""
BACK = {"accepted": "accept_again", "offered": "offer_again"}
"""The step that takes a final answer back, by the status before it."""
TOO_YOUNG = "未满 16 周岁，不得招用（劳动法第十五条）"
UNPLACED = {"registered": "unplace", "training": "unplace_to_training", "trained": "unplace_to_trained"}
"""The step that takes a placement back, by the job seeker's status before it."""


@dataclass(frozen=True, slots=True, repr=False)
class OfferAnswered:
    """What came of an offer. The repr shows nothing."""

    outcome: JobAnswer
    declined_for: str | None = None
    suitable: bool | None = None
    started_on: date | None = None
    employer: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class ShownOffer:
    """An offer, masked; the job seeker's record behind it, and the promise. The repr shows nothing."""

    offer: ShownRecord
    seeker: LedgerRecord | None
    promise: Promise | None


class JobOffering:
    """Use cases that write. Each asks what the ledgers ask; a job seeker's record is locked before it is judged."""

    def __init__(self, context: UseCaseContext, ledgers: Ledgers, surroundings: Surroundings) -> None:
        self._access = context.access
        self._clock = context.clock
        self._records = JobRecords(context, ledgers)
        self._matches = JobMatchRepository(context.session)
        self._stored = RecordRepository(context.session)
        self._opening = RecordOpening(context, ledgers, surroundings)
        self._handling = RecordHandling(context, ledgers, surroundings)
        self._seal = RecordSeal(context.crypto)

    async def confirm(
        self, principal: Principal, seeker_id: UUID, vacancy_id: UUID, *, number: str, note: str | None
    ) -> ShownOffer:
        """Offer a vacancy to a job seeker: a record of the ledger of offers, where the seeker's record lies.

        Raises `NotFound` for one of both that the caller may not see, `JobSeekerNotSeeking`, `VacancyNotOpen`,
        `JobOfferStands`, and what opening a record raises.
        """
        seeker = await self._locked(principal, seeker_id)
        record, vacancy = await self._records.vacancy(principal, vacancy_id)
        day = today(self._clock)
        if seeker.status not in SEEKING or seeker.values.get("able") is False:
            raise JobSeekerNotSeeking.at("seeker_id", subject=seeker_id)
        person = (await self._records.born(principal, [seeker])).get(seeker.id)
        if person is not None:
            notes.note(self._access, principal, "match_job", person, AGE, Detail.MASKED)
            if not is_adult_enough(person.birth_date, day):
                raise JobSeekerNotSeeking.at("seeker_id", subject=seeker_id, detail=TOO_YOUNG)
        if not is_open(record.status, vacancy, today=day):
            raise VacancyNotOpen.at("vacancy_id", subject=vacancy_id)
        mine = str(seeker.values.get("number"))
        for one in await self._records.offers_of(principal, seeker):
            same = one.values.get("vacancy") == vacancy.get("number") and is_of(one.values, OFFERED_ON, vacancy)
            if same and one.status in ("offered", "accepted", "started"):
                raise JobOfferStands.at("vacancy_id", subject=vacancy_id)
        held = self._seal.whole(seeker)
        values = {
            "number": number,
            "seeker": mine,
            "name": held.get("name"),
            "phone": held.get("phone"),
            "vacancy": vacancy.get("number"),
            "employer": vacancy.get("employer"),
            "kind": vacancy.get("kind"),
            "offered_on": day.isoformat(),
        }
        told = {name: value for name, value in values.items() if value is not None}
        new = NewRecord(area=seeker.area, values=told, subject_id=seeker.subject_id, note=note)
        with _at_the_body():
            offer = await self._opening.open(principal, OFFERS, new)
        return ShownOffer(self._records.masked(offer), seeker, None)

    async def read(self, principal: Principal, id: UUID) -> ShownOffer:
        """An offer in scope; the look is noted. Raises `NotFound`."""
        offer = (await self._records.read(principal, OFFERS, id)).record
        return await self._shown(principal, offer, await self._records.seeker_of(principal, offer))

    async def answer(
        self, principal: Principal, id: UUID, answered: OfferAnswered, *, expected: Seen = None
    ) -> ShownOffer:
        """What came of an offer: a step of its record; who starts work is placed in the ledger of job seekers.

        Raises what a step of a record raises, `JobSeekerUnknown`, `JobSeekerNotSeeking`.
        """
        call = StepCall(VERBS[answered.outcome], _filled(answered), answered.reason)
        with _at_the_body():
            offer = await self._handling.step(principal, OFFERS, id, call, expected=expected)
        seeker = await self._records.seeker_of(principal, offer)
        if answered.outcome is JobAnswer.STARTED:
            if seeker is None:
                raise JobSeekerUnknown(id)
            if seeker.status not in SEEKING:
                raise JobSeekerNotSeeking(id)
            employer = answered.employer or offer.values.get("employer")
            placed = {"placed_on": offer.values.get("started_on"), "employer": employer}
            told = {name: value for name, value in placed.items() if value is not None}
            with _at_the_body():
                seeker = await self._handling.step(principal, SEEKERS, seeker.id, StepCall("place", told))
        return await self._shown(principal, offer, seeker)

    async def undo(self, principal: Principal, id: UUID, *, reason: str, expected: Seen) -> ShownOffer:
        """Take the last answer back; asked again, the one before it. A placement goes with it.

        Raises `JobOfferNothingToUndo`, `JobSeekerMovedOn` if something was done to the seeker since.
        """
        shown = await self._records.read(principal, OFFERS, id)
        offer = shown.record
        if offer.status == "offered":
            raise JobOfferNothingToUndo(id)
        before = await self._matches.before(offer)
        started, empty = offer.status == "started", {"started_on": None, "declined_for": None, "suitable": None}
        placed_on = offer.values.get("started_on")
        if offer.status == "accepted":
            call = StepCall("unaccept", {}, reason)
        else:
            call = StepCall(BACK.get(str(before), BACK["offered"]), empty, reason)
        offer = await self._handling.step(principal, OFFERS, id, call, expected=expected)
        seeker = await self._records.seeker_of(principal, offer)
        if started and seeker is not None:
            seeker = await self._unplaced(principal, seeker, placed_on, reason)
        return await self._shown(principal, offer, seeker)

    async def _unplaced(self, principal: Principal, seeker: LedgerRecord, placed_on: Any, reason: str) -> LedgerRecord:
        was = await self._matches.before(seeker)
        if seeker.status != PLACED or seeker.values.get("placed_on") != placed_on or was not in UNPLACED:
            raise JobSeekerMovedOn(seeker.id)
        back = StepCall(UNPLACED[str(was)], {"placed_on": None, "employer": None}, reason)
        return await self._handling.step(principal, SEEKERS, seeker.id, back)

    async def _locked(self, principal: Principal, id: UUID) -> LedgerRecord:
        reach = await self._records.reach(principal, SEEKERS)
        found = (await self._stored.locked(SEEKERS, [id], reach.records)).get(id)
        if found is None:
            raise NotFound(id)
        return found

    async def _shown(self, principal: Principal, offer: LedgerRecord, seeker: LedgerRecord | None) -> ShownOffer:
        promise = None if seeker is None else await self._records.promise(principal, seeker)
        return ShownOffer(self._records.masked(offer), seeker, promise)


@contextmanager
def _at_the_body() -> Iterator[None]:
    """What a ledger refuses by its fields stands at the fields of the body."""
    try:
        yield
    except Invalid as error:
        paths = [one.path.removeprefix("values.") for one in error.errors]
        places = ["started_on" if path == "placed_on" else path for path in paths]
        errors = [replace(one, path=place) for one, place in zip(error.errors, places, strict=True)]
        raise type(error)(error.subject, errors=errors) from None


def _filled(answered: OfferAnswered) -> Mapping[str, Any]:
    """What the step of the answer fills."""
    match answered.outcome:
        case JobAnswer.DECLINED:
            return {"declined_for": answered.declined_for, "suitable": answered.suitable}
        case JobAnswer.STARTED if answered.started_on is not None:
            return {"started_on": answered.started_on.isoformat()}
        case _:
            return {}
