"""Whoever reported and the office, or two offices, at one report at the same moment: one of them is heard."""

import asyncio
from typing import Any

import httpx

from shared.db.engine import Database
from shared.testing.doors import Door
from tests.grid.builders import CLERK, COUNTY_OFFICER, HEAD, TOWN_OFFICER, an_incident
from tests.grid.conftest import Facts
from tests.grid.public_reports.test_api import PHONE, WORDS, followed, reported, shown


async def did(door: Door, who: Any, report: Any, verb: str, **body: Any) -> httpx.Response:
    async with door.client(who) as client:
        return await client.post(f"/public-reports/{report['id']}/{verb}", json=body or None)


async def held(door: Door) -> tuple[Any, str]:
    receipt = await reported(door)
    async with door.client(COUNTY_OFFICER) as officer:
        [report] = await shown(officer, status="held")
    return report, receipt["progress_code"]


async def test_what_is_taken_back_at_the_same_moment_is_filed_or_gone_never_both(
    door: Door, grids: None, facts: Facts
) -> None:
    """Were it both, an incident would keep the words and the number that their owner has had erased."""
    for _ in range(3):
        report, code = await held(door)
        async with door.client(COUNTY_OFFICER) as officer:
            before = (await officer.get("/incidents/count")).json()["count"]
            answers = await asyncio.gather(
                did(door, CLERK, report, "file", severity="normal"), followed(door, code, "withdraw"),
                did(door, HEAD, report, "dismiss", reason="nothing_there"),
            )  # fmt: skip
            assert sorted(one.status_code for one in answers) == [200, 409, 409], [one.text for one in answers]
            (won,) = (n for n, one in enumerate(answers) if one.status_code == 200)
            read = await officer.get(f"/public-reports/{report['id']}")
            after = (await officer.get("/incidents/count")).json()["count"]
        assert (read.json()["report"]["status"], after - before) == (("filed", 1), ("withdrawn", 0), ("dismissed", 0))[
            won
        ]
        assert (WORDS in read.text) is (won != 1)
        told = await facts("grid.public_report", report["id"])
        assert [one.state.version for one in told] == [1, 2]


async def test_of_a_joining_a_dismissal_and_a_second_joining_one_holds(door: Door, grids: None) -> None:
    async with door.client(COUNTY_OFFICER) as officer:
        known = [(await officer.post("/incidents", json=an_incident())).json()["id"] for _ in range(2)]
    report, code = await held(door)
    answers = await asyncio.gather(
        did(door, CLERK, report, "join", incident_id=known[0]),
        did(door, HEAD, report, "dismiss", reason="settled_already"),
        did(door, TOWN_OFFICER, report, "join", incident_id=known[1]),
    )
    assert sorted(one.status_code for one in answers) == [200, 409, 409]
    (won,) = (one.json() for one in answers if one.status_code == 200)
    async with door.client(COUNTY_OFFICER) as officer:
        now = (await officer.get(f"/public-reports/{report['id']}")).json()["report"]
        assert (now["version"], now["status"]) == (2, won["status"])
        back = await asyncio.gather(
            *(
                officer.post(f"/public-reports/{report['id']}/take-up-again", headers={"If-Match": '"2"'})
                for _ in range(2)
            )
        )
        assert sorted(one.status_code for one in back) == [200, 412]
    assert (await followed(door, code)).json()["status"] == "held"


async def test_a_report_is_joined_while_its_incident_ends_and_is_not_lost(
    door: Door, grids: None, committed: Database
) -> None:
    async with door.client(COUNTY_OFFICER) as officer:
        incident = (await officer.post("/incidents", json=an_incident())).json()["id"]
        report, code = await held(door)
        joined, ended = await asyncio.gather(
            did(door, CLERK, report, "join", incident_id=incident),
            officer.post(f"/incidents/{incident}/withdraw", json={"reason": "reported_twice"}),
        )
    assert joined.status_code in (200, 409), joined.text
    shown_ = (await followed(door, code)).json()
    assert shown_["status"] == ("joined" if joined.status_code == 200 else "held"), (shown_, ended.text)
    assert PHONE not in str(shown_)
