"""A discrepancy, for the tests that walk every endpoint: no use case makes one, so its row is written."""

from services.registry.discrepancies.domain import DiscrepancyRecord
from services.registry.discrepancies.repository import DiscrepancyRepository
from shared.ids import new_id
from shared.testing.doors import Door


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one, by the name of its list."""
    now = door.kit.clock.now()
    one = DiscrepancyRecord(
        id=new_id(),
        version=1,
        area=area,
        book="residence",
        ledger=2,
        stock=1,
        status="open",
        found_at=now,
        changed_at=now,
        explained_by=None,
        note_sealed=None,
    )
    async with door.kit.database.session() as session:
        await DiscrepancyRepository(session).add(one)
        await session.commit()
    return {"discrepancies": str(one.id)}
