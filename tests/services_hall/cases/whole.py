"""Cases of an item with materials and a review of two levels, brought into any status by the county officer."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx

from shared.auth.principal import Principal
from shared.testing.doors import Door
from tests.services_hall.conftest import COUNTY_OFFICER, publish_item

TOWN = "450481114"
WHOLE: dict[str, Any] = {
    "name": "临时救助",
    "promised_days": 10,
    "levels": [6, 9, 12],
    "materials": [
        {"name": "居民身份证", "form": "copy"},
        {"name": "收入证明", "form": "original", "deferrable": True},
        {"name": "近期照片", "form": "electronic", "required": False},
    ],
    "steps": [
        {"name": "镇级审核", "level": 9, "days": 3},
        {"name": "县级审定", "level": 6, "days": 5},
    ],
}

BODIES: Mapping[str, dict[str, Any]] = {
    "check-material": {"number": 3, "status": "given"},
    "notify": {"materials": [{"number": 2, "problem": "not_submitted"}], "until": "2026-04-30"},
    "refuse": {"reason": "not_in_authority", "competent_department": "public_security"},
    "send-back": {"to_step": 0, "marks": [{"material": 1, "problem": "illegible"}]},
    "hand-over": {"to": {"area": "450481", "centre": "county_centre"}, "reason": "reported_up"},
    "decline": {"reason": "papers_incomplete"},
    "ask-consent": {"departments": ["health"]},
    "answer-consent": {"department": "health", "agreed": True},
    "begin-special": {"procedure": "public_notice"},
    "suspend": {"reason": "applicant_unable"},
    "extend": {"days": 5, "reason": "field_check"},
    "enter-effect": {"starts_on": "2026-03-16"},
    "decide": {"granted": True},
    "deliver": {"way": "counter", "recipient": "applicant", "received_on": "2026-03-16"},
    "archive": {"retention": "years_10"},
    "undo": {"reason": "wrong_entry"},
    "persons": {
        "capacity": "agent",
        "proof": "power_of_attorney",
        "person": {"name": "代理甲", "document_type": "citizen_id", "document_number": "321083197812162119"},
    },
}
"""What a step says where the test does not mind."""

PAPERS = (("check-material", {"number": 1, "status": "given"}), ("check-material", {"number": 2, "status": "given"}))
Way = tuple[str | tuple[str, dict[str, Any]], ...]
RECEIVED: Way = ("receive", PAPERS[0])
ACCEPTED: Way = ("receive", *PAPERS, "accept")
REVIEWED: Way = (*ACCEPTED, "begin-review", "take")
DECIDED: Way = (*REVIEWED, "pass", "take", "decide")
WAYS: Mapping[str, Way] = {
    "draft": (),
    "submitted": (),
    "received": RECEIVED,
    "supplement": (*RECEIVED, "notify"),
    "accepted": ACCEPTED,
    "in_review": REVIEWED,
    "special": (*REVIEWED, "begin-special"),
    "suspended": (*ACCEPTED, "suspend"),
    "refused": (*RECEIVED, "refuse"),
    "decided": DECIDED,
    "closed": (*DECIDED, "close"),
    "delivered": (*DECIDED, "close", "deliver"),
    "archived": (*DECIDED, "close", "deliver", "archive"),
    "withdrawn": ("withdraw",),
}
"""The steps after submission that bring a case into a status; `expired` is time's."""

Submit = Callable[..., Awaitable[Any]]


class Whole:
    """The hands of a caller on cases of the item."""

    def __init__(self, door: Door, submit: Submit, item: str) -> None:
        self.door = door
        self.item = item
        self._submit = submit

    async def ask(self, case: Any, verb: str, who: Principal = COUNTY_OFFICER, **body: Any) -> httpx.Response:
        """A step; an undo names the version of `case`."""
        headers = {"If-Match": f'"{case["version"]}"'} if verb == "undo" else {}
        async with self.door.client(who) as client:
            path = f"/cases/{case['id']}/{verb}"
            return await client.post(path, json=body or BODIES.get(verb), headers=headers)

    async def do(self, case: Any, *way: str | tuple[str, dict[str, Any]], who: Principal = COUNTY_OFFICER) -> Any:
        """The case after steps that succeed."""
        for one in way:
            verb, body = (one, {}) if isinstance(one, str) else one
            answer = await self.ask(case, verb, who, **body)
            assert answer.status_code == 200, f"{verb}: {answer.text}"
            case = answer.json()
        return case

    async def bring(self, status: str, **what_matters: Any) -> Any:
        """A case in a status."""
        given = {"item_id": self.item, "who": COUNTY_OFFICER, **what_matters}
        case = await self._submit(**given, **({"path": "/cases/draft"} if status == "draft" else {}))
        case = await self.do(case, *WAYS[status])
        assert case["status"] == status
        return case

    async def read(self, case: Any, who: Principal = COUNTY_OFFICER) -> Any:
        async with self.door.client(who) as client:
            answer = await client.get(f"/cases/{case['id']}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def listed(self, who: Principal, **query: Any) -> list[str]:
        """Ids that a list shows; its count says the same number."""
        async with self.door.client(who) as client:
            shown = [one["id"] for one in (await client.get("/cases", params=query)).json()["items"]]
            assert (await client.get("/cases/count", params=query)).json() == {"count": len(shown)}
        return shown


async def whole_item(door: Door, **changes: Any) -> str:
    """The item, published."""
    return await publish_item(door, "WHOLE-01", **{**WHOLE, **changes})
