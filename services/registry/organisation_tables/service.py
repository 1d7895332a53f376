"""Tables of organisations: entered by the use case of the counter, taken out as they may be read."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.registry.life_events.service import Placement, misplaced
from services.registry.organisation_tables.domain import COLUMNS, EXPORTED, SEALED, TITLE, read_row, told
from services.registry.organisations.domain import ACTIVE, OrganisationFields, OrganisationFilter
from services.registry.organisations.models import Organisation
from services.registry.organisations.repository import OrganisationRepository
from services.registry.organisations.service.handling import CONTACT, MANAGE, OrganisationHandling, ShownOrganisation
from services.registry.organisations.service.organisations import Organisations
from services.registry.organisations.service.reads import OrganisationReads
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.organisations import OrganisationStatus
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

TARGET = "organisations"
REPEATED = "organisation_import.repeated"
"""Kind of the digests by which rows of one table are compared."""
OUT = ("organisation.read", "organisation.export")
ORGANISATIONS_OUT = AreaExport(
    kind="organisation_export",
    noun="registry.organisation",
    title=TITLE,
    columns=EXPORTED,
    taking_out=OUT,
    in_full=(*OUT, CONTACT),
)


def require_import(principal: Principal, area: str) -> None:
    """Raise `NotFound` unless the caller may enter organisations in the area."""
    principal.scope(MANAGE).require(area)


class OrganisationIntake(EntryIntake[OrganisationFields]):
    """Organisations as an import has them: one of a name in a village."""

    key_column = "name"

    def __init__(
        self, context: UseCaseContext, principal: Principal, row: ImportRow, organisations: Organisations
    ) -> None:
        super().__init__()
        self._context = context
        self._principal = principal
        self._row = row
        self._day = today(context.clock)
        self._organisations = organisations
        self._rows = OrganisationRepository(context.session)
        self._handling = OrganisationHandling(context)
        self._placement = Placement(context.session)

    @property
    def columns(self) -> Sequence[Column]:
        return COLUMNS

    def read(self, values: Mapping[str, Value]) -> Read[OrganisationFields]:
        return read_row(values, area=self._row.area, today=self._day)

    def digest(self, key: Key) -> bytes:
        return self._context.crypto.blind(REPEATED, "\0".join(key))[0].digest

    def told(self, one: Read[OrganisationFields]) -> Mapping[str, Value | None]:
        return {} if one.new is None else told(one.new)

    async def held(self, keys: Collection[Key]) -> Mapping[Key, Held]:
        """Those of these names in villages of the importer's scope; each is noted. An active one stands before others.

        Who answers for one, and where, is compared for who sees it in full.
        """
        scope = self._principal.scope(MANAGE)
        here = [key for key in keys if scope.allows(key[0])]
        found: dict[Key, Organisation] = {}
        for one in await self._rows.named(here):
            key = (village_of(one.area), one.compared)
            if key not in found or one.status == ACTIVE:
                found[key] = one
        return {key: self._held(one) for key, one in found.items()}

    async def misplaced(self, rows: Mapping[int, OrganisationFields]) -> Mapping[int, Sequence[FieldError]]:
        areas = {one.area for one in rows.values()}
        wrong = await misplaced(self._placement, self._principal.scope(MANAGE), areas, self._day)
        return {number: wrong[one.area] for number, one in rows.items() if one.area in wrong}

    async def enter(self, new: OrganisationFields) -> None:
        await self._organisations.enter(self._principal, new)

    def _held(self, one: Organisation) -> Held:
        shown = self._handling.shown(self._principal, "import_organisation", one, MANAGE, Detail.EXISTENCE)
        sees = self._principal.scope(MANAGE, CONTACT).allows(one.area)
        contact = self._handling.opened(one.id, one.contact_sealed)
        values = {
            **shown.values,
            "kind": str(one.kind),
            "registration": str(one.registration),
            "name": one.compared,
            "registered_on": one.registered_on and one.registered_on.isoformat(),
            "began_on": one.began_on.isoformat(),
            "address": contact.address,
            "responsible": contact.responsible,
            "phone": contact.phone,
        }
        hidden = {"address"} if shown.contact.address != contact.address else set()
        return Held(values, over=one.status != ACTIVE, hidden=hidden if sees else SEALED)


async def exported_page(reads: OrganisationReads, principal: Principal, asked: Mapping[str, Any], after: Any) -> Page:
    """The next organisations as rows, each noted; who answers for one in full, if that was asked for and is allowed."""
    status = None if asked["status"] is None else OrganisationStatus(asked["status"])
    wanted = OrganisationFilter(status=status)
    page = await reads.page(principal, asked["area"], wanted, after=after and UUID(after), limit=PAGE)
    shown = [one for one in page[:PAGE] if principal.scope(*OUT).allows(one.values["area"])]
    rows = [_row(one if asked["full"] else reads.masked(one)) for one in shown]
    return rows, str(page[PAGE - 1].id) if len(page) > PAGE else None


def _row(one: ShownOrganisation) -> Mapping[str, Value | None]:
    days = {name: value and value.isoformat() for name, value in one.values.items() if name.endswith("_on")}
    known = {name: value for name, value in one.values.items() if name != "earlier"}
    contact = one.contact
    told_of = {"address": contact.address, "responsible": contact.responsible, "phone": contact.phone}
    return {"organisation": str(one.id), **known, **days, **told_of}
