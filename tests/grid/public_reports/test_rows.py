"""Public reports: rows that cannot be are refused by the database; a list is as long as its count for everybody."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from shared.contracts.grid.public_reports import PublicReportState
from shared.db.engine import Database
from shared.testing.doors import Door, a_principal
from tests.grid.builders import CLERK, COUNTY_OFFICER, HEAD, OTHER_CLERK, OTHER_VILLAGE, TOWN_OFFICER, VILLAGE
from tests.grid.public_reports.test_api import did, reported, shown

AUDITOR = a_principal("auditor", "450481")
FILTERS: list[dict[str, Any]] = [
    {},
    {"status": "held"},
    {"status": "dismissed"},
    {"category": "order"},
    {"area": VILLAGE},
]


@pytest.mark.parametrize(
    "change",
    [
        "status = 'filed'",
        "status = 'joined', decided_at = now()",
        "status = 'dismissed', decided_at = now()",
        "reason = 'abuse'",
        "decided_at = now()",
        "longitude = NULL",
        "status = 'lost'",
    ],
)
async def test_rows_that_cannot_be(door: Door, grids: None, committed: Database, change: str) -> None:
    await reported(door)
    async with committed.session() as session:
        with pytest.raises(IntegrityError):
            await session.execute(text(f"UPDATE public_reports SET {change}"))


async def test_a_list_is_as_long_as_its_count_for_everybody_and_every_filter(door: Door, grids: None) -> None:
    for what in ({}, {"category": "order"}, {"point": None, "area": OTHER_VILLAGE}, {"point": None, "area": VILLAGE}):
        await reported(door, **what)
    async with door.client(CLERK) as clerk:
        [first, *_] = await shown(clerk)
        assert (await did(clerk, first, "dismiss", reason="nothing_there")).status_code == 200
    totals = {}
    for who in (COUNTY_OFFICER, TOWN_OFFICER, CLERK, HEAD, OTHER_CLERK, AUDITOR):
        async with door.client(who) as client:
            for chosen in FILTERS:
                if who is OTHER_CLERK and "area" in chosen:
                    assert (await client.get("/public-reports", params=chosen)).status_code == 404
                    continue
                found = await shown(client, **chosen)
                assert [one["id"] for one in found] == sorted(one["id"] for one in found), "the oldest first"
                if not chosen:
                    totals[who.subject] = len(found)
    assert list(totals.values()) == [4, 4, 3, 3, 1, 4]


def test_the_state_says_nothing_of_people() -> None:
    hidden = {"description", "phone", "code_digest", "client", "decided_by", "note", "longitude", "latitude"}
    assert not hidden & set(PublicReportState.model_fields)
