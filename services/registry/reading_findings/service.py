"""Use cases of unusual reading (异常查看): the daily look at the access log, and what auditors decide about it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID

from services.registry.reading_findings.domain import (
    LIMITS,
    FindingDecided,
    FindingReason,
    FindingRecord,
    FindingStatus,
    LimitRecord,
    Past,
    ReaderMayNotDecide,
    ReadingLimit,
    area_of,
    judge,
    require_transition,
    require_within,
)
from services.registry.reading_findings.repository import ReadingFindingRepository
from shared.auth.principal import Principal
from shared.clock import SHANGHAI, business_day
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound, VersionMismatch
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

HANDLE = "reading.audit"
NOTE = "reading_finding.note"
"""Name under which an auditor's words are sealed."""
SETTLED = timedelta(minutes=10)
"""After midnight: until then a look of the day before may still be written."""


class ReadingFindings:
    """Use cases of unusual reading. They concern readers; no person is named."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._findings = ReadingFindingRepository(context.session)

    async def look(self) -> bool:
        """Judge the next day that is over; for the schedule. True: there is another one."""
        last_day = business_day(self._clock.now() - SETTLED) - timedelta(days=1)
        counted = await self._findings.last_counted()
        if counted is None:
            begun = await self._findings.first_read()
            if begun is None:
                return False
            counted = business_day(begun) - timedelta(days=1)
        day = counted + timedelta(days=1)
        if day > last_day:
            return False
        limits = {one.code: one.value for one in await self.in_force()}
        start = datetime.combine(day, time(), SHANGHAI)
        begins, ends = limits[ReadingLimit.DAY_BEGINS], limits[ReadingLimit.DAY_ENDS]
        read = await self._findings.read_on(day, start, begins=begins, ends=ends)
        past = await self._findings.past([one.subject for one in read], day, limits[ReadingLimit.PAST_DAYS])
        county, now = await self._findings.county(), self._clock.now()
        await self._findings.add(
            [
                FindingRecord(
                    id=new_id(),
                    version=1,
                    status=str(FindingStatus.OPEN),
                    rule=str(unusual.rule),
                    reader=one.subject,
                    day=day,
                    area=area_of(unusual.villages, county),
                    measured=unusual.measured,
                    bound=unusual.bound,
                    villages=unusual.villages,
                    found_at=now,
                )
                for one in read
                for unusual in judge(one, past.get(one.subject, Past()), limits)
            ]
        )
        await self._findings.keep(day, read)
        return day < last_day

    async def read(self, principal: Principal, id: UUID) -> FindingRecord:
        """One finding, with what was said about it. Raises `NotFound`."""
        return self._shown(await self._visible(principal, id))

    async def page(
        self, principal: Principal, area: str, status: FindingStatus | None, *, after: UUID | None, limit: int
    ) -> Sequence[FindingRecord]:
        """Findings of an area, the newest first."""
        return await self._findings.page(principal.scope(HANDLE, within=area), status, after=after, limit=limit + 1)

    async def count(self, principal: Principal, area: str, status: FindingStatus | None) -> int:
        """How many `page` gives in all."""
        return await self._findings.count(principal.scope(HANDLE, within=area), status)

    async def decide(
        self,
        principal: Principal,
        id: UUID,
        to: FindingStatus,
        *,
        reason: FindingReason,
        remark: str | None,
        expected: Seen = None,
    ) -> FindingRecord:
        """Explain a finding, or confirm it. Raises `NotFound`, `FindingDecided`, `ReaderMayNotDecide`."""
        note = None if remark is None else self._crypto.seal(remark, field=NOTE, owner=id)
        said = {"reason": str(reason), "note_sealed": note}
        decided = {"decided_by": principal.subject, "decided_at": self._clock.now()}
        return await self._moved(principal, id, to, expected, **said, **decided)

    async def close(self, principal: Principal, id: UUID, *, expected: Seen = None) -> FindingRecord:
        """Close what was decided. Raises as `decide`."""
        closed = {"closed_by": principal.subject, "closed_at": self._clock.now()}
        return await self._moved(principal, id, FindingStatus.CLOSED, expected, **closed)

    async def reopen(self, principal: Principal, id: UUID, *, expected: Seen = None) -> FindingRecord:
        """Take a decision back: the finding is open again. Raises as `decide`."""
        nothing = dict.fromkeys(("reason", "note_sealed", "decided_by", "decided_at", "closed_by", "closed_at"))
        return await self._moved(principal, id, FindingStatus.OPEN, expected, **nothing)

    async def in_force(self) -> Sequence[LimitRecord]:
        """Every limit as it holds today."""
        known = {one.code: one for one in await self._findings.limits()}
        return [known.get(code, LimitRecord(code, bounds.default)) for code, bounds in LIMITS.items()]

    async def set_limit(
        self, principal: Principal, code: ReadingLimit, value: int, *, expected: Seen = None
    ) -> LimitRecord:
        """Set a limit, which holds for the next day that is judged.

        Raises `ReadingLimitOutOfBounds`, `ReadingHoursReversed`, `VersionMismatch`.
        """
        await self._findings.hold_limits()
        limits = {one.code: one for one in await self.in_force()}
        require_within(code, value, {other: one.value for other, one in limits.items()})
        known = limits[code]
        require_version(known, expected)
        made = LimitRecord(code, value, known.version + 1, principal.subject, self._clock.now())
        if not await self._findings.set(made):
            raise VersionMismatch
        return made

    async def _moved(
        self, principal: Principal, id: UUID, to: FindingStatus, expected: Seen, **changes: object
    ) -> FindingRecord:
        found = await self._visible(principal, id)
        require_version(found, expected)
        if found.reader == principal.subject:
            raise ReaderMayNotDecide(id)
        require_transition(found.status, to)
        moved = await self._findings.move(found, to, **changes)
        if moved is None:
            raise FindingDecided(id)
        return self._shown(moved)

    async def _visible(self, principal: Principal, id: UUID) -> FindingRecord:
        found = await self._findings.get(id)
        if found is None or not principal.scope(HANDLE).allows(found.area):
            raise NotFound(id)
        return found

    def _shown(self, found: FindingRecord) -> FindingRecord:
        sealed = found.note_sealed
        return replace(found, note=self._crypto.open(sealed, field=NOTE, owner=found.id) if sealed else None)
