"""The whole lifecycle of incidents under test: who takes each step with which body, and how each status is reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from shared.auth.principal import Principal
from shared.testing.doors import Door
from tests.grid.builders import CLERK, COUNTY_OFFICER, HANDLER, HEAD, RESIDENT, STRANGER, TOWN_OFFICER, WORKER
from tests.grid.incidents.steps import report

LEAVE = {"reason": "rainy_season", "until": "2026-06-30"}
WAYS: Mapping[str, tuple[str, ...]] = {
    "reported": (),
    "verified": ("verify",),
    "rejected": ("reject",),
    "filed": ("file",),
    "dispatched": ("file", "dispatch"),
    "accepted": ("file", "dispatch", "accept"),
    "handling": ("file", "dispatch", "accept", "begin"),
    "suspended": ("file", "dispatch", "accept", "suspend"),
    "feedback": ("file", "dispatch", "accept", "feedback"),
    "checked": ("file", "dispatch", "accept", "feedback", "check"),
    "closed": ("file", "dispatch", "accept", "feedback", "check", "close"),
    "merged": ("merge",),
}


@dataclass
class Whole:
    """An incident's world: the unit that leads, one of another department, and another incident."""

    door: Door
    unit: str
    assistant: str
    other: str = ""
    resident: Principal = RESIDENT

    async def reported_by_resident(self, **what: Any) -> str:
        """A report of a resident's own."""
        return await report(self.door, self.resident, source="resident", **what)

    def bodies(self) -> Mapping[str, tuple[Principal, str, dict[str, Any]]]:
        """Who takes each step, at which address, with which body."""
        return {
            "verify": (WORKER, "verify", {}),
            "reject": (CLERK, "reject", {"reason": "nothing_there"}),
            "file": (CLERK, "file", {}),
            "self_handle": (WORKER, "self-handle", {"reason": "cleaned"}),
            "dispatch": (CLERK, "dispatch", {"unit_id": self.unit}),
            "accept": (HANDLER, "accept", {}),
            "return": (HANDLER, "return", {"reason": "not_responsible"}),
            "begin": (HANDLER, "begin", {}),
            "ask_leave": (HANDLER, "ask-leave", {**LEAVE, "kind": "suspension"}),
            "grant_leave": (HEAD, "grant-leave", {}),
            "refuse_leave": (HEAD, "refuse-leave", {"reason": "can_be_done"}),
            "defer": (HEAD, "defer", LEAVE),
            "suspend": (HEAD, "suspend", LEAVE),
            "resume": (HANDLER, "resume", {}),
            "feedback": (HANDLER, "feedback", {"reason": "cleaned"}),
            "check": (HEAD, "check", {"passed": True}),
            "rework": (HEAD, "check", {"passed": False, "reason": "still_dirty"}),
            "close": (CLERK, "close", {}),
            "reopen": (CLERK, "reopen", {"reason": "came_back"}),
            "transfer_up": (CLERK, "transfer", {"level": "town", "reason": "beyond_authority"}),
            "transfer_down": (TOWN_OFFICER, "transfer", {"level": "village", "reason": "within_reach"}),
            "place": (CLERK, "place", {"area": "450481100201002"}),
            "merge": (CLERK, "merge", {"into": self.other}),
            "order": (CLERK, "orders", {"unit_id": self.assistant, "note": "协助清淤"}),
            "take_order": (STRANGER, "orders/1/take", {}),
            "return_order": (STRANGER, "orders/1/return", {"reason": "not_responsible"}),
            "finish_order": (STRANGER, "orders/1/finish", {"reason": "done"}),
            "withdraw_order": (CLERK, "orders/1/withdraw", {}),
            "urge": (CLERK, "urge", {}),
            "supervise": (TOWN_OFFICER, "supervise", {"until": "2026-03-20"}),
            "lift_supervision": (TOWN_OFFICER, "lift-supervision", {}),
        }

    async def ask(self, incident: str, step: str, who: Principal | None = None, **body: Any) -> httpx.Response:
        """The answer to a step, by who usually takes it or by somebody else."""
        usual, path, usual_body = self.bodies()[step]
        async with self.door.client(who or usual) as client:
            return await client.post(f"/incidents/{incident}/{path}", json={**usual_body, **body})

    async def do(self, incident: str, *steps: str) -> dict[str, Any]:
        """Takes steps in order, each of which must succeed; the incident after them."""
        for step in steps:
            answer = await self.ask(incident, step)
            assert answer.status_code == 200, (step, answer.text)
        return await self.read(incident)

    async def bring(self, status: str, **what: Any) -> str:
        """A new incident in a status."""
        incident = await report(self.door, **what)
        assert (await self.do(incident, *WAYS[status]))["status"] == status
        return incident

    async def undo(self, incident: str, who: Principal = COUNTY_OFFICER) -> httpx.Response:
        """Takes the last step back, over the version that is there."""
        version = (await self.read(incident))["version"]
        async with self.door.client(who) as client:
            return await client.post(
                f"/incidents/{incident}/undo", json={"reason": "wrong_step"}, headers={"If-Match": f'"{version}"'}
            )

    async def detail(self, incident: str, who: Principal = COUNTY_OFFICER) -> dict[str, Any]:
        """An incident with its history."""
        async with self.door.client(who) as client:
            answer = await client.get(f"/incidents/{incident}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def read(self, incident: str) -> dict[str, Any]:
        """An incident as it stands."""
        found: dict[str, Any] = (await self.detail(incident))["incident"]
        return found

    async def listed(self, who: Principal = COUNTY_OFFICER, **chosen: Any) -> list[str]:
        """The ids of a list, which its count counts."""
        async with self.door.client(who) as client:
            items = (await client.get("/incidents", params=chosen)).json()["items"]
            count = (await client.get("/incidents/count", params=chosen)).json()["count"]
        assert count == len(items)
        return [one["id"] for one in items]


async def a_unit(door: Door, area: str, department: str, name: str) -> str:
    """A unit of a department in an area."""
    async with door.client(COUNTY_OFFICER) as client:
        answer = await client.post("/units", json={"area": area, "department": department, "name": name})
    assert answer.status_code == 201, answer.text
    unit: str = answer.json()["id"]
    return unit


def comparable(incident: Mapping[str, Any]) -> dict[str, Any]:
    """What an undo brings back: all but the version and what others did."""
    return {name: value for name, value in incident.items() if name not in ("version", "urges")}
