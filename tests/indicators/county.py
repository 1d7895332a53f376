"""The county under test: its tree, its callers, and the questions that tests ask over HTTP."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import httpx

from shared.auth.principal import Principal
from shared.contracts.envelope import State
from shared.contracts.grid.grids import GridState
from shared.contracts.registry.areas import AreaState
from shared.testing.doors import Door, a_principal
from tests.indicators.states import GRID, OTHER_GRID, OTHER_VILLAGE, VILLAGE

PREFECTURE = "4504"
COUNTY = "450481"
TOWN, OTHER_TOWN = VILLAGE[:9], OTHER_VILLAGE[:9]
FAR_GRID = OTHER_VILLAGE + "001"
OPENING = date(2026, 1, 1)

OFFICER = a_principal("county_officer", COUNTY)
REGISTRAR = a_principal("county_registrar", COUNTY)
CLERK = a_principal("village_clerk", VILLAGE)
OPERATOR = a_principal("operator", COUNTY)


def an_area(code: str, **what_matters: Any) -> AreaState:
    kinds = {2: "province", 4: "prefecture", 6: "county", 9: "town", 12: "villagers_committee"}
    valid: dict[str, Any] = {
        "id": code,
        "code": code,
        "version": 1,
        "name": f"测试{code}",
        "level": len(code),
        "kind": kinds[len(code)],
        "parent": None,
        "valid_from": date(2023, 6, 30),
    }
    return AreaState(**(valid | what_matters))


def a_grid(code: str, **what_matters: Any) -> GridState:
    ring = ((111.0, 22.9), (111.1, 22.9), (111.1, 23.0), (111.0, 22.9))
    valid: dict[str, Any] = {
        "id": code,
        "code": code,
        "version": 1,
        "village": code[:12],
        "kind": "comprehensive",
        "polygon": ring,
        "valid_from": OPENING,
    }
    return GridState(**(valid | what_matters))


TREE: tuple[State, ...] = (
    an_area(PREFECTURE),
    an_area(COUNTY, books_opened_on=OPENING),
    *(an_area(code) for code in (TOWN, OTHER_TOWN, VILLAGE, OTHER_VILLAGE)),
    a_grid(GRID),
    a_grid(OTHER_GRID),
)


async def ask(door: Door, principal: Principal | None, path: str = "/values", **query: Any) -> httpx.Response:
    """One question, answered or refused."""
    async with door.client(principal) as client:
        return await client.get(path, params=query)


async def figures(door: Door, area: str, principal: Principal = OFFICER, **query: Any) -> dict[str, dict[str, Any]]:
    """The figures of an area by code."""
    answer = await ask(door, principal, area=area, **query)
    assert answer.status_code == 200, answer.text
    return by_code(answer.json()["values"])


def by_code(values: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The figures of one list by code."""
    return {figure["code"]: figure for figure in values}


async def value(door: Door, area: str, code: str, principal: Principal = OFFICER, **query: Any) -> Any:
    """One value."""
    return (await figures(door, area, principal, code=code, **query))[code]["value"]


async def values_of(door: Door, codes: Mapping[str, str] | list[str], area: str, **query: Any) -> list[Any]:
    """The values of these codes, in their order."""
    found = await figures(door, area, code=list(codes), **query)
    return [found[code]["value"] for code in codes]


async def counts(door: Door, area: str, code: str, **query: Any) -> tuple[int, int, str | None]:
    """Numerator, denominator and rate of a ratio."""
    figure = (await figures(door, area, code=code, **query))[code]
    return figure["numerator"], figure["denominator"], figure["rate"]


async def days_of(door: Door, area: str, code: str, since: str, until: str) -> list[tuple[Any, Any]]:
    """The days of a series: the count or the numerator, and the denominator."""
    answer = await ask(door, OFFICER, "/series", area=area, code=code, since=since, until=until)
    assert answer.status_code == 200, answer.text
    return [
        (day["value"] if day["numerator"] is None else day["numerator"], day["denominator"])
        for day in answer.json()["days"]
    ]


def without_request_id(answer: httpx.Response) -> dict[str, Any]:
    """A refusal as two callers may compare it."""
    return {**answer.json(), "request_id": None}
