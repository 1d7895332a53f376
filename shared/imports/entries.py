"""Intake of things that a place has once under one key, such as organisations of a village by name.

A row whose key nothing has is entered. One of what is there already, said alike, is known: a second delivery changes
nothing. One of what is there, said otherwise, is a finding at each column that differs, and changes nothing either:
the list that was handed in last is not the newest knowledge. So it is with what has ended or was taken back there.
"""

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Generic, NamedTuple

from shared.errors import FieldError
from shared.imports.intake import Earlier, Intake, Marked, Verdict
from shared.imports.read_rows import Key, New, Read
from shared.spreadsheets.tables import TableRow
from shared.spreadsheets.values import Value

TWICE = FieldError("", "duplicate", "与上面的行重复")
DIFFERS, OVER = "differs_from_register", "not_active_in_register"
_DIFFERS = "与在册信息不同，未作改动；确需更正的，请在在册条目中办理"
_OVER = "在册信息中已终止或已撤回，未作改动；有误的，请在在册条目中办理"


class Held(NamedTuple):
    """What stands in the register under a key: its values by column, and whether it is over.

    `hidden`: columns that are not compared, since the importer does not see them in full.
    """

    values: Mapping[str, Value | None]
    over: bool = False
    hidden: Collection[str] = ()


class EntryIntake(Intake, Generic[New]):
    """Such things as an import has them, in one transaction."""

    key_column: str
    """Where a key that stands twice is told."""

    def __init__(self) -> None:
        self._refused: dict[int, Sequence[FieldError]] = {}

    @property
    def refused(self) -> Mapping[int, Sequence[FieldError]]:
        return self._refused

    @abstractmethod
    def read(self, values: Mapping[str, Value]) -> Read[New]:
        """A row, judged by itself. Errors stand at columns."""

    @abstractmethod
    def digest(self, key: Key) -> bytes:
        """By which keys of one table are compared."""

    @abstractmethod
    async def held(self, keys: Collection[Key]) -> Mapping[Key, Held]:
        """What of these stands in the register, where the importer may look."""

    @abstractmethod
    async def misplaced(self, rows: Mapping[int, New]) -> Mapping[int, Sequence[FieldError]]:
        """What is wrong with the places of rows, by their numbers."""

    @abstractmethod
    async def enter(self, new: New) -> None:
        """By the noun's own use case. Raises its refusals."""

    def repeats(self, row: TableRow, earlier: Earlier) -> Sequence[FieldError]:
        """The same thing twice in the table."""
        key = self.read(row.values).key
        if key is None or not earlier.count(self.digest(key)):
            return ()
        return [FieldError(self.key_column, TWICE.code, TWICE.message)]

    async def judge(
        self, rows: Sequence[Marked], repeated: Mapping[int, Sequence[FieldError]]
    ) -> Mapping[int, Verdict]:
        """As the use case would; what is there already is compared."""
        read = {one.row.number: (one.row, self.read(one.row.values)) for one in rows if not one.row.findings}
        fresh = {
            number: one.new
            for number, (_, one) in read.items()
            if one.new is not None and not one.errors and not repeated.get(number)
        }
        misplaced = await self.misplaced(fresh)
        held = await self.held({one.key for _, one in read.values() if one.key is not None})
        verdicts = {}
        for number, (row, one) in read.items():
            errors = [*one.errors, *misplaced.get(number, ())]
            there = held.get(one.key) if one.key is not None else None
            if errors or repeated.get(number) or there is None:
                verdicts[number] = Verdict(errors)
            else:
                found = self._against(row.values, one, there)
                verdicts[number] = Verdict(found, known=not found)
        return verdicts

    async def take(self, rows: Sequence[Marked], batch: Sequence[Marked]) -> int:
        """Enter what is not there. Raises what that raises; what came to stand there since is answered by itself."""
        read = [(one.row, self.read(one.row.values)) for one in rows]
        held = await self.held({one.key for _, one in read if one.key is not None})
        there = 0
        for row, one in read:
            standing = held.get(one.key) if one.key is not None else None
            if standing is not None:
                found = self._against(row.values, one, standing)
                there += not found
                if found:
                    self._refused[row.number] = found
            elif one.new is not None:
                await self.enter(one.new)
        return there

    def column_of(self, path: str) -> str:
        """The column of the same name; the whole row if there is none."""
        return path if any(path == one.code for one in self.columns) else ""

    def _against(self, values: Mapping[str, Value], one: Read[New], there: Held) -> list[FieldError]:
        """Where a row says otherwise than the register, at the columns that it fills in."""
        if there.over:
            return [FieldError(self.key_column, OVER, _OVER)]
        told = self.told(one)
        return [
            FieldError(code, DIFFERS, _DIFFERS)
            for code, value in told.items()
            if code in values and code not in there.hidden and value != there.values.get(code)
        ]

    @abstractmethod
    def told(self, one: Read[New]) -> Mapping[str, Value | None]:
        """What a row says, by column, in the form in which `Held` has it."""
