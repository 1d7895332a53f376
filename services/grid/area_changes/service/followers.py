"""What follows changes of areas in grid once the grids have their codes."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol
from uuid import UUID


class AreaFollower(Protocol):
    """A noun with an area of its own."""

    async def follow_areas(self, change: UUID, on: date, codes: Mapping[str, str]) -> None:
        """Whatever is in hand in one of the areas goes on under the other code from the day on."""
        ...

    async def go_back(self, change: UUID, codes: Mapping[str, str]) -> None:
        """The change is undone: what it took along goes back, and what began under a new code gets that of before."""
        ...


def before(former: list[dict[str, Any]], change: UUID) -> tuple[str, list[dict[str, Any]]] | None:
    """Where something was before a change took it along, and what is left of its places of before; None: it did not."""
    for number, place in enumerate(former):
        if place.get("change") == str(change):
            return place["area"], former[:number]
    return None
