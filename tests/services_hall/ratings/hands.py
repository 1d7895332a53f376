"""Cases that were closed, links to rate them, and who calls back."""

from typing import Any

import httpx

from shared.auth.principal import Principal
from shared.testing.doors import Door, a_principal
from tests.services_hall.conftest import COUNTY_OFFICER, VILLAGE, CaseIn

CALLER = a_principal("village_clerk", VILLAGE, "caller")
FIXER = a_principal("village_clerk", VILLAGE, "fixer")
REVIEWER = a_principal("town_officer", "450481114", "reviewer")
REMARK = "等了三个小时没人理我，电话一三八"


class Rated:
    """What residents and offices do about ratings."""

    def __init__(self, door: Door, case_in: CaseIn) -> None:
        self.door = door
        self.case_in = case_in

    async def ask(self, path: str, who: Principal | None = None, **body: Any) -> httpx.Response:
        version = body.pop("version", None)
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        async with self.door.client(who) as client:
            return await client.post(path, json=body or None, headers=headers)

    async def done(self, path: str, who: Principal | None = None, **body: Any) -> Any:
        """The answer of what succeeds."""
        answer = await self.ask(path, who, **body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def get(self, path: str, who: Principal = COUNTY_OFFICER, **query: Any) -> Any:
        async with self.door.client(who) as client:
            answer = await client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def listed(self, noun: str, who: Principal = COUNTY_OFFICER, **query: Any) -> list[Any]:
        """What a list shows; its count says the same number."""
        items: list[Any] = (await self.get(f"/{noun}", who, limit=200, **query))["items"]
        assert (await self.get(f"/{noun}/count", who, **query))["count"] == len(items)
        return items

    async def link(self, contact: str = "closing", status: str = "closed", case: Any = None) -> tuple[Any, str]:
        """A case and the token of a link to rate a contact of it."""
        case = case or await self.case_in(status)
        issued = await self.done(f"/cases/{case['id']}/rating-links", COUNTY_OFFICER, contact=contact)
        return case, issued["token"]

    async def rate(self, level: int, **more: Any) -> Any:
        """The rating of a case that was closed, as the county's officer sees it."""
        case, token = await self.link()
        await self.done("/contact-ratings", token=token, level=level, **more)
        [rating] = [one for one in await self.listed("ratings") if one["case_id"] == case["id"]]
        return rating

    async def low(self, level: int = 1) -> Any:
        """What a low rating opens."""
        rating = await self.rate(level, remark=REMARK, reasons=["slow"])
        [found] = [one for one in await self.listed("rectifications") if one["rating_id"] == rating["id"]]
        return found

    async def step(self, row: Any, verb: str, who: Principal = CALLER, **body: Any) -> Any:
        return await self.done(f"/rectifications/{row['id']}/{verb}", who, **body)

    async def refused(self, row: Any, verb: str, who: Principal = CALLER, **body: Any) -> tuple[int, str]:
        answer = await self.ask(f"/rectifications/{row['id']}/{verb}", who, **body)
        return answer.status_code, answer.json()["code"]

    async def called(self) -> Any:
        return await self.step(await self.low(), "call-back", outcome="confirmed")

    async def rectified(self) -> Any:
        return await self.step(await self.called(), "rectify", FIXER, result="redone")
