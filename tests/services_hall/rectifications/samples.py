"""A rectification for the tests that walk every endpoint."""

from shared.auth.principal import Principal
from shared.testing.doors import Door
from tests.services_hall.conftest import COUNTY_OFFICER
from tests.services_hall.ratings.samples import a_rating


async def samples(door: Door, area: str, owner: Principal | None = None) -> dict[str, str]:
    """Its id, by the first segment of its path."""
    rating = await a_rating(door, area, "SAMPLE-LOW-RATING", owner, 1)
    async with door.client(COUNTY_OFFICER) as client:
        rows = (await client.get("/rectifications", params={"area": area})).json()["items"]
    [row] = [one for one in rows if one["rating_id"] == rating["id"]]
    return {"rectifications": row["id"]}
