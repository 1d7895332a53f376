"""A change of areas for the tests that walk every endpoint: its row is written, for one of a village lies above it."""

from datetime import date

from services.registry.area_changes.models import AreaChange
from services.registry.area_changes.repository import AreaChangeRepository
from shared.contracts.registry.area_changes import AreaChangeKind, AreaChangeStatus
from shared.ids import new_id
from shared.testing.doors import Door


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one in the area, by the first segment of its path."""
    change = AreaChange(
        id=new_id(),
        version=1,
        area=area,
        kind=str(AreaChangeKind.SPLIT),
        status=str(AreaChangeStatus.DONE),
        effective_on=date(2026, 3, 1),
        plan={"opens": [], "moves": []},
        persons=0,
        households=[],
        buildings=[],
        recorded_by="registrar",
        recorded_at=door.kit.clock.now(),
        undone_by=None,
        undone_at=None,
    )
    async with door.kit.database.session() as session:
        await AreaChangeRepository(session).add(change)
        await session.commit()
    return {"area-changes": str(change.id)}
