"""Incidents that people reported, brought to their closing, for tests of the calls that follow."""

from typing import Any

import httpx

from shared.testing.doors import Door
from tests.grid.builders import CLERK, HANDLER, HEAD, RESIDENT, an_incident

STEPS = ("file", "dispatch", "accept", "feedback", "check", "close")


async def closed(door: Door, unit: str, *, steps: tuple[str, ...] = STEPS, **what: Any) -> str:
    """An incident of a resident that went these steps."""
    async with door.client(RESIDENT) as resident, door.client(CLERK) as clerk:
        reporter = resident if what.get("source", "resident") == "resident" else clerk
        made = await reporter.post("/incidents", json=an_incident(**{"source": "resident", **what}))
        assert made.status_code == 201, made.text
        incident: str = made.json()["id"]
    await go(door, unit, incident, steps)
    return incident


async def go(door: Door, unit: str, incident: str, steps: tuple[str, ...] = STEPS) -> None:
    """An incident goes these steps."""
    async with door.client(CLERK) as clerk, door.client(HANDLER) as handler, door.client(HEAD) as head:
        bodies: dict[str, tuple[httpx.AsyncClient, dict[str, Any]]] = {
            "file": (clerk, {}),
            "dispatch": (clerk, {"unit_id": unit}),
            "accept": (handler, {}),
            "feedback": (handler, {"reason": "cleaned"}),
            "check": (head, {"passed": True}),
            "close": (clerk, {}),
        }
        for step in steps:
            who, body = bodies[step]
            answer = await who.post(f"/incidents/{incident}/{step}", json=body)
            assert answer.status_code == 200, answer.text
