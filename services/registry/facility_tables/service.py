"""Tables of facilities: entered by the use case of the counter, taken out as they may be read."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.registry.facilities.domain import OPEN, FacilityFields, FacilityFilter
from services.registry.facilities.models import Facility
from services.registry.facilities.repository import FacilityRepository
from services.registry.facilities.service.facilities import Facilities
from services.registry.facilities.service.handling import MANAGE
from services.registry.facilities.service.reads import FacilityReads
from services.registry.facility_tables.domain import COLUMNS, EXPORTED, TITLE, read_row, stored, told
from services.registry.life_events.service import Placement, misplaced
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.facilities import FacilityStatus
from shared.errors import FieldError
from shared.exports.areas import AreaExport, Page
from shared.exports.domain import PAGE
from shared.imports.entries import EntryIntake, Held
from shared.imports.read_rows import Key, Read
from shared.imports.tables import ImportRow
from shared.messaging.context import UseCaseContext
from shared.reference.areas import village_of
from shared.spreadsheets.columns import Column
from shared.spreadsheets.values import Value

TARGET = "facilities"
REPEATED = "facility_import.repeated"
"""Kind of the digests by which rows of one table are compared."""
OUT = ("facility.read", "facility.export")
FACILITIES_OUT = AreaExport(
    kind="facility_export", noun="registry.facility", title=TITLE, columns=EXPORTED, taking_out=OUT, in_full=OUT
)


def require_import(principal: Principal, area: str) -> None:
    """Raise `NotFound` unless the caller may enter facilities in the area."""
    principal.scope(MANAGE).require(area)


class FacilityIntake(EntryIntake[FacilityFields]):
    """Facilities as an import has them: one of a name in a village."""

    key_column = "name"

    def __init__(self, context: UseCaseContext, principal: Principal, row: ImportRow, facilities: Facilities) -> None:
        super().__init__()
        self._context = context
        self._principal = principal
        self._row = row
        self._day = today(context.clock)
        self._facilities = facilities
        self._rows = FacilityRepository(context.session)
        self._placement = Placement(context.session)

    @property
    def columns(self) -> Sequence[Column]:
        return COLUMNS

    def column_of(self, path: str) -> str:
        return super().column_of("longitude" if path == "point" else path)

    def read(self, values: Mapping[str, Value]) -> Read[FacilityFields]:
        return read_row(values, area=self._row.area, today=self._day)

    def digest(self, key: Key) -> bytes:
        return self._context.crypto.blind(REPEATED, "\0".join(key))[0].digest

    def told(self, one: Read[FacilityFields]) -> Mapping[str, Value | None]:
        return {} if one.new is None else told(one.new)

    async def held(self, keys: Collection[Key]) -> Mapping[Key, Held]:
        """Those of these names in villages of the importer's scope. An open one stands before others."""
        scope = self._principal.scope(MANAGE)
        found: dict[Key, Facility] = {}
        for one in await self._rows.named([key for key in keys if scope.allows(key[0])]):
            key = (village_of(one.area), one.compared)
            if key not in found or one.status == OPEN:
                found[key] = one
        return {key: Held(stored(one), over=one.status != OPEN) for key, one in found.items()}

    async def misplaced(self, rows: Mapping[int, FacilityFields]) -> Mapping[int, Sequence[FieldError]]:
        areas = {one.area for one in rows.values()}
        wrong = await misplaced(self._placement, self._principal.scope(MANAGE), areas, self._day)
        return {number: wrong[one.area] for number, one in rows.items() if one.area in wrong}

    async def enter(self, new: FacilityFields) -> None:
        await self._facilities.enter(self._principal, new)


async def exported_page(reads: FacilityReads, principal: Principal, asked: Mapping[str, Any], after: Any) -> Page:
    """The next facilities as rows. They are open places: a look at one is not noted, that they are taken out is."""
    wanted = FacilityFilter(status=None if asked["status"] is None else FacilityStatus(asked["status"]))
    page = await reads.page(principal, asked["area"], wanted, after=after and UUID(after), limit=PAGE)
    rows = [_row(one) for one in page[:PAGE] if principal.scope(*OUT).allows(one.area)]
    return rows, str(page[PAGE - 1].id) if len(page) > PAGE else None


def _row(one: Facility) -> Mapping[str, Value | None]:
    return {
        **stored(one),
        "name": one.name,
        "facility": str(one.id),
        "organisation": None if one.organisation_id is None else str(one.organisation_id),
        "status": str(one.status),
        "closed_on": None if one.closed_on is None else one.closed_on.isoformat(),
    }
