"""Records of the three ledgers as one caller may see them: in the caller's scope, or disclosed to everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, true

from services.registry.areas.models import Area
from services.registry.job_matches.domain.matches import (
    OFFERS,
    OPEN,
    PROMISED,
    REGISTERED_ON,
    SEEKERS,
    VACANCIES,
    Promise,
    is_of,
)
from services.registry.job_matches.repository import JobMatchRepository
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.auth.scope import DepartmentScope
from shared.errors import NotFound
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.grammar.words import Privacy
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.service.ledgers import Ledgers
from shared.ledgers.records.service.reads import RecordReads, ShownRecord
from shared.messaging.context import UseCaseContext

AGE = "person.read"
"""Under which permission somebody's age is compared."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which records of a ledger may be seen: by area while they are looked for, and one by one."""

    places: ColumnElement[bool]
    records: ColumnElement[bool]


class JobRecords:
    """Job seekers, vacancies and offers. A county that has not published one of the ledgers has none of it."""

    def __init__(self, context: UseCaseContext, ledgers: Ledgers) -> None:
        self._reads = RecordReads(context, ledgers)
        self._ledgers = ledgers
        self._matches = JobMatchRepository(context.session)
        self._persons = PersonRepository(context.session)

    async def reach(self, principal: Principal, code: str) -> Reach:
        """What the caller may read of a ledger. Raises `NotFound` for a ledger that is not published."""
        scope = await self._scope(principal, code)
        return Reach(scope.places().where(Area.code), scope.where(LedgerRecord.area, LedgerRecord.department))

    async def open_vacancies(self, principal: Principal) -> Reach:
        """Open vacancies: all of the county if the county's definition discloses them, else those in scope."""
        ledger = await self._ledgers.newest(VACANCIES)
        return Reach(true(), true()) if _discloses(ledger) else await self.reach(principal, VACANCIES)

    async def read(self, principal: Principal, code: str, id: UUID) -> ShownRecord:
        """A record in scope, masked; the look is noted. Raises `NotFound`."""
        return await self._reads.read(principal, code, id)

    async def vacancy(self, principal: Principal, id: UUID) -> tuple[LedgerRecord, dict[str, Any]]:
        """A vacancy with what the caller may see of it. Raises `NotFound`."""
        ledger = await self._ledgers.newest(VACANCIES)
        scope = await self._scope(principal, VACANCIES)
        found = await self._matches.one(VACANCIES, id)
        if found is None or not (scope.allows(found.area, found.department) or is_disclosed(ledger, found)):
            raise NotFound(id)
        return found, self.told_of(ledger, scope, found)

    async def shown_vacancies(self, principal: Principal) -> tuple[Ledger, DepartmentScope]:
        """By what `told_of` judges."""
        return await self._ledgers.newest(VACANCIES), await self._scope(principal, VACANCIES)

    @staticmethod
    def told_of(ledger: Ledger, scope: DepartmentScope, vacancy: LedgerRecord) -> dict[str, Any]:
        """What of a vacancy is no person's: in scope all of it, elsewhere what is disclosed."""
        if scope.allows(vacancy.area, vacancy.department):
            return dict(vacancy.values)
        terms = ledger.definition.access.disclosed
        shown = [] if terms is None else [one for one in terms.fields if ledger.privacy.get(one) is Privacy.PUBLIC]
        return {name: vacancy.values[name] for name in shown if name in vacancy.values}

    def masked(self, record: LedgerRecord) -> ShownRecord:
        """A record as it is listed."""
        return self._reads.masked(record)

    async def note(self, principal: Principal, code: str, record: LedgerRecord, action: str) -> None:
        """Note that a record was looked at."""
        self._reads.note(principal, await self._ledgers.newest(code), record, action, Detail.MASKED)

    async def born(self, principal: Principal, seekers: Sequence[LedgerRecord]) -> Mapping[UUID, PersonRecord]:
        """Those of the job seekers who are persons in the caller's scope, by the record of the ledger."""
        subjects = {UUID(one.subject_id): one.id for one in seekers if one.subject_id is not None}
        if not subjects:
            return {}
        found = await self._persons.visible(subjects, principal.scope(AGE))
        return {subjects[person.id]: person for person in found if person.erased_at is None}

    async def offers_of(self, principal: Principal, seeker: LedgerRecord) -> Sequence[LedgerRecord]:
        """Offers to a job seeker, newest first, as far as the caller may see them."""
        reach = await self.reach(principal, OFFERS)
        found = await self._matches.offers_of(str(seeker.values.get("number")), reach.records)
        return [one for one in found if is_of(one.values, REGISTERED_ON, seeker.values)]

    async def seeker_of(self, principal: Principal, offer: LedgerRecord) -> LedgerRecord | None:
        """The job seeker to whom an offer was made, if the caller may see that one."""
        reach = await self.reach(principal, SEEKERS)
        found = await self._matches.seeker(str(offer.values.get("seeker")), reach.records)
        return found if found is not None and is_of(offer.values, REGISTERED_ON, found.values) else None

    async def promise(self, principal: Principal, seeker: LedgerRecord) -> Promise:
        """Where a job seeker stands by the promise, as far as the caller may see the offers."""
        offers = await self.offers_of(principal, seeker)
        field = (await self._ledgers.newest(SEEKERS)).fields.get("offers_promised")
        told = seeker.values.get("offers_promised") or (field and field.default) or PROMISED
        declined = [one for one in offers if one.status == "declined"]
        return Promise(
            within=seeker.values.get("able") is not False and not seeker.values.get("choosy"),
            settled=seeker.status in ("placed", "training"),
            offers=len(offers),
            suitable=sum(one.values.get("suitable") is not False for one in offers),
            declined=sum(one.values.get("suitable") is True for one in declined),
            promised=int(told),
        )

    async def _scope(self, principal: Principal, code: str) -> DepartmentScope:
        ledger = await self._ledgers.newest(code)
        return principal.department_scope("record.read", ledger.definition.access.read)


def is_disclosed(ledger: Ledger, record: LedgerRecord) -> bool:
    """Whether everybody may read of the record."""
    terms = ledger.definition.access.disclosed
    return terms is not None and record.status in terms.after


def _discloses(ledger: Ledger) -> bool:
    terms = ledger.definition.access.disclosed
    return terms is not None and OPEN in terms.after
