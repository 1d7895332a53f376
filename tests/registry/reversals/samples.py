"""A reversal that waits, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal
from tests.registry.builders import a_person


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one, by the name of its list."""
    async with door.client(a_principal("village_clerk", area)) as client:
        places = {"residence": {"area": area}, "registration": {"area": area}}
        person = (await client.post("/persons", json=a_person(**places))).json()["id"]
        events = (await client.get(f"/persons/{person}/life-events")).json()["items"]
        path = f"/persons/{person}/life-events/{events[0]['id']}/reverse"
        made = await client.post(path, json={"reason": "recorded_twice", "note": "与前次登记重复"})
        assert made.status_code == 201, made.text
        return {"reversals": made.json()["id"]}
