"""Very many report in public at once, from one village and many addresses: whoever works there is served meanwhile.

Reports of a village are counted one after the other, so that no two are the last one; the waiting for it is bounded.
"""

import asyncio

import httpx
import pytest

from shared.http import lookout
from shared.testing.doors import Door
from tests.grid.builders import CLERK, COUNTY_OFFICER, an_incident
from tests.grid.public_reports.test_api import a_report

MANY = 48


async def test_a_clerk_is_served_while_a_crowd_reports(
    door: Door, grids: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookout, "PATIENCE", 600)

    async def reports(number: int) -> int:
        transport = httpx.ASGITransport(app=door.app, client=(f"10.1.{number}.7", 40000))
        base = f"http://test/{door.kit.spec.path}/v1"
        async with httpx.AsyncClient(transport=transport, base_url=base) as anybody:
            return (await anybody.post("/public-reports", json=a_report())).status_code

    crowd = [asyncio.create_task(reports(number)) for number in range(MANY)]
    async with door.client(CLERK) as clerk:
        for _ in range(4):
            made = await clerk.post("/incidents", json=an_incident())
            assert made.status_code == 201, made.text
            for path in ("/public-reports", "/public-reports/count", "/incidents/count"):
                assert (await clerk.get(path)).status_code == 200
    answers = await asyncio.gather(*crowd)
    assert set(answers) <= {201, 429, 503}
    async with door.client(COUNTY_OFFICER) as officer:
        assert (await officer.get("/public-reports/count")).json() == {"count": answers.count(201)}
    assert answers.count(201) > 0
