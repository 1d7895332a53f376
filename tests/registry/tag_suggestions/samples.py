"""A suggestion, for the tests that walk every endpoint: no request makes one, so its row is written."""

from uuid import UUID

from services.registry.tag_suggestions.domain import SuggestionRecord
from services.registry.tag_suggestions.repository import TagSuggestionRepository
from shared.ids import new_id
from shared.testing.doors import Door, a_principal
from tests.registry.builders import a_person


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one, by the name of its list."""
    async with door.client(a_principal("village_clerk", area)) as client:
        places = {"residence": {"area": area}, "registration": {"area": area}}
        made = await client.post("/persons", json=a_person(**places))
        assert made.status_code == 201, made.text
    one = SuggestionRecord(
        id=new_id(),
        version=1,
        person_id=UUID(made.json()["id"]),
        code="elder_alone",
        status="open",
        rests_on=[],
        found_at=door.kit.clock.now(),
        decided_by=None,
        decided_at=None,
        reason=None,
        tag_id=None,
    )
    async with door.kit.database.session() as session:
        await TagSuggestionRepository(session).add([one])
        await session.commit()
    return {"tag-suggestions": str(one.id)}
