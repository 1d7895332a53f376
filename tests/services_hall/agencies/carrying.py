"""A village with agents, and cases that they carry: the hands of the tests."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from shared.auth.principal import Principal
from shared.testing.doors import Door, a_principal
from tests.services_hall.conftest import CLERK, COUNTY_OFFICER, VILLAGE, Submit

TOWN = "450481114"
AGENT, SUBSTITUTE = a_principal("agent", VILLAGE, "agent-a"), a_principal("agent", VILLAGE, "agent-b")
TOWN_OFFICER = a_principal("town_officer", TOWN)
AUDITOR = a_principal("auditor", "450481")
AGENT_NAME, AGENT_PHONE, DOOR = "代办员甲", "13800138000", "植入地址木坪村一组三号"

BODIES: Mapping[str, Any] = {
    "accept": {},
    "decline": {"reason": "in_person"},
    "forward": {"to_area": TOWN},
    "deliver": {"delivered_on": "2026-03-16"},
    "call-back": {"outcome": "satisfied", "charged": False},
    "arrange-visit": {"visit_on": "2026-03-18", "address": DOOR},
    "visit": {"visited_on": "2026-03-16"},
}
"""What a step of an agency says where the test does not mind."""


class Carrying:
    """The hands of callers on agents, authorisations, agencies and originals."""

    def __init__(self, door: Door, submit: Submit) -> None:
        self.door = door
        self._submit = submit

    async def ask(self, who: Principal | None, path: str, body: Any = None, **headers: str) -> httpx.Response:
        async with self.door.client(who) as client:
            return await client.post(path, json=body, headers=headers)

    async def done(self, who: Principal, path: str, body: Any = None, **headers: str) -> Any:
        """What a request that succeeds answers."""
        answer = await self.ask(who, path, body, **headers)
        assert answer.status_code in (200, 201), f"{path}: {answer.text}"
        return answer.json()

    async def read(self, who: Principal, path: str, **query: Any) -> Any:
        async with self.door.client(who) as client:
            answer = await client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def listed(self, who: Principal, path: str, **query: Any) -> list[str]:
        """Ids that a list shows; its count says the same number."""
        shown = [one["id"] for one in (await self.read(who, path, **query))["items"]]
        assert await self.read(who, f"{path}/count", **query) == {"count": len(shown)}
        return shown

    async def undo(self, who: Principal, path: str, version: int) -> httpx.Response:
        return await self.ask(who, f"{path}/undo", None, **{"If-Match": f'"{version}"'})

    async def appointed(self, who: Principal = AGENT, **changes: Any) -> Any:
        """An agent of the village."""
        told = {"area": VILLAGE, "post": "primary", "account": who.subject, "name": AGENT_NAME, "phone": AGENT_PHONE}
        return await self.done(TOWN_OFFICER, "/agents", {**told, "since": "2026-03-02", **changes})

    async def case(self, *steps: str, **what_matters: Any) -> Any:
        """A case at the counter of the village, after steps of the county officer."""
        case = await self._submit(**what_matters)
        for verb in steps:
            case = await self.done(
                COUNTY_OFFICER, f"/cases/{case['id']}/{verb}", {"decide": {"granted": True}}.get(verb)
            )
        return case

    async def authorised(self, case: Any, agent: Any, **changes: Any) -> Any:
        told = {"case_id": case["id"], "agent_id": agent["id"], "way": "signed", "signed_on": "2026-03-16"}
        return await self.done(CLERK, "/authorisations", {**told, **changes})

    async def entrusted(self, agent: Any = None, case: Any = None) -> Any:
        """A case in the hands of an agent."""
        agent, case = agent or await self.appointed(), case or await self.case()
        given = await self.authorised(case, agent)
        return await self.done(CLERK, "/agencies", {"case_id": case["id"], "authorisation_id": given["id"]})

    async def step(self, agency: Any, verb: str, who: Principal = AGENT, **body: Any) -> Any:
        """A step that succeeds."""
        return await self.done(who, f"/agencies/{agency['id']}/{verb}", body or BODIES.get(verb))

    async def accepted(self) -> Any:
        return await self.step(await self.entrusted(), "accept")

    async def ended(self, agency: Any) -> None:
        """The case of an agency has its result."""
        for verb in ("receive", "accept", "decide", "close"):
            await self.done(
                COUNTY_OFFICER, f"/cases/{agency['case_id']}/{verb}", {"decide": {"granted": True}}.get(verb)
            )

    async def received(self, agency: Any, who: Principal = AGENT, **changes: Any) -> Any:
        """An original in custody."""
        told = {"agency_id": agency["id"], "kind": "household_register"}
        return await self.done(who, "/originals", {**told, **changes})


@pytest.fixture
def carrying(door: Door, submit: Submit) -> Carrying:
    return Carrying(door, submit)
