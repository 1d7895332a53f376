"""An erasure that waits, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal
from tests.registry.builders import a_person


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one, by the name of its list."""
    place = {"residence": {"area": area}, "registration": {"area": area}}
    async with door.client(a_principal("village_clerk", area)) as client:
        person = await client.post("/persons", json=a_person(**place, occurred_on="2010-01-01"))
        assert person.status_code == 201, person.text
        left = await client.post(f"/persons/{person.json()['id']}/move-out", json={"occurred_on": "2019-01-01"})
        assert left.status_code == 200, left.text
        made = await client.post(f"/persons/{person.json()['id']}/erasures", json={"ground": "term_over"})
        assert made.status_code == 201, made.text
        return {"erasures": made.json()["id"]}
