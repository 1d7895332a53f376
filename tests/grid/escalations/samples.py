"""An escalation and its rule, for the tests that walk every endpoint."""

from datetime import timedelta

from shared.testing.clock import FrozenClock
from shared.testing.doors import Door, a_principal
from tests.grid.escalations.escalating import Sweeper, reported


async def samples(door: Door, area: str) -> dict[str, str]:
    """Their ids, by the first segments of their paths: an incident of the village waits to be filed for an hour."""
    async with door.client(a_principal("county_officer", area[:6])) as county:
        rule = {"metric": "unfiled", "threshold": 1, "unit": "hour", "level": 5, "receiver": "county_officer"}
        made = await county.post("/escalation-rules", json={**rule, "around_the_clock": True})
        assert made.status_code == 201, made.text
        await reported(county, point=None, area=area)
        later = FrozenClock(door.kit.clock.now() + timedelta(hours=2))
        await Sweeper(door.kit.database, later, door.kit.crypto).all()
        found = await county.get("/escalations", params={"area": area, "level": 5})
        assert found.status_code == 200, found.text
    return {"escalation-rules": made.json()["id"], "escalations": found.json()["items"][0]["id"]}
