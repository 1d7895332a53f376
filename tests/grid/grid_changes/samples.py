"""A change of grids in a village, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal
from tests.grid.grid_changes.changing import rectangle


async def samples(door: Door, area: str) -> dict[str, str]:
    """A grid of the village that became two, and somebody who answers for one of them."""
    async with door.client(a_principal("county_officer", area[:6])) as client:
        whole = {"code": f"{area}901", "polygon": rectangle(111.0, 111.01, 22.95, 22.96)}
        drawn = await client.post("/grids", json=whole)
        assert drawn.status_code == 201, drawn.text
        split = {
            "kind": "split",
            "effective_on": drawn.json()["valid_from"],
            "ends": [{"code": whole["code"]}],
            "draws": [
                {"code": f"{area}902", "polygon": rectangle(111.0, 111.005, 22.95, 22.96)},
                {"code": f"{area}903", "polygon": rectangle(111.005, 111.01, 22.95, 22.96)},
            ],
        }
        change = await client.post("/grid-changes", json=split)
        assert change.status_code == 201, change.text
        body = {"grid": f"{area}902", "worker": "u-9", "post": "head", "since": drawn.json()["valid_from"]}
        staff = await client.post("/grid-staff", json=body)
        assert staff.status_code == 201, staff.text
    return {"grid-changes": change.json()["id"], "grid-staff": staff.json()["id"]}
