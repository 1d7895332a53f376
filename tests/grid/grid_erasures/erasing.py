"""Reports, petitions, incidents and calls that have ended, and what is asked of erasing them."""

from typing import Any

import httpx
from sqlalchemy import text

from shared.auth.principal import Principal
from shared.db.engine import Database
from shared.testing.doors import Door, a_principal
from tests.grid.builders import CLERK, COUNTY_OFFICER, TOWN, TOWN_OFFICER, VILLAGE
from tests.grid.petitions.test_api import ANSWER, did, registered
from tests.grid.public_reports.test_api import did as decided
from tests.grid.public_reports.test_api import reported
from tests.grid.satisfaction_calls.calling import closed

ASKER = a_principal("town_officer", TOWN, subject="asker")
DECIDER = a_principal("county_registrar", "450481", subject="decider")

SEALED = {
    "public_reports": "id",
    "petitions": "id",
    "petition_versions": "petition_id",
    "incidents": "id",
    "incident_steps": "incident_id",
    "incident_requests": "incident_id",
    "satisfaction_calls": "id",
}
COLUMNS = {
    "public_reports": ("description", "phone", "note"),
    "petitions": ("name", "phone", "address", "claim"),
    "petition_versions": ("note",),
    "incidents": ("description",),
    "incident_steps": ("note",),
    "incident_requests": ("caller_name", "caller_phone", "address"),
    "satisfaction_calls": ("note",),
}


async def kept(database: Database, holder: str) -> set[str]:
    """Which columns still hold something of an entry, by table and name."""
    found: set[str] = set()
    async with database.session() as session:
        for table, key in SEALED.items():
            for column in COLUMNS[table]:
                statement = f"SELECT count(*) FROM {table} WHERE {key} = :id AND length({column}) > 0"
                if await session.scalar(text(statement), {"id": holder}):
                    found.add(f"{table}.{column}")
    return found


async def a_report(door: Door, verb: str | None = None, **body: Any) -> tuple[str, str]:
    """A report's id and progress code; decided by `verb`, or still held."""
    receipt = await reported(door)
    async with door.client(CLERK) as clerk:
        [*_, one] = (await clerk.get("/public-reports", params={"status": "held"})).json()["items"]
        if verb is not None:
            answer = await decided(clerk, one, verb, **body)
            assert answer.status_code == 200, answer.text
    return one["id"], receipt["progress_code"]


async def dismissed(door: Door) -> str:
    return (await a_report(door, "dismiss", reason="other", note="现场无此事"))[0]


async def filed(door: Door) -> tuple[str, str, str]:
    """A report's id, its code, and the incident that was filed of it."""
    report, code = await a_report(door, "file", severity="normal")
    async with door.client(CLERK) as clerk:
        incident = (await clerk.get(f"/public-reports/{report}")).json()["report"]["incident_id"]
    return report, code, incident


async def a_petition(door: Door, *verbs: str, **what: Any) -> dict[str, Any]:
    """A petition of the town that went these steps."""
    bodies: dict[str, dict[str, Any]] = {
        "answer": ANSWER,
        "refuse": {"reason": "other", "note": "已由法院受理"},
        "refer": {"reason": "other_authority"},
        "withdraw": {"reason": "by_petitioner"},
    }
    one = await registered(door, **what)
    async with door.client(TOWN_OFFICER) as town:
        for verb in verbs:
            one = await did(town, one, verb, **bodies.get(verb, {}))
    return one


async def a_call(door: Door, unit: str) -> tuple[str, str]:
    """A call that was answered with words, and its incident."""
    incident = await closed(door, unit)
    async with door.client(COUNTY_OFFICER) as county:
        [call] = (await county.get("/satisfaction-calls")).json()["items"]
        answer = await county.post(f"/satisfaction-calls/{call['id']}/answer", json={"rating": 1, "note": "没人来"})
        assert answer.status_code == 200, answer.text
    return call["id"], incident


async def ask(door: Door, who: Principal = ASKER, **body: Any) -> httpx.Response:
    async with door.client(who) as client:
        return await client.post("/grid-erasures", json={"area": TOWN, **body})


async def does(door: Door, run: Any, verb: str, who: Principal = DECIDER, **body: Any) -> httpx.Response:
    async with door.client(who) as client:
        return await client.post(f"/grid-erasures/{run['id']}/{verb}", json=body or None)


async def due(door: Door, who: Principal = ASKER, **query: Any) -> dict[str, tuple[str, str | None]]:
    """Kind and hold of what is due, by id; count, report and pages of one agree with it."""
    asked = {"area": TOWN, **query}
    found: dict[str, tuple[str, str | None]] = {}
    async with door.client(who) as client:
        cursor: dict[str, Any] = {}
        while True:
            page = (await client.get("/due-grid-erasures", params={**asked, "limit": 1, **cursor})).json()
            found |= {one["holder"]: (one["kind"], one["held_by"]) for one in page["items"]}
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        counted = (await client.get("/due-grid-erasures/count", params=asked)).json()["count"]
        report = (await client.get("/due-grid-erasures/report", params=asked)).json()
    assert counted == len(found) == report["due"] == sum(one["due"] for one in report["items"])
    assert sum(one["held"] for one in report["items"]) == sum(1 for _, held in found.values() if held)
    return found


async def outcomes(door: Door, run: Any) -> dict[str, str | None]:
    async with door.client(ASKER) as client:
        items = (await client.get(f"/grid-erasures/{run['id']}/entries")).json()["items"]
    return {one["holder"]: one["outcome"] for one in items}


def in_village(**body: Any) -> dict[str, Any]:
    return {"area": VILLAGE, **body}
