"""Tables of the dictionary of incidents: rows become limits of the open draft, by the use case of the draft."""

from collections.abc import Collection, Mapping, Sequence

from services.grid.dictionaries.domain import CategoryTerms, Terms
from services.grid.dictionary_drafts.service import DictionaryDrafts
from services.grid.dictionary_tables.domain import COLUMNS, TITLE, read_row, rows_of, told
from shared.auth.principal import Principal
from shared.errors import FieldError, NotFound
from shared.imports.entries import EntryIntake, Held
from shared.imports.intake import Marked
from shared.imports.read_rows import Key, Read
from shared.messaging.context import UseCaseContext
from shared.reference.areas import COUNTY_DIGITS
from shared.spreadsheets.columns import Column
from shared.spreadsheets.values import Value
from shared.spreadsheets.writing import Writer

TARGET = "incident_dictionary"
MANAGE = "dictionary.manage"


def require_import(principal: Principal, area: str) -> None:
    """Raise `NotFound` unless the caller may change the dictionary of the county that is named."""
    principal.scope(MANAGE).require(area)
    if len(area) != COUNTY_DIGITS:
        raise NotFound(area)


class DictionaryIntake(EntryIntake[CategoryTerms]):
    """Limits as an import has them: what the draft says otherwise is replaced, for a draft is no register."""

    key_column = "category"

    def __init__(self, context: UseCaseContext, principal: Principal, drafts: DictionaryDrafts) -> None:
        super().__init__()
        self._context = context
        self._principal = principal
        self._drafts = drafts

    @property
    def columns(self) -> Sequence[Column]:
        return COLUMNS

    def read(self, values: Mapping[str, Value]) -> Read[CategoryTerms]:
        return read_row(values)

    def digest(self, key: Key) -> bytes:
        return self._context.crypto.blind("dictionary_import.repeated", "\0".join(key))[0].digest

    def told(self, one: Read[CategoryTerms]) -> Mapping[str, Value | None]:
        return {} if one.new is None else told(one.new)

    async def held(self, keys: Collection[Key]) -> Mapping[Key, Held]:
        """Nothing is held against a row; what is there alike is only set once more."""
        return {}

    async def misplaced(self, rows: Mapping[int, CategoryTerms]) -> Mapping[int, Sequence[FieldError]]:
        return {}

    async def take(self, rows: Sequence[Marked], batch: Sequence[Marked]) -> int:
        """All rows of a step at once: the draft changes once."""
        read = [self.read(one.row.values).new for one in rows]
        await self._drafts.enter(self._principal, [one for one in read if one is not None])
        return 0

    async def enter(self, new: CategoryTerms) -> None:
        await self._drafts.enter(self._principal, [new])


def table_of(terms: Terms) -> bytes:
    """A workbook with the limits of a version or of a draft, in the columns of the template."""
    book = Writer(TITLE, COLUMNS)
    for row in rows_of(terms):
        book.add(row)
    return book.finish()
