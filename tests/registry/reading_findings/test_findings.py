"""Unusual reading: what is found of a day, by which limits, who decides about it."""

from asyncio import gather
from itertools import product
from typing import Any

from sqlalchemy import text

from services.registry.reading_findings.domain import (
    LIMITS,
    TRANSITIONS,
    FindingDecided,
    FindingStatus,
    area_of,
    require_transition,
)
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from tests.registry.builders import COUNTY, FAR, SISTER, TODAY, TOWN, VILLAGE
from tests.registry.conftest import Client, Work
from tests.registry.reading_findings.finding import (
    READING_LIMITS,
    day_before,
    listed,
    looked,
    reading,
    set_limit,
    step,
)
from tests.registry.steps import (
    AUDITOR,
    CLERK,
    PERSONS,
    REGISTRAR,
    assert_not_found,
    assert_refused,
    given,
    register,
)

YESTERDAY = day_before(TODAY, 1)
FULL = {"view": "full", "purpose": "verification"}


async def test_each_rule_finds_what_is_above_its_limit_and_nothing_below(
    client_of: Client, county: None, committed: Database, work: Work
) -> None:
    auditor = client_of(*AUDITOR, subject="auditor")
    for code, value in {"persons": 20, "full": 3, "hours": 2, "areas": 1, "misses": 2, "increase_from": 8}.items():
        assert given(await set_limit(auditor, code, value))["value"] == value
    for days in (2, 3, 4):  # everybody's past: one person a day, in the own village
        for subject in ("many", "in-full", "late", "strays", "misses", "more", "usual"):
            await reading(committed, subject, day_before(TODAY, days), 1)
    await reading(committed, "many", YESTERDAY, 21)
    await reading(committed, "many", YESTERDAY, 21, role="resident", area=FAR)
    await reading(committed, "in-full", YESTERDAY, 4, detail="full")
    await reading(committed, "late", YESTERDAY, 2, hour=22)
    await reading(committed, "late", YESTERDAY, 1, hour=5)
    await reading(committed, "strays", YESTERDAY, 1, area=SISTER)
    await reading(committed, "strays", YESTERDAY, 1, area=f"{FAR}001")
    await reading(committed, "misses", YESTERDAY, 3, area=None, result="not_found")
    await reading(committed, "more", YESTERDAY, 8)
    await reading(committed, "usual", YESTERDAY, 3, detail="full")
    await reading(committed, "usual", YESTERDAY, 2, hour=21)
    await reading(committed, "usual", YESTERDAY, 2, area=None, result="refused")
    await reading(committed, "newcomer", YESTERDAY, 19)  # has no past, and is compared with the bounds alone
    await reading(committed, "system:sync", YESTERDAY, 99)
    await reading(committed, "today", TODAY, 99)
    await looked(work)
    await looked(work)  # once more changes nothing
    found = {(one["reader"], one["rule"]): one for one in await listed(auditor)}
    assert {who: (one["measured"], one["bound"], one["area"]) for who, one in found.items()} == {
        ("many", "persons"): (21, 20, VILLAGE),
        ("many", "increase"): (21, 5, VILLAGE),
        ("in-full", "full"): (4, 3, VILLAGE),
        ("late", "hours"): (3, 2, VILLAGE),
        ("strays", "areas"): (2, 1, COUNTY),
        ("misses", "misses"): (3, 2, COUNTY),
        ("more", "increase"): (8, 5, VILLAGE),
    }
    assert found["strays", "areas"]["villages"] == [SISTER, FAR]
    assert all((one["status"], one["day"]) == ("open", str(YESTERDAY)) for one in found.values())


async def test_a_real_look_in_full_is_counted_once_a_day_and_a_finding_names_no_person(
    client_of: Client, county: None, committed: Database, clock: FrozenClock, work: Work
) -> None:
    auditor, registrar = client_of(*AUDITOR, subject="auditor"), client_of(*REGISTRAR, subject="registrar")
    given(await set_limit(auditor, "full", 1))
    people = [await register(client_of(*CLERK), name=name) for name in ("覃秀英", "欧阳远航")]
    for person in (*people, people[0]):
        given(await registrar.get(f"{PERSONS}/{person['id']}", params=FULL))
    await looked(work)
    assert await listed(auditor) == [], "the day is not over"
    clock.advance(hours=24)
    await looked(work)
    (finding,) = await listed(auditor, status="open")
    assert (finding["reader"], finding["rule"], finding["measured"], finding["area"]) == (
        "registrar",
        "full",
        2,
        VILLAGE,
    )
    async with committed.session() as session:
        for table in ("reading_days", "reading_findings"):
            rows = str((await session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t"))).scalars().all())
            assert not [one for one in people if one["id"] in rows], table


async def test_an_auditor_decides_and_never_about_the_own_reading(
    client_of: Client, county: None, committed: Database, work: Work
) -> None:
    auditor, other = client_of(*AUDITOR, subject="auditor"), client_of(*AUDITOR, subject="other")
    await reading(committed, "auditor", YESTERDAY, 51, detail="full")
    await looked(work)
    (finding,) = await listed(auditor)
    note = "三月入户核查"
    for verb, body in (("explain", {"reason": "campaign"}), ("confirm", {"reason": "warned"}), ("close", {})):
        assert_refused(await step(auditor, finding, verb, **body), "reader_may_not_decide")
    assert_refused(await step(other, finding, "close"), "reading_finding_decided")
    explained = given(await step(other, finding, "explain", reason="campaign", note=note))
    assert (explained["status"], explained["note"], explained["decided_by"]) == ("explained", note, "other")
    assert (await listed(other))[0]["note"] is None
    closed = given(await step(other, finding, "close"))
    assert (closed["status"], closed["closed_by"], closed["version"]) == ("closed", "other", 3)
    again = given(await step(other, finding, "reopen"))
    assert (again["status"], again["reason"], again["note"], again["closed_at"]) == ("open", None, None, None)
    assert given(await step(other, finding, "confirm", reason="access_removed"))["status"] == "confirmed"
    stale: Any = await other.post(f"/registry/v1/reading-findings/{finding['id']}/close", headers={"if-match": '"1"'})
    assert_refused(stale, "version_mismatch")
    given(await step(other, finding, "reopen"))
    given(await step(other, finding, "explain", reason="campaign", note=note))
    async with committed.session() as session:
        rows = str((await session.execute(text("SELECT to_jsonb(t)::text FROM reading_findings t"))).scalars().all())
        assert note not in rows
    away = client_of("auditor", FAR, subject="away")
    assert_not_found(await away.get(f"/registry/v1/reading-findings/{finding['id']}"))
    assert_not_found(await step(away, finding, "close"))
    assert await listed(away, FAR) == []
    assert_not_found(await away.get("/registry/v1/reading-findings", params={"area": VILLAGE}))
    assert len(await listed(client_of("auditor", TOWN, subject="town"), TOWN)) == 1


async def test_a_county_sets_its_limits_within_bounds_and_turns_a_rule_off(
    client_of: Client, county: None, committed: Database, work: Work
) -> None:
    auditor = client_of(*AUDITOR, subject="auditor")
    shown = given(await auditor.get(READING_LIMITS))["items"]
    assert {one["code"]: (one["value"], one["version"]) for one in shown} == {
        str(code): (bounds.default, 0) for code, bounds in LIMITS.items()
    }
    for code, wrong in (("day_begins", 24), ("past_days", 0)):
        refused = await set_limit(auditor, code, wrong)
        assert_refused(refused, "reading_limit_out_of_bounds", [("value", "reading_limit_out_of_bounds")])
    off = given(await set_limit(auditor, "full", 0, **{"if-match": '"0"'}))
    assert (off["version"], off["changed_by"]) == (1, "auditor")
    assert_refused(await set_limit(auditor, "full", 9, **{"if-match": '"0"'}), "version_mismatch")
    assert_refused(await set_limit(client_of("auditor", TOWN), "full", 9), "county_grant_needed")
    await reading(committed, "reads", YESTERDAY, 60, detail="full")
    await looked(work)
    assert await listed(auditor) == []


async def test_a_working_day_begins_before_it_ends_whoever_sets_which_end_and_when(
    client_of: Client, county: None
) -> None:
    auditor = client_of(*AUDITOR)
    for code, wrong in (("day_begins", 22), ("day_begins", 23), ("day_ends", 6), ("day_ends", 1)):
        refused = await set_limit(auditor, code, wrong)
        assert_refused(refused, "reading_hours_reversed", [("value", "reading_hours_reversed")])
    for code, nearest in (("day_ends", 7), ("day_begins", 0), ("day_ends", 22), ("day_begins", 6)):
        given(await set_limit(auditor, code, nearest))
    both = await gather(set_limit(auditor, "day_begins", 20), set_limit(auditor, "day_ends", 10))
    assert sorted(answer.status_code for answer in both) == [200, 422]


def test_a_finding_goes_these_ways_and_lies_in_the_smallest_area() -> None:
    ways = {
        *(("open", to) for to in ("explained", "confirmed")),
        *((decided, to) for decided in ("explained", "confirmed") for to in ("closed", "open")),
        ("closed", "open"),
    }
    assert set(TRANSITIONS) == set(FindingStatus)
    for present, to in product(FindingStatus, FindingStatus):
        try:
            require_transition(str(present), to)
        except FindingDecided:
            assert (present, to) not in ways
        else:
            assert (present, to) in ways
    assert area_of([VILLAGE], COUNTY) == VILLAGE
    assert area_of([VILLAGE, SISTER], COUNTY) == TOWN
    assert area_of([VILLAGE, FAR], COUNTY) == area_of([], COUNTY) == COUNTY
