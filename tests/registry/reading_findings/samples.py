"""A finding, for the tests that walk every endpoint: the daily look alone makes one, so its row is written."""

from services.registry.reading_findings.domain import FindingRecord
from services.registry.reading_findings.repository import ReadingFindingRepository
from shared.clock import today
from shared.ids import new_id
from shared.testing.doors import Door


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one, by the name of its list."""
    clock = door.kit.clock
    one = FindingRecord(
        id=new_id(),
        version=1,
        status="open",
        rule="full",
        reader="somebody",
        day=today(clock),
        area=area,
        measured=51,
        bound=50,
        villages=[area],
        found_at=clock.now(),
    )
    async with door.kit.database.session() as session:
        await ReadingFindingRepository(session).add([one])
        await session.commit()
    return {"reading-findings": str(one.id)}
