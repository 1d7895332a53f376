"""The next version of the dictionary, for tests."""

from copy import deepcopy
from typing import Any

import httpx

WHOLE: dict[str, Any] = {
    "shifts": [{"start": "08:30", "end": "12:00"}, {"start": "13:30", "end": "17:30"}],
    "special_hours": [
        {"begins": "05-01", "ends": "09-30", "shifts": [{"start": "08:00", "end": "12:00"}]},
    ],
    "categories": [
        {
            "code": "environment",
            "name": "环境卫生",
            "limits": [
                {"severity": "normal", "amount": 4, "unit": "work_hour"},
                {"severity": "serious", "amount": 2, "unit": "work_hour"},
                {"severity": "urgent", "amount": 1, "unit": "hour"},
                {"severity": "normal", "treatment": "engineering", "amount": 20, "unit": "work_day"},
            ],
        }
    ],
}


def saying(**what_matters: Any) -> dict[str, Any]:
    """The whole content of a draft that can be published."""
    return {**deepcopy(WHOLE), **what_matters}


async def begun(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post("/incident-dictionary-drafts", json=body)
    assert answer.status_code == 201, answer.text
    draft: dict[str, Any] = answer.json()
    return draft


async def stepped(client: httpx.AsyncClient, draft: dict[str, Any], verb: str, body: Any = None) -> dict[str, Any]:
    answer = await client.post(f"/incident-dictionary-drafts/{draft['id']}/{verb}", json=body)
    assert answer.status_code == 200, answer.text
    after: dict[str, Any] = answer.json()
    return after


async def published(client: httpx.AsyncClient, valid_from: str, **what: Any) -> dict[str, Any]:
    """A version that is in force from a day on."""
    draft = await stepped(client, await begun(client), "revise", saying(**what))
    return await stepped(client, draft, "publish", {"valid_from": valid_from})


async def refused(client: httpx.AsyncClient, draft: dict[str, Any], verb: str, body: Any = None) -> tuple[int, str]:
    answer = await client.post(f"/incident-dictionary-drafts/{draft['id']}/{verb}", json=body)
    return answer.status_code, answer.json()["code"]
