"""Photos of an incident: handed in with a step, read by who sees the incident, and by nobody else."""

from pathlib import Path

import pytest

from services.grid.app import create_app
from services.grid.settings import Settings
from shared.auth.principal import Principal
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door
from shared.testing.settings import settings_for
from tests.grid.builders import CLERK, HANDLER, OTHER_CLERK, RESIDENT, WORKER, an_incident
from tests.grid.incidents.steps import Do, bring, code_of

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4


@pytest.fixture
def door(committed: Database, service_database: ServiceDatabase, clock: FrozenClock, tmp_path: Path) -> Door:
    settings = settings_for("grid", service_database.service_url)
    assert isinstance(settings, Settings)
    kept = settings.model_copy(update={"files": str(tmp_path)})
    return Door(create_app(kept, clock=clock, database=committed))


async def upload(door: Door, who: Principal, content: bytes = JPEG) -> str:
    async with door.client(who) as client:
        answer = await client.post("/files", content=content)
    assert answer.status_code == 201, answer.text
    file: str = answer.json()["id"]
    return file


async def test_a_photo_of_a_step_is_read_by_the_office_the_unit_and_whoever_took_it(
    door: Door, grids: None, unit: str, do: Do
) -> None:
    first = await upload(door, RESIDENT)
    async with door.client(RESIDENT) as client:
        made = await client.post("/incidents", json=an_incident(source="resident", photos=[first]))
        assert made.status_code == 201, made.text
        incident = made.json()["id"]
    second = await upload(door, CLERK)
    async with door.client(CLERK) as client:
        filed = await client.post(f"/incidents/{incident}/file", json={"photos": [second]})
        assert filed.status_code == 200, filed.text
    seen = {
        CLERK.subject: {first: 200, second: 200},
        RESIDENT.subject: {first: 200, second: 404},
        HANDLER.subject: {first: 404, second: 404},
        OTHER_CLERK.subject: {first: 404, second: 404},
    }
    for who in (CLERK, RESIDENT, HANDLER, OTHER_CLERK):
        async with door.client(who) as client:
            for photo, status in seen[who.subject].items():
                answer = await client.get(f"/incidents/{incident}/photos/{photo}")
                assert answer.status_code == status, (who.subject, answer.text)
                assert status != 200 or answer.content == JPEG
                assert (await client.get(f"/files/{photo}/content")).status_code == 404
    async with door.client(RESIDENT) as client:
        steps = (await client.get(f"/incidents/{incident}")).json()["steps"]
    assert [one["photos"] for one in steps] == [[first], []]
    await bring(do, incident, unit, "dispatch")
    async with door.client(HANDLER) as client:
        assert (await client.get(f"/incidents/{incident}/photos/{second}")).status_code == 200


async def test_what_is_no_picture_of_ones_own_is_refused_and_the_step_with_it(door: Door, grids: None) -> None:
    async with door.client(WORKER) as client:
        incident = (await client.post("/incidents", json=an_incident())).json()["id"]
    foreign, document = await upload(door, CLERK), await upload(door, WORKER, b"%PDF-1.7 not a picture")
    used = await upload(door, WORKER)
    async with door.client(WORKER) as client:
        for photos, refusal in (
            ([str(new_id())], (404, "not_found")),
            ([foreign], (404, "not_found")),
            ([document], (422, "wrong_file_kind")),
            ([used, used], (422, "invalid_request")),
            ([str(new_id()) for _ in range(10)], (422, "invalid_request")),
        ):
            assert code_of(await client.post(f"/incidents/{incident}/verify", json={"photos": photos})) == refusal
        assert (await client.get(f"/incidents/{incident}")).json()["incident"]["version"] == 1
        assert (await client.post(f"/incidents/{incident}/verify", json={"photos": [used]})).status_code == 200
        again = await client.post("/incidents", json=an_incident(photos=[used]))
        assert code_of(again) == (409, "file_attached")
