"""Drafting and publishing over HTTP, as two people of the county do it."""

from typing import Any

import httpx

from services.indicators.deltas.service import fill
from shared.auth.principal import Principal
from shared.db.engine import Database
from shared.testing.doors import Door, a_principal
from tests.indicators.county import COUNTY

AUTHOR = a_principal("county_officer", COUNTY, "u-author")
SECOND = a_principal("county_officer", COUNTY, "u-second")
REGISTRAR_TOO = a_principal("county_registrar", COUNTY, "u-registrar")


def a_draft(**what_matters: Any) -> dict[str, Any]:
    """A flow of urgent incidents; `counted` is merged."""
    counted = {"noun": "grid.incident", "day": ["filed_at"], "where": "record.severity == 'urgent'"}
    valid: dict[str, Any] = {
        "code": "X-URGENT",
        "name": "紧急事件",
        "unit": "件",
        "kind": "flow",
        "direction": "down",
        "meaning": "期内立案的紧急网格事件数，按立案日期统计。",
        "department": "grid_center",
        "counted": counted,
    }
    if isinstance(what_matters.get("counted"), dict):
        what_matters["counted"] = counted | what_matters["counted"]
    merged = valid | what_matters
    return {key: value for key, value in merged.items() if value is not None}


async def send(door: Door, principal: Principal | None, path: str, body: Any = None, **headers: str) -> httpx.Response:
    async with door.client(principal) as client:
        return await client.post(path, json=body, headers=headers)


async def drafted(door: Door, draft: dict[str, Any], principal: Principal = AUTHOR) -> httpx.Response:
    answer = await send(door, principal, "/definition-drafts", draft)
    assert answer.status_code == 201, answer.text
    return answer


async def publish(door: Door, code: str, principal: Principal = SECOND, version: int = 1) -> httpx.Response:
    return await send(door, principal, f"/definition-drafts/{code}/publish", **{"If-Match": f'"{version}"'})


async def published(door: Door, database: Database, draft: dict[str, Any], principal: Principal = AUTHOR) -> None:
    """Drafted by one, published by another, and what is held counted."""
    await drafted(door, draft, principal)
    second = SECOND if principal is AUTHOR else REGISTRAR_TOO
    answer = await publish(door, draft["code"], second)
    assert answer.status_code == 200, answer.text
    await filled(database)


async def filled(database: Database) -> int:
    """Count all that new rules have left to count; the number of transactions."""
    steps, more = 0, True
    while more:
        async with database.session() as session:
            more = await fill(session)
            await session.commit()
        steps += 1
    return steps


def codes_of(answer: httpx.Response) -> set[tuple[str, str]]:
    """The refused fields and why."""
    assert answer.status_code == 422, answer.text
    return {(one["path"], one["code"]) for one in answer.json()["errors"]}
