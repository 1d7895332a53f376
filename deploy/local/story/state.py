"""State of one run of the story: its household, its residents, and what later steps need of earlier ones."""

from secrets import token_hex
from typing import Any

from deploy.local.stack.deployment import Stack
from deploy.local.story.client import StoryClient, Who
from deploy.local.story.invented import Invented, invented
from shared.clock import SystemClock, today

COUNTY = "450481"
TOWN = "450481114"
VILLAGE = "450481114201"
GRID = "450481114201001"
CLERK = Who("village_clerk", VILLAGE)
NEIGHBOUR = Who("village_clerk", "450481114202")
OFFICER = Who("county_officer", COUNTY)
REGISTRAR = Who("county_registrar", COUNTY)
OPERATOR = Who("operator", COUNTY)


class StoryState:
    """What the steps share. `position`: that of the last write to registry; `confidential`: texts of people."""

    def __init__(self, stack: Stack, client: StoryClient) -> None:
        self.stack = stack
        self.client = client
        self.today = today(SystemClock())
        self.head: Invented = invented(1950, "1")
        self.other: Invented = invented(1988, "2")
        self.persons: list[str] = []
        self.household: dict[str, Any] = {}
        self.before: dict[str, int] = {}
        self.position = ""
        self.river = f"示例河{token_hex(3)}"
        self.confidential: list[str] = [self.river]

    async def figure(self, code: str, area: str, who: Who = OFFICER, position: str | None = None) -> int:
        """The live value of one indicator."""
        query = {"area": area, "code": code, "min_position": position}
        answer = await self.client.get(who, "/indicators/v1/values", query)
        value: int = answer["values"][0]["value"]
        return value
