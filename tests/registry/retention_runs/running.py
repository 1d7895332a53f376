"""What tests of retention do: rules are set, the dry run is read, runs are asked for, decided and carried out."""

from typing import Any

from httpx import AsyncClient, Response

from tests.registry.builders import VILLAGE
from tests.registry.steps import Json, given, move_out, register

RULES, RUNS = "/registry/v1/retention-rules", "/registry/v1/retention-runs"
DUE, RETENTION_EXPORTS = "/registry/v1/due-erasures", "/registry/v1/retention-exports"


async def set_rule(client: AsyncClient, **what: Any) -> Response:
    """The county keeps who moved out for six years, from April on."""
    body: Json = {"kind": "moved_out", "years": 6, "source": "archives-2026-3", "effective_on": "2026-04-01"}
    return await client.post(RULES, json=body | what)


async def rules(client: AsyncClient) -> list[Json]:
    """Every rule there is or was."""
    items: list[Json] = given(await client.get(RULES))["items"]
    return items


async def left(client: AsyncClient, on: str = "2019-01-01", **what: Any) -> Json:
    """Somebody who has moved out."""
    person = await register(client, **({"occurred_on": "2010-01-01"} | what))
    given(await move_out(client, person["id"], on))
    return person


async def due(client: AsyncClient, area: str = VILLAGE, **params: Any) -> list[Json]:
    """Who is due; count and report say as many."""
    asked = {"area": area, **params}
    items: list[Json] = given(await client.get(DUE, params=asked))["items"]
    report = given(await client.get(f"{DUE}/report", params=asked))
    assert given(await client.get(f"{DUE}/count", params=asked))["count"] == len(items) == report["due"]
    assert sum(one["due"] for one in report["items"]) == len(items)
    assert sum(one["held"] for one in report["items"]) == sum(one["held_by"] is not None for one in items)
    return items


async def request(client: AsyncClient, area: str = VILLAGE, **what: Any) -> Response:
    """What is due there is to be erased."""
    return await client.post(RUNS, json={"area": area} | what)


async def step(client: AsyncClient, run: Json, verb: str, **how: Any) -> Response:
    """A run is decided, taken back or stopped."""
    said: dict[str, Any] = {"json": {"reason": "still_needed"}} if verb == "refuse" else {}
    return await client.post(f"{RUNS}/{run['id']}/{verb}", **said, **how)


async def run_of(client: AsyncClient, run: Json) -> Json:
    """A run as it stands now."""
    return given(await client.get(f"{RUNS}/{run['id']}"))


async def entries_of(client: AsyncClient, run: Json) -> dict[str, str | None]:
    """What became of each of a run's entries."""
    items = given(await client.get(f"{RUNS}/{run['id']}/entries"))["items"]
    return {one["person_id"]: one["outcome"] for one in items}
