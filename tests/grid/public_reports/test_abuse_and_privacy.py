"""Public reports: what is settled by the county, what leaves the house, and steps on a version that is no more."""

import re
from typing import Any

import pytest
from pydantic import ValidationError

from services.grid.public_reports.domain import LETTERS, PublicReportPolicy, digest_of, new_code, spaced
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door
from shared.testing.settings import settings_for
from tests.grid.builders import CLERK, COUNTY_OFFICER, FIRST_GRID, VILLAGE, an_incident
from tests.grid.conftest import Facts
from tests.grid.public_reports.test_api import PHONE, WORDS, did, followed, reported, shown

BODIES: dict[str, dict[str, Any]] = {
    "file": {"severity": "normal"},
    "join": {"incident_id": "0197d0c0-6203-7c32-9e50-2c6d7e8f90a1"},
    "dismiss": {"reason": "nothing_there"},
    "take-up-again": {},
}
NOWHERE = "postgresql+asyncpg://nobody@/nothing?host=/nonexistent"


def test_the_county_sets_its_limits() -> None:
    settings = settings_for("grid", NOWHERE, public_report_client_per_day=3, public_report_village_per_hour=7)
    assert settings.public_report_policy == PublicReportPolicy(client_per_day=3, village_per_hour=7)  # type: ignore[attr-defined]
    usual = settings_for("grid", NOWHERE).public_report_policy  # type: ignore[attr-defined]
    assert usual == PublicReportPolicy()
    for wrong in ({"public_report_client_per_day": 0}, {"public_report_village_per_hour": 0}):
        with pytest.raises(ValidationError):
            settings_for("grid", NOWHERE, **wrong)


@pytest.mark.parametrize(
    "typed", [str.lower, str.upper, lambda code: code.replace("-", " "), lambda code: f"\u3000{code}\t"]
)
def test_a_code_is_known_however_it_is_typed(typed: Any) -> None:
    code = new_code()
    assert digest_of(typed(spaced(code))) == digest_of(code)


def test_wide_letters_are_the_same_letters() -> None:
    code = new_code()
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    assert digest_of(wide) == digest_of(code)


def test_one_letter_more_less_or_other_is_another_code() -> None:
    code = new_code()
    others = {code[:-1], code + LETTERS[0], *(code[:at] + "0" + code[at + 1 :] for at in range(len(code)))}
    assert digest_of(code) not in {digest_of(other) for other in others}


async def test_what_anybody_is_shown_names_nobody_and_nothing_that_leads_to_the_report(door: Door, grids: None) -> None:
    code = (await reported(door))["progress_code"]
    async with door.client(CLERK) as clerk:
        [report] = await shown(clerk)
        filed = (await did(clerk, report, "file", **BODIES["file"])).json()
    answer = await followed(door, code)
    assert set(answer.json()) == {
        *("status", "reported_at", "decided_at", "reason", "incident_status", "due_at", "closed_at"),
    }
    for secret in (report["id"], filed["incident_id"], WORDS, PHONE, FIRST_GRID, CLERK.subject, code):
        assert secret not in answer.text


async def test_no_event_holds_words_numbers_codes_points_or_clients(door: Door, grids: None, facts: Facts) -> None:
    code = (await reported(door))["progress_code"]
    other = (await reported(door, description="赵六家的狗"))["progress_code"]
    await followed(door, other, "withdraw")
    async with door.client(CLERK) as clerk:
        [report] = await shown(clerk, status="held")
        await did(clerk, report, "file", **BODIES["file"])
    said = "".join(one.model_dump_json() for one in await facts())
    for secret in (WORDS, PHONE, "赵六", code, other, code.replace("-", ""), "111.005", "127.0.0.1", CLERK.subject):
        assert secret not in said
    assert len(re.findall(r'"incident_id":"', said)) >= 1


async def test_the_phone_is_told_in_the_incident_alone_for_a_purpose_and_on_record(door: Door, grids: None) -> None:
    await reported(door)
    async with door.client(CLERK) as clerk:
        [report] = await shown(clerk)
        assert PHONE not in (await clerk.get(f"/public-reports/{report['id']}")).text
        incident = (await did(clerk, report, "file", **BODIES["file"])).json()["incident_id"]
        masked = (await clerk.get(f"/incidents/{incident}")).json()
        assert masked["request"]["caller_phone"] == "138****1234"
        nameless = await clerk.get(f"/incidents/{incident}", params={"view": "full"})
        assert nameless.json()["code"] == "purpose_required"
        await clerk.get(f"/incidents/{incident}", params={"view": "full", "purpose": "incident"})
    assert [one.action for one in door.accesses.entries if one.noun == "grid.incident"] == ["read", "read_caller"]


async def test_who_leaves_no_number_has_none(door: Door, grids: None) -> None:
    await reported(door, phone=None, description=None)
    async with door.client(CLERK) as clerk:
        [report] = await shown(clerk)
        whole = (await clerk.get(f"/public-reports/{report['id']}")).json()
        assert (whole["description"], whole["phone"], whole["note"]) == (None, None, None)
        incident = (await did(clerk, report, "file", **BODIES["file"])).json()["incident_id"]
        assert (await clerk.get(f"/incidents/{incident}")).json()["request"] is None


@pytest.mark.parametrize("verb", BODIES)
async def test_a_stale_version_and_a_report_that_is_not_there_change_nothing(
    door: Door, grids: None, facts: Facts, verb: str
) -> None:
    await reported(door)
    async with door.client(CLERK) as clerk:
        [report] = await shown(clerk)
        before = await facts()
        stale = await did(clerk, {**report, "version": 7}, verb, **BODIES[verb])
        assert (stale.status_code, stale.json()["code"]) == (412, "version_mismatch")
        nothing = await did(clerk, {**report, "id": str(new_id())}, verb, **BODIES[verb])
        assert (nothing.status_code, nothing.json()["code"]) == (404, "not_found")
        assert await shown(clerk) == [report]
    assert await facts() == before


async def test_an_incident_of_another_village_is_not_joined(door: Door, grids: None, villages: None) -> None:
    await reported(door)
    async with door.client(COUNTY_OFFICER) as officer:
        elsewhere = an_incident(point=None, area="450481100202")
        incident = (await officer.post("/incidents", json=elsewhere)).json()["id"]
        [report] = await shown(officer)
        wrong = await did(officer, report, "join", incident_id=incident)
        assert (wrong.status_code, wrong.json()["code"]) == (409, "public_report_join_wrong")
    async with door.client(CLERK) as clerk:
        hidden = await did(clerk, report, "join", incident_id=incident)
        assert (hidden.status_code, hidden.json()["errors"][0]["path"]) == (404, "incident_id")


async def test_a_report_that_waited_keeps_its_day_and_its_limit_runs_from_the_filing(
    door: Door, grids: None, clock: FrozenClock
) -> None:
    """The office is measured by what it could do; the reporter's day stays."""
    await reported(door)
    clock.advance(days=5)
    async with door.client(CLERK) as clerk:
        [report] = await shown(clerk)
        incident = (await did(clerk, report, "file", severity="urgent")).json()["incident_id"]
        told = (await clerk.get(f"/incidents/{incident}")).json()["incident"]
    assert told["reported_at"].startswith("2026-03-16")
    assert told["filed_at"].startswith("2026-03-21")
    assert told["due_at"] > told["filed_at"]


async def test_lists_are_read_page_by_page_and_by_status_and_category(door: Door, grids: None) -> None:
    for category in ("environment", "environment", "order"):
        await reported(door, category=category)
    async with door.client(CLERK) as clerk:
        first = (await clerk.get("/public-reports", params={"limit": 2})).json()
        rest = (await clerk.get("/public-reports", params={"cursor": first["next_cursor"]})).json()
        assert [one["category"] for one in first["items"] + rest["items"]] == ["environment", "environment", "order"]
        assert len(await shown(clerk, category="order", status="held")) == 1
        assert await shown(clerk, status="filed") == []
        assert len(await shown(clerk, area=VILLAGE)) == 3
