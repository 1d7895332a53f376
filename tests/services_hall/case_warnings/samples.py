"""A warning rule, for the tests that walk every endpoint, and a warning by it."""

from typing import Any

from sqlalchemy import text

from shared.ids import new_id
from shared.testing.doors import DEPARTMENT, Door, a_principal

RULE: dict[str, Any] = {
    "metric": "limit",
    "timing": "before",
    "amount": 3,
    "unit": "work_day",
    "level": 5,
    "colour": "blue",
    "receiver": "counter",
    "source": "gov-office-2026-8",
    "effective_on": "2099-01-01",
}
_WARNING = text(
    "INSERT INTO case_warnings (id, version, case_id, rule_id, occasion, metric, level, colour, receiver, area,"
    " department, due_on, status, raised_at) SELECT :id, 1, id, :rule, '0', 'limit', 5, 'blue', 'counter', :area,"
    " :department, '2026-03-20', 'raised', now() FROM cases WHERE area = :area LIMIT 1"
)


async def samples(door: Door, area: str) -> dict[str, str]:
    """The ids, by the names of their lists. The warning is about whatever case the area has."""
    async with door.client(a_principal("county_officer", area[:6])) as client:
        made = await client.post("/warning-rules", json=RULE)
        assert made.status_code == 201, made.text
    warning, rule = new_id(), made.json()["id"]
    given = {"id": warning, "rule": rule, "area": area, "department": DEPARTMENT}
    async with door.kit.database.session() as session:
        await session.execute(_WARNING, given)
        await session.commit()
    return {"warning-rules": rule, "case-warnings": str(warning)}
