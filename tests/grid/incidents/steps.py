"""Incidents as tests make them: reported, and brought along their lifecycle step by step."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from shared.auth.principal import Principal
from shared.testing.doors import Door
from tests.grid.builders import CLERK, HANDLER, HEAD, WORKER, an_incident

Do = Callable[..., Awaitable[httpx.Response]]


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def report(door: Door, who: Principal = WORKER, **what_matters: Any) -> str:
    async with door.client(who) as client:
        answer = await client.post("/incidents", json=an_incident(**what_matters))
    assert answer.status_code == 201, answer.text
    incident_id: str = answer.json()["id"]
    return incident_id


async def bring(do: Do, incident: str, unit: str, *steps: str) -> None:
    """Takes these steps in order; each must succeed."""
    bodies: dict[str, tuple[Principal, dict[str, Any]]] = {
        "file": (CLERK, {}),
        "dispatch": (CLERK, {"unit_id": unit}),
        "accept": (HANDLER, {}),
        "feedback": (HANDLER, {"reason": "cleaned", "note": "已由李四清理"}),
        "check": (HEAD, {"passed": True}),
        "close": (CLERK, {}),
    }
    for step in steps:
        who, body = bodies[step]
        answer = await do(who, incident, step, **body)
        assert answer.status_code == 200, f"{step}: {answer.text}"
