"""A satisfaction call, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal


async def samples(door: Door, area: str) -> dict[str, str]:
    """Its id, by the first segment of its paths: a resident's incident of the village that was closed."""
    county = area[:6]
    async with (
        door.client(a_principal("resident", county)) as resident,
        door.client(a_principal("county_officer", county, subject="who-handles")) as handler,
        door.client(a_principal("county_officer", county, subject="who-checks")) as checker,
    ):
        made = await resident.post("/incidents", json={"source": "resident", "category": "order", "area": area})
        assert made.status_code == 201, made.text
        incident = made.json()["id"]
        unit = {"area": area, "department": "water", "name": "回访示例处置队"}
        founded = await handler.post("/units", json=unit)
        assert founded.status_code == 201, founded.text
        unit_id = founded.json()["id"]
        for who, step, body in (
            (handler, "file", {}),
            (handler, "dispatch", {"unit_id": unit_id}),
            (handler, "accept", {}),
            (handler, "feedback", {"reason": "done"}),
            (checker, "check", {"passed": True}),
            (checker, "close", {}),
        ):
            answer = await who.post(f"/incidents/{incident}/{step}", json=body)
            assert answer.status_code == 200, answer.text
        found = (await checker.get("/satisfaction-calls", params={"area": area})).json()["items"]
        [call] = [one for one in found if one["incident_id"] == incident]
    return {"satisfaction-calls": call["id"]}
