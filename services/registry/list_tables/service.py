"""A department's list from the counter: checked, taken in batch by batch as parts of the bus are, completed at its end.

What a row becomes is said by `BenefitApplying`, and who may follow whom by the series of lists: nothing of either is
said here again. Nothing of it goes on the bus but the tags that follow.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from services.registry.benefits.service.applying import BenefitApplying, Delivered, Said
from services.registry.inbound_lists.domain import ListAreaUnknown, ListOutdated, Series, handed_in, is_complete
from services.registry.inbound_lists.repository import ListSeriesRepository
from services.registry.list_tables.domain import (
    COLUMNS,
    MESSAGES,
    SOURCE,
    TWICE,
    UNKNOWN,
    Listed,
    answered,
    read_row,
    read_target,
)
from services.registry.persons.service.questions import BUCKET
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.county.lists import ListKind
from shared.contracts.registry.list_outcomes import RowResult
from shared.errors import FieldError
from shared.imports.intake import Earlier, Intake, Marked, Verdict
from shared.imports.repository import ImportRepository
from shared.imports.tables import ImportRow
from shared.messaging.context import UseCaseContext
from shared.spreadsheets.columns import Column
from shared.spreadsheets.tables import TableRow

REPEATED = "list_import.repeated"
"""Kind of the digests by which rows of one table are compared."""
PERMISSIONS = ("tag.manage", "person.search")


def require_import(principal: Principal, area: str) -> None:
    """Raise `NotFound` unless the caller keeps the tags, and may look for people by number, in the whole area."""
    principal.scope(*PERMISSIONS).require(area)


class ListTables:
    """Use cases of lists at the counter besides those of every import."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._series = ListSeriesRepository(context.session)

    async def require(self, principal: Principal, kind: ListKind, area: str, as_of: date) -> None:
        """Raise `NotFound`, `ListAreaUnknown`, `ListInTheFuture`, `ListOutdated` unless the list may be handed in."""
        require_import(principal, area)
        day = today(self._clock)
        if not await self._series.is_known(area, on=day):
            raise ListAreaUnknown.at("area")
        handed_in(await self._series.locked(SOURCE, str(kind), area), "", as_of, today=day)


class ListIntake(Intake):
    """A list as an import has it, in one transaction."""

    finishes = True
    pays_for_check = True

    def __init__(
        self, context: UseCaseContext, principal: Principal, row: ImportRow, applying: BenefitApplying
    ) -> None:
        kind, as_of = read_target(row.target)
        self._context = context
        self._row = row
        self._day = today(context.clock)
        self._applying = applying
        self._series = ListSeriesRepository(context.session)
        self._delivered = Delivered(SOURCE, kind, row.area, str(row.id), as_of, clerk=principal)
        self._refused: dict[int, Sequence[FieldError]] = {}

    @property
    def columns(self) -> Sequence[Column]:
        return COLUMNS

    @property
    def refused(self) -> Mapping[int, Sequence[FieldError]]:
        return self._refused

    def repeats(self, row: TableRow, earlier: Earlier) -> Sequence[FieldError]:
        """Somebody twice."""
        key = read_row(row.values, today=self._day).key
        if key is None or not earlier.count(self._context.crypto.blind(REPEATED, key)[0].digest):
            return ()
        return [answered(TWICE)]

    async def judge(
        self, rows: Sequence[Marked], repeated: Mapping[int, Sequence[FieldError]]
    ) -> Mapping[int, Verdict]:
        """Whether each row can be read, and means somebody of the area. Each number is a question, and is paid for."""
        read = {one.row.number: read_row(one.row.values, today=self._day) for one in rows if not one.row.findings}
        right = {number: one for number, one in read.items() if not one.errors and not repeated.get(number)}
        self._context.access.asked[BUCKET] += sum(one.person_id is None for one in right.values())
        known = await self._applying.known(self._delivered, self._said(right))
        return {
            number: Verdict(
                one.errors if one.errors or number not in right or _name(number) in known else [answered(UNKNOWN)]
            )
            for number, one in read.items()
        }

    async def take(self, rows: Sequence[Marked], batch: Sequence[Marked]) -> int:
        """Apply rows as a part of a list on the bus is applied; each that is refused is answered for itself.

        Raises `ListOutdated` if a newer list came since.
        """
        await self._hold()
        read = {one.row.number: read_row(one.row.values, today=self._day) for one in rows}
        outcomes = await self._applying.apply(self._delivered, self._said(read))
        by_name = {one.row: one for one in outcomes}
        there = 0
        for number in read:
            outcome = by_name[_name(number)]
            if outcome.result is RowResult.UNKNOWN:
                self._refused[number] = [answered(UNKNOWN)]
            elif outcome.result is RowResult.REFUSED:
                self._refused[number] = [answered(str(outcome.code))]
            there += outcome.result is RowResult.UNCHANGED
        return there

    async def finish(self) -> None:
        """The list is whole, if of every row it could be read who is meant: whoever it has no more waits for a clerk.

        If a newer list came since, nobody does.
        """
        try:
            await self._hold()
        except ListOutdated:
            return
        if await ImportRepository(self._context.session).has_findings(self._row.id, but=MESSAGES):
            return
        series = Series(self._delivered.list_id, self._delivered.as_of, 1, frozenset({1}))
        assert is_complete(series)
        await self._applying.complete(self._delivered)
        await self._keep(series)

    async def _hold(self) -> None:
        """No other list of the series is taken in until the transaction ends; this one is its newest."""
        of = self._delivered
        known = await self._series.locked(SOURCE, str(of.kind), of.area)
        await self._keep(handed_in(known, of.list_id, of.as_of, today=self._day))

    async def _keep(self, series: Series) -> None:
        of = self._delivered
        await self._series.keep(SOURCE, str(of.kind), of.area, series, now=self._context.clock.now())

    @staticmethod
    def _said(rows: Mapping[int, Listed]) -> list[Said]:
        return [
            Said(_name(number), one.person_id, one.number, one.since, one.level, one.monthly_fen, one.name)
            for number, one in rows.items()
        ]


def _name(number: int) -> str:
    return f"row-{number}"
