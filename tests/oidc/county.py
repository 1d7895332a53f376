"""What the tests ask the four services."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import httpx

from tests.e2e.stack import Running

COUNTY = "450481"
TOWN = "450481114"
VILLAGE = "450481114201"
OTHER_VILLAGE = "450481114202"

CLERK = {"role": "village_clerk", "area": VILLAGE}

EVERYWHERE = {
    "registry": f"/registry/v1/persons?area={VILLAGE}&limit=1",
    "services_hall": f"/services-hall/v1/cases?area={VILLAGE}&limit=1",
    "grid": f"/grid/v1/visits?area={VILLAGE}&limit=1",
    "indicators": f"/indicators/v1/values?area={VILLAGE}&code=POP-RES",
}
"""A question to each service that somebody with rights in the village may ask."""


FOR_MACHINES = {
    "registry": f"/registry/v1/balances?area={COUNTY}&book=residence&from=2026-01-01&to=2026-01-31",
    "services_hall": "/services-hall/v1/items?limit=1",
    "grid": f"/grid/v1/grids?area={VILLAGE}&limit=1",
    "indicators": f"/indicators/v1/values?area={COUNTY}&code=POP-RES",
}
"""What a county system with the role integrator may ask."""

Answer = tuple[int, str | None]
"""Status, and the code of a refusal."""
OK: set[Answer] = {(200, None)}
UNAUTHENTICATED: set[Answer] = {(401, "unauthenticated")}
FORBIDDEN: set[Answer] = {(403, "forbidden")}


class County:
    """The services of a running stack, through its front door."""

    def __init__(self, stack: Running) -> None:
        self.stack = stack
        self._client = httpx.Client(base_url=stack.stack.ports.origin, timeout=30, trust_env=False)

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, token: str | None) -> httpx.Response:
        return self._client.get(path, headers={} if token is None else {"authorization": f"Bearer {token}"})

    def status(self, path: str, token: str | None) -> Answer:
        answer = self.get(path, token)
        return answer.status_code, None if answer.is_success else answer.json()["code"]

    def everywhere(self, token: str | None, questions: Mapping[str, str] = EVERYWHERE) -> set[Answer]:
        """What the four services answer: one element where they agree."""
        return {self.status(path, token) for path in questions.values()}

    def logged(self, program: str, event: str) -> list[dict[str, Any]]:
        """The lines of an event that a process of the stack has written."""
        text = (self.stack.stack.folder.logs / f"{program}.log").read_text("utf-8")
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == event]


def claims(token: str) -> dict[str, Any]:
    """What a token says, unverified."""
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return found
