"""A contact of somebody's tag, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal
from tests.registry.builders import a_person
from tests.registry.tag_contacts.entering import somebody


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one, by the name of its list."""
    async with door.client(a_principal("village_clerk", area)) as client:
        home = {"residence": {"area": area}, "registration": {"area": area}}
        person = await client.post("/persons", json=a_person(name="甘示例", **home))
        assert person.status_code == 201, person.text
        body = {"code": "disabled", "started_on": "2026-02-01"}
        tag = await client.post(f"/persons/{person.json()['id']}/tags", json=body)
        assert tag.status_code == 201, tag.text
        made = await client.post(f"/tags/{tag.json()['id']}/contacts", json=somebody(name="甘监护"))
        assert made.status_code == 201, made.text
        return {"tag-contacts": made.json()["id"]}
