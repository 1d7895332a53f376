"""Areas change under a county at work: registry, grid, hall and figures follow without a gap, on both days.

Two villages are merged, units are regrouped two into one, one village becomes a residents' committee (撤村建居); then
all of it is undone. Small here, at the size of the acceptance with the mark `large`.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from services.indicators.rebuilds.service import compare_figures
from services.registry.life_events.domain import REGISTERED_PLACE, Place
from services.registry.persons.domain import NewPerson
from services.registry.wiring import UseCases
from shared.auth.principal import Principal
from shared.testing.apps import Tokens
from shared.testing.clock import FrozenClock
from shared.testing.doors import DEPARTMENT, a_principal
from shared.testing.plugin import DatabaseOf
from tests.e2e.in_process import READS, County, in_process
from tests.grid.builders import calendars, square
from tests.registry.builders import BOOKS_OPENED_ON, COUNTY, DIVISIONS, SISTER, TOWN, VILLAGE, a_division, a_new_person
from tests.services_hall.conftest import VERSION, WRITER

pytestmark = pytest.mark.county

REGISTRAR = a_principal("county_registrar", COUNTY)
OFFICER = a_principal("county_officer", COUNTY)
SECOND_OFFICER = a_principal("county_officer", COUNTY, "second-officer")
HANDLER = a_principal("department_officer", COUNTY, subject="handler", department="urban_management")
HEAD = a_principal("grid_head", COUNTY)
BEGIN = datetime(2026, 3, 8, 2, tzinfo=UTC)
YESTERDAY, DAY, LATER = "2026-03-15", "2026-03-16", "2026-12-31"
NEW = f"{TOWN}298"
STOCKS = ("POP-RES", "POP-REG", "POP-AGE-60", "LEDGER-RES", "LEDGER-REG", "TAG-ELDER-ALONE", "INC-OPEN")
FLOWS = ("CASE-ACCEPTED", "CASE-IN-TIME-RATE/base", "INC-REPORTED", "INC-CLOSING-RATE/base", "VISIT-DUE")
Figures = dict[str, dict[str, Any]]


@dataclass
class Size:
    """How many people live in the two villages that merge, and how many units are regrouped."""

    residents: int
    units: int

    @property
    def codes(self) -> list[str]:
        """The units, ten to a town."""
        return [f"4504811{10 + n // 10:02d}{201 + n % 10}" for n in range(self.units)]

    @property
    def community(self) -> str:
        """What the first unit becomes."""
        return f"{self.codes[0][:9]}001"

    @property
    def pairs(self) -> dict[str, str]:
        """Which unit goes into which: every second one into the one before it."""
        return {code: self.codes[n - 1] for n, code in enumerate(self.codes) if n % 2}

    @property
    def successors(self) -> dict[str, str]:
        """What each village that ends has become in the end."""
        first = self.codes[0]
        regrouped = {code: self.community if to == first else to for code, to in self.pairs.items()}
        return {VILLAGE: NEW, SISTER: NEW, **regrouped, first: self.community}


SMALL, FULL = Size(60, 17), Size(2_000, 173)


@dataclass
class Work:
    """What is in hand and what has ended, by the area where it began."""

    incidents: dict[str, str] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    closed_incident: str = ""
    closed_case: str = ""


@pytest_asyncio.fixture(loop_scope="session")
async def county(committed_of: DatabaseOf) -> AsyncIterator[County]:
    databases = {name: await committed_of(name) for name in READS}
    async with in_process(databases, FrozenClock(BEGIN), Tokens()) as found:
        yield found


async def begin(county: County, size: Size) -> Work:
    """A county at work a week before the change: grids, people, tags, incidents, cases."""
    towns = sorted({code[:9] for code in size.codes})
    rows = [*DIVISIONS, *(a_division(town, f"第{n}镇") for n, town in enumerate(towns))]
    rows += [a_division(code, f"第{n}村委会") for n, code in enumerate(size.codes)]
    lines = [{**row, "level": int(row["level"] or 0)} for row in rows]
    opening = {"valid_from": str(BOOKS_OPENED_ON), "books_opened_on": str(BOOKS_OPENED_ON)}
    province = a_principal("county_registrar", "45")
    await county.told(province, "registry", "POST", "/areas/import", json={"rows": lines, **opening})
    await county.hear(*calendars())
    await county.settle()
    villages = [VILLAGE, SISTER, *size.codes]
    grids = [f"{village}00{n}" for village in (VILLAGE, SISTER) for n in (1, 2)] + [f"{one}001" for one in size.codes]
    drawn = [
        {"code": code, "polygon": square(111 + n % 20 / 50, 22.5 + n // 20 / 50), "valid_from": str(BOOKS_OPENED_ON)}
        for n, code in enumerate(grids)
    ]
    await county.told(OFFICER, "grid", "POST", "/grids/draw", json={"grids": drawn})
    await county.settle()
    homes = [*(grids[n % 4] for n in range(size.residents)), *grids[4:], *size.codes]
    people: list[str] = []
    for start in range(0, len(homes), 200):
        new = [
            a_new_person(residence=Place(home, "registered"), registration=Place(home[:12], REGISTERED_PLACE))
            for home in homes[start : start + 200]
        ]
        people += await admitted(county, new)
    tagged = [*people[:8], *people[size.residents : size.residents + size.units]]
    for half, days in ((tagged[::2], 1), (tagged[1::2], 0)):  # the first half's visits are overdue when areas change
        for one in half:
            tag = {"code": "elder_alone", "started_on": "2026-03-01"}
            await county.told(REGISTRAR, "registry", "POST", f"/persons/{one}/tags", json=tag)
        await county.settle()
        county.clock.advance(days=days)
    work = Work()
    unit = {"department": "urban_management", "name": "城管中队"}
    for village in villages:
        await county.told(OFFICER, "grid", "POST", "/units", json={"area": village, **unit})
    for area in [*grids, VILLAGE]:
        what = {"source": "patrol", "category": "environment", "severity": "normal", "area": area}
        made = await county.told(HEAD, "grid", "POST", "/incidents", json=what)
        await county.told(OFFICER, "grid", "POST", f"/incidents/{made['id']}/file", json={})
        work.incidents[area] = made["id"]
    work.closed_incident = work.incidents.pop(f"{VILLAGE}002")
    await close_incident(county, work.closed_incident, VILLAGE)
    item = await published_item(county)
    for village in villages:
        work.cases[village] = await accepted_case(county, item, people[0], village)
    work.closed_case = await accepted_case(county, item, people[0], VILLAGE)
    for step, body in (("decide", {"granted": True}), ("close", None)):
        await county.told(OFFICER, "services_hall", "POST", f"/cases/{work.closed_case}/{step}", json=body)
    county.clock.advance(days=7)
    await county.settle()
    return work


async def admitted(county: County, people: list[NewPerson]) -> list[str]:
    async def admit(registry: UseCases) -> list[str]:
        return [str(one.id) for one in await registry.admissions.admit(people)]

    return list(await county.work(admit))


async def close_incident(county: County, incident: str, unit_of: str) -> None:
    (unit,) = await county.listed(OFFICER, "grid", "/units", serving=unit_of)
    steps: list[tuple[Principal, str, dict[str, Any]]] = [
        (OFFICER, "dispatch", {"unit_id": unit["id"]}),
        (HANDLER, "accept", {}),
        (HANDLER, "feedback", {"reason": "cleaned"}),
        (HEAD, "check", {"passed": True}),
        (OFFICER, "close", {}),
    ]
    for who, step, body in steps:
        await county.told(who, "grid", "POST", f"/incidents/{incident}/{step}", json=body)


async def published_item(county: County) -> str:
    draft = {"code": "VILLAGE-CERT-01", "department": DEPARTMENT, "category": "social_assistance"}
    made = await county.ask(OFFICER, "services_hall", "POST", "/items", json=draft)
    item = made.json()["id"]
    body = {**VERSION, "promised_days": 15}
    drafted = await county.ask(OFFICER, "services_hall", "POST", f"/items/{item}/draft", json=body)
    seen = {"If-Match": drafted.headers["etag"]}
    await county.told(SECOND_OFFICER, "services_hall", "POST", f"/items/{item}/publish", headers=seen)
    return str(item)


async def accepted_case(county: County, item: str, person: str, area: str) -> str:
    fields = {"name": "测试甲", "document_type": "citizen_id", "document_number": "45048119900307019X", "phone": None}
    asked = {"audience": "services_hall", "purpose": "case_handling", "place": area}
    extract = WRITER.write(person_id=person, fields=fields, now=county.clock.now(), **asked).text  # type: ignore[arg-type]
    body = {"item_id": item, "area": area, "extract": extract}
    made = await county.told(OFFICER, "services_hall", "POST", "/cases", json=body)
    for step in ("receive", "accept"):
        await county.told(OFFICER, "services_hall", "POST", f"/cases/{made['id']}/{step}")
    return str(made["id"])


def a_plan(kind: str, moves: dict[str, str], opens: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "kind": kind,
        "effective_on": DAY,
        "opens": [{"code": code, "name": "新设社区"} for code in opens],
        "moves": [{"origin": origin, "to": to} for origin, to in moves.items()],
    }


def plans(size: Size) -> list[dict[str, Any]]:
    """The three changes of the acceptance."""
    return [
        a_plan("merge", {VILLAGE: NEW, SISTER: NEW}, (NEW,)),
        a_plan("regroup", size.pairs),
        a_plan("convert", {size.codes[0]: size.community}, (size.community,)),
    ]


async def figures(county: County, area: str, on: str) -> Figures:
    """The figures of an area and of those one level below, by area and code."""
    query = {"area": area, "as_of": on, "breakdown": "children"}
    answer = await county.told(OFFICER, "indicators", "GET", "/values", params=query)
    found = {area: answer["values"], **{one["area"]: one["values"] for one in answer["children"] or ()}}
    found |= {"own": answer["own"]["values"]} if answer.get("own") else {}
    return {where: {code: told for one in values for code, told in _told(one)} for where, values in found.items()}


def _told(figure: dict[str, Any]) -> list[tuple[str, Any]]:
    code = figure["code"]
    if figure["denominator"] is None:
        return [(code, figure["value"])]
    return [(code, figure["numerator"]), (f"{code}/base", figure["denominator"])]


async def all_figures(county: County, on: str, villages: list[str]) -> dict[str, Figures]:
    """The figures at every level: county, its towns, their villages, their grids."""
    asked = [COUNTY, *sorted({one[:9] for one in villages}), *villages]
    return {area: await figures(county, area, on) for area in asked}


def flat(found: dict[str, Figures]) -> dict[tuple[str, str], Any]:
    """Area and code, of what is not nothing."""
    return {
        (area, code): value
        for by in found.values()
        for area, of in by.items()
        if area != "own"
        for code, value in of.items()
        if value
    }


async def phone(county: County, who: Principal, held: dict[str, Any]) -> dict[str, Any]:
    """Whom a phone holds after its next sync, by id; `held`: whom it held, with the cursor that it was given."""
    cursor = {"cursor": next(iter(held.values()))["cursor"]} if held else {}
    people = dict(held)
    while True:
        page = await county.told(who, "registry", "GET", "/persons/sync", params={"limit": 200, **cursor})
        people = {} if page["anew"] else people
        people |= {one["id"]: one for one in page["items"]}
        people = {key: one for key, one in people.items() if key not in {gone["id"] for gone in page["left"]}}
        cursor = {"cursor": page["next_cursor"]}
        if not page["more"]:
            return {key: {**one, **cursor} for key, one in people.items()}


async def incident_of(county: County, incident: str) -> Any:
    return (await county.told(OFFICER, "grid", "GET", f"/incidents/{incident}"))["incident"]


async def tree(county: County, on: str) -> set[str]:
    found = await county.told(OFFICER, "registry", "GET", f"/areas/{COUNTY}/subtree", params={"on": on})
    return {one["code"] for one in found["items"] if one["level"] == 12}


async def rebuilt_equal(county: County) -> None:
    """Everything announced, counted once more beside what is read: not one figure differs."""
    shadow = county.arrivals("indicators", shadow=True)
    read = {route.noun for route in READS["indicators"]}
    states = [state for (noun, _), state in county.announced.items() if noun in read]
    for start in range(0, len(states), 2_000):
        await shadow.take(*states[start : start + 2_000])
    async with county.databases["indicators"].database.session() as session:
        assert not await compare_figures(session, 0, 1)
        slots = await session.execute(text("SELECT slot, count(*) AS rows FROM deltas GROUP BY slot ORDER BY slot"))
        assert [row.slot for row in slots] == [0, 1]


async def follow_the_change(county: County, size: Size) -> None:
    work = await begin(county, size)
    old = [VILLAGE, SISTER, *size.codes]
    new = [NEW, size.community]
    trees = await tree(county, YESTERDAY)
    worker = a_principal("grid_worker", f"{VILLAGE}001")
    held = await phone(county, worker, {})
    assert {one["residence"][-1]["area"] for one in held.values()} == {f"{VILLAGE}001"}
    before = {on: await all_figures(county, on, old) for on in (YESTERDAY, DAY, LATER)}
    made = [await county.told(REGISTRAR, "registry", "POST", "/area-changes", json=plan) for plan in plans(size)]
    assert made[0]["persons"] == size.residents
    await county.settle(backwards=True)
    county.clock.advance(seconds=60)
    successor = size.successors

    # the tree: yesterday's shows the old ones, today's the new ones
    assert await tree(county, YESTERDAY) == trees
    assert await tree(county, DAY) == trees - set(successor) | set(new)
    assert len(await tree(county, DAY)) == len(trees) - 1 - size.units // 2

    # figures: the past is as it was at every level; today and later, the new ones hold what the old ones held
    assert flat(await all_figures(county, YESTERDAY, old)) == flat(before[YESTERDAY])
    for on in (DAY, LATER):
        now = flat(await all_figures(county, on, [*old, *new]))
        then = flat(before[on])
        past = flat(before[YESTERDAY])
        for code in STOCKS:
            assert now[COUNTY, code] == then[COUNTY, code] > 0, code
            assert {area for area, what in now if what == code} & set(successor) == set(), code
            for area in new:
                gone = [one for one, to in successor.items() if to == area]
                assert now[area, code] == sum(then.get((one, code), 0) for one in gone), (area, code)
        for code in FLOWS:
            assert now.get((COUNTY, code)) == then.get((COUNTY, code)), code
            assert on == DAY or then[COUNTY, code] > 0, code
            for area in new:
                gone = [one for one, to in successor.items() if to == area]
                kept = {one: past.get((one, code), 0) for one in gone}
                if (on, code) == (LATER, "CASE-IN-TIME-RATE/base") and VILLAGE in kept:
                    kept[VILLAGE] += 1  # a case that has ended keeps its code, though it would be due later
                moved = sum(then.get((one, code), 0) - kept[one] for one in gone)
                assert now.get((area, code), 0) == moved, (on, area, code)
                assert {one: now.get((one, code), 0) for one in gone} == kept, (on, code)
    await rebuilt_equal(county)

    # grid: each grid goes on under a code of its village; what is open with it, what has ended keeps its code
    grids = {one["code"]: one for one in await county.listed(OFFICER, "grid", "/grids")}
    for area, incident in work.incidents.items():
        one = await incident_of(county, incident)
        village = successor.get(area[:12], area[:12])
        if len(area) == 15 and area[:12] in successor:
            assert grids[area]["valid_to"] == DAY
            while grids[area]["successors"]:
                (area,) = grids[area]["successors"]
            assert grids[area]["village"] == village
            assert grids[area]["valid_to"] is None
        assert one["area"] == (area if len(area) == 15 else village)
    assert (await incident_of(county, work.closed_incident))["area"] == f"{VILLAGE}002"
    assert {one["village"] for one in grids.values() if one["valid_to"] is None} == set(old) - set(successor) | set(new)
    for area in [*new, size.codes[2]]:
        asked = {"area": area, "status": "due"}
        visits = await county.listed(OFFICER, "grid", "/visits", **asked)
        assert visits
        assert {one["area"][:12] for one in visits} == {area}
        count = await county.told(OFFICER, "grid", "GET", "/visits/count", params=asked)
        assert len(visits) == count["count"]
        (unit,) = {one["area"]: one for one in await county.listed(OFFICER, "grid", "/units", serving=area)}.values()
        assert unit["area"] == area

    # a clerk of the old village sees all of it, a worker of an old grid whoever lives in that grid
    clerk = a_principal("village_clerk", VILLAGE)
    assert len(await county.listed(clerk, "grid", "/incidents")) == 5
    (moved,) = grids[f"{VILLAGE}001"]["successors"]
    told = await phone(county, worker, held)
    assert {one["residence"][-1]["area"] for one in told.values()} == {moved}
    assert set(told) == set(held) != set()

    # hall: open cases stand at the counter's code of now, what has ended keeps its code
    for area, case in work.cases.items():
        one = await county.told(OFFICER, "services_hall", "GET", f"/cases/{case}")
        assert one["area"] == successor.get(area, area)
    assert (await county.told(OFFICER, "services_hall", "GET", f"/cases/{work.closed_case}"))["area"] == VILLAGE
    cases = await county.listed(a_principal("village_clerk", SISTER), "services_hall", "/cases")
    assert len(cases) == 3

    # undone, last change first: everything is as it was, on both days
    for one in reversed(made):
        await county.told(REGISTRAR, "registry", "POST", f"/area-changes/{one['id']}/undo", headers={"If-Match": "*"})
    await county.settle(backwards=True)
    county.clock.advance(seconds=60)
    assert await tree(county, DAY) == trees
    for on in (YESTERDAY, DAY, LATER):
        assert flat(await all_figures(county, on, old)) == flat(before[on])
    await rebuilt_equal(county)
    again = await county.listed(OFFICER, "grid", "/grids", open=True)
    assert {one["code"] for one in again} == {code for code in grids if code[:12] in old and code in started(size)}
    for area, incident in work.incidents.items():
        assert (await incident_of(county, incident))["area"] == area
    for area, case in work.cases.items():
        assert (await county.told(OFFICER, "services_hall", "GET", f"/cases/{case}"))["area"] == area


def started(size: Size) -> set[str]:
    """The grids with which the county began."""
    return {f"{one}00{n}" for one in (VILLAGE, SISTER) for n in (1, 2)} | {f"{one}001" for one in size.codes}


async def test_two_villages_merge_units_are_regrouped_and_one_is_converted(county: County) -> None:
    await follow_the_change(county, SMALL)


@pytest.mark.large
async def test_two_thousand_residents_and_173_units(county: County) -> None:
    await follow_the_change(county, FULL)
