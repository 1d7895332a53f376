"""An erasing run that waits, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one, by the name of its list: whoever reported wishes it, and a report was dismissed."""
    async with door.client(None) as anybody, door.client(a_principal("village_clerk", area)) as clerk:
        said = {"category": "environment", "area": area, "description": "待清除"}
        made = await anybody.post("/public-reports", json=said)
        assert made.status_code == 201, made.text
        [*_, report] = (await clerk.get("/public-reports", params={"area": area, "status": "held"})).json()["items"]
        gone = await clerk.post(f"/public-reports/{report['id']}/dismiss", json={"reason": "abuse"})
        assert gone.status_code == 200, gone.text
        run = await clerk.post("/grid-erasures", json={"area": area, "holder": report["id"]})
        assert run.status_code == 201, run.text
    return {"grid-erasures": run.json()["id"]}
