"""Questions for several figures at once, and their answers by what a test looks for."""

from typing import Any

from shared.auth.principal import Principal
from shared.testing.doors import Door
from tests.indicators.county import OFFICER, ask


async def answer_of(door: Door, path: str, principal: Principal = OFFICER, **query: Any) -> dict[str, Any]:
    """An answer that is given."""
    answer = await ask(door, principal, path, **query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def table_of(door: Door, **query: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """The cells of a table by area and code."""
    found = await answer_of(door, "/values/table", **query)
    return {(row["area"], cell["code"]): cell for row in found["areas"] for cell in row["values"]}


def told(cell: dict[str, Any]) -> Any:
    """The count of a figure, or both counts of a ratio."""
    return cell["value"] if cell["denominator"] is None else (cell["numerator"], cell["denominator"])


async def refused(door: Door, path: str, **query: Any) -> tuple[int, str, list[str]]:
    """Status, code and paths of a refusal."""
    answer = await ask(door, query.pop("by", OFFICER), path, **query)
    return answer.status_code, answer.json()["code"], [one["path"] for one in answer.json().get("errors") or ()]
