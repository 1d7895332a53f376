"""Changes of grids as tests make them: the first grid is split, the two are merged, or their border moves."""

from typing import Any

import httpx

from tests.grid.builders import FIRST_GRID, SECOND_GRID, VILLAGE

DAY = "2026-03-16"
WEST, EAST, WHOLE = f"{VILLAGE}011", f"{VILLAGE}012", f"{VILLAGE}013"


def rectangle(west: float, east: float, south: float = 22.90, north: float = 22.91) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def a_split(**what: Any) -> dict[str, Any]:
    """The first grid becomes its western and its eastern half."""
    return {
        "kind": "split",
        "effective_on": DAY,
        "ends": [{"code": FIRST_GRID}],
        "draws": [
            {"code": WEST, "polygon": rectangle(111.00, 111.005)},
            {"code": EAST, "polygon": rectangle(111.005, 111.01)},
        ],
        **what,
    }


def a_merger(**what: Any) -> dict[str, Any]:
    """Both grids become one."""
    return {
        "kind": "merge",
        "effective_on": DAY,
        "ends": [{"code": FIRST_GRID}, {"code": SECOND_GRID}],
        "draws": [{"code": WHOLE, "polygon": rectangle(111.00, 111.02)}],
        **what,
    }


def a_redrawing(edge: float = 111.006, **what: Any) -> dict[str, Any]:
    """The border between both grids moves from longitude 111.01."""
    return {
        "kind": "redraw",
        "effective_on": DAY,
        "redraws": [
            {"code": FIRST_GRID, "polygon": rectangle(111.00, edge)},
            {"code": SECOND_GRID, "polygon": rectangle(edge, 111.02)},
        ],
        **what,
    }


async def changed(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    """The change, carried out."""
    answer = await client.post("/grid-changes", json=body)
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def undone(client: httpx.AsyncClient, change: dict[str, Any]) -> dict[str, Any]:
    """The change, undone."""
    headers = {"If-Match": f'"{change["version"]}"'}
    answer = await client.post(f"/grid-changes/{change['id']}/undo", headers=headers)
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def refused(client: httpx.AsyncClient, body: dict[str, Any]) -> tuple[int, str, list[str]]:
    """How a change is refused, and where."""
    answer = await client.post("/grid-changes", json=body)
    problem = answer.json()
    return answer.status_code, problem["code"], [error["path"] for error in problem.get("errors", ())]


async def open_codes(client: httpx.AsyncClient) -> list[str]:
    rows = (await client.get("/grids", params={"open": True})).json()["items"]
    return [one["code"] for one in rows]


async def where(client: httpx.AsyncClient, longitude: float, latitude: float = 22.905) -> str | None:
    """The code of the grid that holds a point."""
    answer = (await client.post("/grids/locate", json={"longitude": longitude, "latitude": latitude})).json()
    return None if answer["grid"] is None else str(answer["grid"]["code"])
