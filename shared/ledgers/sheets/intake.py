"""Intake of records: a row of a table is judged by the ledger's definition and opened by the noun's own use case."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from shared.auth.principal import Principal
from shared.clock import today
from shared.errors import FieldError, Invalid
from shared.imports.intake import Intake, Marked, Target, Verdict
from shared.imports.tables import ImportRow
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.records.domain import NewRecord
from shared.ledgers.records.models import INDEX, KEY, RECORD, STEP
from shared.ledgers.records.service.opening import RecordOpening
from shared.ledgers.records.service.references import unlisted_departments
from shared.ledgers.records.service.steps import StepScopes
from shared.ledgers.records.standing import lifecycle_of
from shared.ledgers.records.wiring import LedgerParts
from shared.ledgers.sheets.columns import AREA, SUBJECT, column_code, columns_of, record_values, standing_of
from shared.messaging.context import UseCaseContext
from shared.spreadsheets.columns import Column
from shared.spreadsheets.values import Value

PREFIX = "ledger"


def target_of(code: str) -> str:
    """What an import of a ledger's records is called."""
    return f"{PREFIX}:{code}"


def require_import(principal: Principal, ledger: Ledger, area: str) -> None:
    """Raise `NotFound` unless the caller may write and import records of the ledger in the area."""
    principal.department_scope("record.write", ledger.definition.access.bulk).require_area(area)


def record_target(parts: LedgerParts) -> Target:
    """Records of ledgers as something that can be imported."""

    async def intake(context: UseCaseContext, principal: Principal, row: ImportRow) -> Intake:
        ledgers = parts.ledgers(context.session, context.clock)
        code = row.target.partition(":")[2]
        ledger = await ledgers.open_for_records(code)
        require_import(principal, ledger, row.area)
        opening = RecordOpening(context, ledgers, parts.surroundings)
        return RecordIntake(context, principal, row, ledger, opening, parts.surroundings.departments)

    return Target(PREFIX, intake, fills=(RECORD, STEP, INDEX, KEY))


class RecordIntake(Intake):
    """Records of one ledger as an import has them."""

    def __init__(
        self,
        context: UseCaseContext,
        principal: Principal,
        row: ImportRow,
        ledger: Ledger,
        opening: RecordOpening,
        departments: Collection[str],
    ) -> None:
        self._today = today(context.clock)
        self._principal = principal
        self._row = row
        self._ledger = ledger
        self._opening = opening
        self._departments = departments
        self._steps = StepScopes(principal, ledger)

    @property
    def columns(self) -> Sequence[Column]:
        """The ledger's columns."""
        return columns_of(self._ledger)

    async def judge(
        self, rows: Sequence[Marked], repeated: Mapping[int, Sequence[FieldError]]
    ) -> Mapping[int, Verdict]:
        """By the row's own values: nothing is read."""
        return {one.row.number: Verdict(self._problems(one.row.values)) for one in rows if not one.row.findings}

    def _problems(self, values: Mapping[str, Value]) -> Sequence[FieldError]:
        """Type, bounds, choices, required fields and rules, where the record stands, and whether the area lies inside.

        Each at its column.
        """
        found = []
        area, standing = str(values.get(AREA.code, self._row.area)), standing_of(values)
        if not area.startswith(self._row.area):
            found.append(FieldError(AREA.code, "area_outside", "不在本次导入选定的区域内"))
        try:
            whole = self._ledger.accept(record_values(self._ledger, values), today=self._today)
        except Invalid as error:
            return found + [_placed(one) for one in error.errors]
        department = self._ledger.definition.department
        may = self._steps.verbs(area, whole.get(department) if department else None)
        problems = lifecycle_of(self._ledger).problems(standing, may, today=self._today)
        problems += unlisted_departments(self._ledger, whole, self._departments)
        problems += self._ledger.problems(whole, standing.status or self._ledger.initial, today=self._today)
        return found + [_placed(one) for one in problems]

    async def take(self, rows: Sequence[Marked], batch: Sequence[Marked]) -> int:
        """Open records where they stand. Raises what opening raises."""
        await self._opening.open_all(self._principal, self._ledger, [self._new(one.row.values) for one in rows])
        return 0

    def column_of(self, path: str) -> str:
        """As `judge` places what the ledger says."""
        return column_code(path)

    def _new(self, values: Mapping[str, Value]) -> NewRecord:
        subject = values.get(SUBJECT)
        return NewRecord(
            area=str(values.get(AREA.code, self._row.area)),
            values=record_values(self._ledger, values),
            subject_id=None if subject is None else str(subject),
            standing=standing_of(values),
        )


def _placed(error: FieldError) -> FieldError:
    return replace(error, path=column_code(error.path))
