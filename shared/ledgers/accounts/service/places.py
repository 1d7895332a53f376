"""Where the holders of accounts lie, and whether a caller reaches each of them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from shared.auth.principal import Principal
from shared.errors import Forbidden, NotFound
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.records.models import LedgerRecord

Place = tuple[str, str | None]
"""Area and department of a holder."""


def places_of(
    holders: Sequence[tuple[str, UUID | None]], records: Mapping[UUID, LedgerRecord]
) -> Sequence[Place | None]:
    """Where each holder (area, record) of a posting is asked for: None for a record that is not there.

    An area's account is asked for in the name of the department whose records stand on the other sides, if they are of
    one: who may pay out of a department's project may pay into the area's account of what was spent.
    """
    departments = {records[one].department for _, one in holders if one is not None and one in records}
    department = next(iter(departments)) if len(departments) == 1 else None
    found: list[Place | None] = []
    for area, record_id in holders:
        if record_id is None:
            found.append((area, department))
        else:
            record = records.get(record_id)
            found.append(None if record is None else (record.area, record.department))
    return found


def require_places(
    principal: Principal, ledger: Ledger, places: Sequence[Place | None], permission: str
) -> Sequence[Place]:
    """The caller reads every holder and has the permission there. Raises `NotFound`, `Forbidden`."""
    reads = principal.department_scope("record.read", ledger.definition.access.read)
    there = [place for place in places if place is not None]
    if len(there) < len(places) or not all(reads.allows(*place) for place in there):
        raise NotFound
    may = principal.department_scope("record.read", permission)
    if not all(may.allows(*place) for place in there):
        raise Forbidden
    return there
