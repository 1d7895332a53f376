"""Retention rules of the hall over HTTP: set from a day ahead, withdrawn before it, never below an archive's mark."""

from typing import Any

import httpx
import pytest

from services.services_hall.retentions.domain import DEFAULTS, CaseRetentionKind, RetentionBelowMark, require_mark
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door, a_principal
from tests.services_hall.conftest import NOT_FOUND, VILLAGE, refusal
from tests.services_hall.retentions.samples import BODY

REGISTRAR = a_principal("county_registrar", "450481", subject="registrar")


async def said(door: Door, path: str = "/retention-rules", *, who: Any = REGISTRAR, **body: Any) -> httpx.Response:
    async with door.client(who) as client:
        return await client.post(path, json={**BODY, **body} if path == "/retention-rules" else None)


async def rules(door: Door) -> list[dict[str, Any]]:
    async with door.client(REGISTRAR) as client:
        found: list[dict[str, Any]] = (await client.get("/retention-rules")).json()["items"]
        return found


async def test_what_ships_holds_until_the_county_sets_something_else(door: Door, clock: FrozenClock) -> None:
    assert [(one["kind"], one["years"], one["in_force"], one["source"]) for one in await rules(door)] == [
        ("years_30", 30, True, "shipped"),
        ("years_10", 10, True, "shipped"),
        ("decided", 10, True, "shipped"),
        ("refused", 5, True, "shipped"),
        ("withdrawn", 2, True, "shipped"),
        ("expired", 2, True, "shipped"),
        ("removed", 1, True, "shipped"),
    ]
    made = await said(door, effective_on="2026-03-17")
    assert (made.status_code, made.json()["set_by"], made.json()["in_force"]) == (201, "registrar", False)
    assert refusal(await said(door, years=4, effective_on="2026-03-17"))[:2] == (409, "retention_rule_known")
    clock.advance(days=1)
    held = {one["kind"]: one["years"] for one in await rules(door) if one["in_force"]}
    assert (held["withdrawn"], held["refused"]) == (3, 5)
    withdraw = f"/retention-rules/{made.json()['id']}/withdraw"
    assert refusal(await said(door, withdraw))[:2] == (409, "retention_rule_in_force")


async def test_a_rule_is_taken_back_before_it_holds(door: Door) -> None:
    made = (await said(door)).json()
    gone = await said(door, f"/retention-rules/{made['id']}/withdraw")
    assert (gone.json()["status"], gone.json()["withdrawn_by"]) == ("withdrawn", "registrar")
    assert refusal(await said(door, f"/retention-rules/{made['id']}/withdraw"))[:2] == (409, "retention_rule_in_force")
    assert (await said(door, years=4)).status_code == 201, "the day is free again"
    assert refusal(await said(door, f"/retention-rules/{new_id()}/withdraw")) == NOT_FOUND


@pytest.mark.parametrize("day", ["2026-03-16", "2020-01-01"])
async def test_nothing_is_set_for_today_or_before(door: Door, day: str) -> None:
    answer = await said(door, effective_on=day)
    assert refusal(answer)[:2] == (422, "retention_not_ahead")
    assert answer.json()["errors"][0]["path"] == "effective_on"


async def test_no_rule_makes_a_file_shorter_than_its_mark(door: Door) -> None:
    for kind, years in (("years_30", 29), ("years_10", 9)):
        answer = await said(door, kind=kind, years=years)
        assert refusal(answer)[:2] == (422, "retention_below_mark"), kind
        assert (await said(door, kind=kind, years=years + 1)).status_code == 201
    with pytest.raises(RetentionBelowMark):
        require_mark(CaseRetentionKind.YEARS_30, 10)
    require_mark(CaseRetentionKind.REMOVED, 1)


async def test_rules_are_the_countys(door: Door) -> None:
    for who in (a_principal("county_registrar", "450481114"), a_principal("village_clerk", VILLAGE)):
        assert (await said(door, who=who)).status_code == 403
        async with door.client(who) as client:
            assert (await client.get("/retention-rules")).status_code == 403
    assert len(await rules(door)) == len(DEFAULTS)
