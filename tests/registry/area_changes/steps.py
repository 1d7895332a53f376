"""What tests of changes of areas do: plans, people of two villages, and the books of all villages at once."""

from datetime import date
from typing import Any

from httpx import AsyncClient, Response

from services.indicators.contributions.domain import base, households, persons, postings, tags
from shared.contracts.envelope import State
from shared.contracts.registry.areas import AreaState
from shared.contracts.registry.households import HouseholdState
from shared.contracts.registry.persons import PersonState
from shared.contracts.registry.postings import PostingState
from shared.contracts.registry.tags import TagState
from tests.registry.builders import COUNTY
from tests.registry.conftest import Client, Events
from tests.registry.steps import AREA_CHANGES, AREAS, BALANCES, HOUSEHOLDS, PERSONS, REGISTRAR, Json, all_pages, given

ON = "2026-03-10"
STATES: tuple[type[State], ...] = (PersonState, HouseholdState, PostingState, TagState)
COUNTING = (persons, households, postings, tags)
"""Modules that register what is counted of each of these states."""


def a_plan(kind: str, *moves: Json, opens: tuple[Json, ...] = (), on: str = ON) -> Json:
    return {"kind": kind, "effective_on": on, "opens": list(opens), "moves": list(moves)}


def whole(origin: str, to: str) -> Json:
    return {"origin": origin, "to": to}


def opened(code: str, name: str = "新村委会", **what: str) -> Json:
    return {"code": code, "name": name, **what}


async def change(client: AsyncClient, plan: Json) -> Response:
    return await client.post(AREA_CHANGES, json=plan)


async def undo(client: AsyncClient, made: Json) -> Response:
    return await client.post(f"{AREA_CHANGES}/{made['id']}/undo")


async def tree(client: AsyncClient, on: str, level: int = 12) -> list[str]:
    """Codes of the county's areas of a level that are valid on the day."""
    found = given(await client.get(f"{AREAS}/{COUNTY}/subtree", params={"on": on}))["items"]
    return [one["code"] for one in found if one["level"] == level]


async def figures(events: Events, on: str) -> dict[str, dict[str, int]]:
    """What indicators count by village on a day, out of the newest state of everything that was announced."""
    assert COUNTING
    newest: dict[tuple[str, str], State] = {}
    for kind in STATES:
        for one in await events(f"{kind.noun}."):
            state = kind.model_validate(one["state"])
            known = newest.get((kind.noun, state.subject))
            if known is None or state.version > known.version:
                newest[kind.noun, state.subject] = state
    found: dict[str, dict[str, int]] = {}
    for state in newest.values():
        for counted in base.contributions_of(state):
            if not counted.dimension and counted.day <= date.fromisoformat(on):
                measure = found.setdefault(counted.measure, {})
                measure[counted.area[:12]] = measure.get(counted.area[:12], 0) + counted.amount
    return {
        measure: {area: amount for area, amount in sorted(by.items()) if amount}
        for measure, by in found.items()
        if any(by.values())
    }


async def listed(client: AsyncClient, area: str) -> dict[str, int]:
    """How many an area's lists give now, each held against its count."""
    found: dict[str, int] = {}
    for name, path, params in (
        ("residence", PERSONS, {"book": "residence", "status": "active"}),
        ("registration", PERSONS, {"book": "registration", "status": "active"}),
        ("households", HOUSEHOLDS, {}),
    ):
        rows = await all_pages(client, path, area=area, **params)
        count = given(await client.get(f"{path}/count", params={"area": area, **params}))["count"]
        assert len(rows) == count, (name, area)
        found[name] = count
    return found


async def assert_balanced(client_of: Client, *areas: str) -> None:
    """Opening and flows give the closing stock, on both bases, of each area and the county."""
    for area in (*areas, COUNTY):
        for book in ("residence", "registration"):
            for basis in ("posted", "occurred"):
                asked = {"area": area, "book": book, "basis": basis, "from": "2026-01-01", "to": "2026-03-16"}
                stated = given(await client_of(*REGISTRAR).get(BALANCES, params=asked))
                assert stated["closing"] == stated["stock"], (area, book, basis)


async def areas_now(events: Events) -> dict[str, AreaState]:
    """The newest announced state of each area: what other services project."""
    found: dict[str, AreaState] = {}
    for one in await events("registry.area."):
        state = AreaState.model_validate(one["state"])
        if state.code not in found or state.version > found[state.code].version:
            found[state.code] = state
    return found


def flows(balance: Json) -> dict[str, Any]:
    return {one["kind"]: one["amount"] for one in balance["flows"] if one["amount"]}
