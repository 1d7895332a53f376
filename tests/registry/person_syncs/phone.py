"""A phone that keeps what a sync gives it."""

from dataclasses import dataclass, field
from typing import Any

from httpx import AsyncClient

from tests.registry.steps import PERSONS, Json, all_pages, given

SYNC = f"{PERSONS}/sync"


@dataclass
class Phone:
    """The store of an app: who is held, and the cursor of the next request."""

    client: AsyncClient
    params: dict[str, Any] = field(default_factory=dict)
    held: dict[str, Json] = field(default_factory=dict)
    cursor: str | None = None

    async def page(self) -> Json:
        """One request, and what it says done: forget first, then keep."""
        cursor = {} if self.cursor is None else {"cursor": self.cursor}
        page = given(await self.client.get(SYNC, params={**self.params, **cursor}))
        if page["anew"]:
            self.held = {}
        for one in page["left"]:
            self.held.pop(one["id"], None)
        self.held |= {one["id"]: one for one in page["items"]}
        self.cursor = page["next_cursor"]
        return page

    async def sync(self) -> list[Json]:
        """Pages until the phone is up to date."""
        pages = [await self.page()]
        while pages[-1]["more"]:
            pages.append(await self.page())
        return pages

    async def told(self) -> tuple[bool, list[str], dict[str, str | None]]:
        """What the next sync says: whether it is anew, who is new or changed, and who left as what."""
        pages = await self.sync()
        items = [one["id"] for page in pages for one in page["items"]]
        left = {one["id"]: one["status"] for page in pages for one in page["left"]}
        return pages[0]["anew"], items, left

    async def assert_holds_the_list(self) -> None:
        """List, count and what the phone holds are one, field by field."""
        asked = {name: value for name, value in self.params.items() if name != "limit"}
        listed = await all_pages(self.client, PERSONS, **asked)
        assert self.held == {one["id"]: one for one in listed}
        assert given(await self.client.get(f"{PERSONS}/count", params=asked))["count"] == len(self.held)
