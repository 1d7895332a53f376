"""A benefit, for the tests that walk every endpoint: a list makes one, so its rows are written."""

from datetime import date
from uuid import UUID

from services.registry.benefits.domain import BenefitRecord
from services.registry.benefits.repository import BenefitRepository
from shared.ids import new_id
from shared.testing.doors import Door, a_principal
from tests.registry.builders import a_person


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one, by the name of its list."""
    async with door.client(a_principal("village_clerk", area)) as client:
        places = {"residence": {"area": area}, "registration": {"area": area}}
        made = await client.post("/persons", json=a_person(**places))
        assert made.status_code == 201, made.text
        person = made.json()["id"]
        body = {"code": "minimum_living", "started_on": "2026-02-01"}
        tag = await client.post(f"/persons/{person}/tags", json=body)
        assert tag.status_code == 201, tag.text
    one = BenefitRecord(
        id=new_id(),
        version=1,
        person_id=UUID(person),
        kind="minimum_living",
        source="urn:county:450481:civil-affairs",
        area=area[:6],
        list_id="DB-2026-02",
        as_of=date(2026, 2, 10),
        since=date(2026, 2, 1),
        level=None,
        monthly_fen=None,
        status="missing",
        missing_on=date(2026, 3, 1),
        tag_id=UUID(tag.json()["id"]),
        ended_on=None,
        tag_ended=False,
        reason=None,
        decided_by=None,
        decided_at=None,
        recorded_at=door.kit.clock.now(),
    )
    async with door.kit.database.session() as session:
        await BenefitRepository(session).add(one)
        await session.commit()
    return {"benefits": str(one.id)}
