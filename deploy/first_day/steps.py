"""The steps of a first day, in their order. Each may be repeated: what is there stays, what is new comes in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any

from deploy.first_day.county_file import CountyFile
from deploy.first_day.interface import Interfaces
from deploy.first_day.refusal import FirstDayRefused
from shared.auth.roles import Role

AT_ONCE = 300
"""Grids in one request; the interface takes 1,000."""
ITEMS_AT_ONCE = 100
"""Items in one request; the interface takes 200."""
TOGETHER = 4
"""Households that are registered side by side."""
SERVICES = ("registry", "services-hall", "grid", "indicators")
OWNERS = dict(zip(("registry", "services_hall", "grid", "indicators"), SERVICES, strict=True))
"""Paths of services by the names that definitions of ledgers use."""


@dataclass(frozen=True)
class Done:
    """What a step did, in one sentence in Chinese and one in English."""

    chinese: str
    english: str


def steps() -> Sequence[tuple[str, Callable[[CountyFile, Interfaces], Done]]]:
    """Name and function of every step, in order."""
    return (
        ("areas", areas),
        ("calendar", calendar),
        ("units", units),
        ("items", items),
        ("ledgers", ledgers),
        ("grids", grids),
        ("residents", residents),
        ("keys", keys),
    )


def areas(county: CountyFile, ask: Interfaces) -> Done:
    """The division file. In an empty county it is taken over; later it is compared, and what differs carried out.

    An area that is not in the file any more must be answered under `successors`: which one carries it on, or null.
    """
    who = county.who(Role.COUNTY_REGISTRAR)
    rows = [{**row, "level": int(row["level"]), "parent_code": row["parent_code"] or None} for row in county.divisions]
    if ask.get(who, f"/registry/v1/areas/{county.county}") is None:
        body = {"rows": rows, "books_opened_on": str(county.books_opened_on)}
        taken = ask.post(who, "/registry/v1/areas/import", body)
        return Done(f"新增 {taken['opened']} 个区划。", f"{taken['opened']} areas are opened.")
    edition = {"area": county.county, "effective_on": str(date.today()), "rows": rows}  # noqa: DTZ011
    differs = ask.post(who, "/registry/v1/area-editions/compare", edition)
    new, ended, renamed = differs["added"], differs["ended"], differs["renamed"]
    if not (new or ended or renamed):
        return Done(f"{differs['unchanged']} 个区划与文件一致。", f"{differs['unchanged']} areas are as in the file.")
    open_ = [one["code"] for one in ended if one["code"] not in county.successors]
    if open_:
        raise FirstDayRefused(
            f"文件中不再有 {len(open_)} 个区划，例如 {open_[0]}。"
            "请在 county.yaml 的 successors 中逐一填写承接的区划，没有的填 null。",
            f"{len(open_)} areas are not in the file any more, such as {open_[0]}; "
            "name who carries each on under `successors` of county.yaml, or null.",
        )
    moves = [{"origin": one["code"], "to": county.successors[one["code"]]} for one in ended]
    did = ask.post(who, "/registry/v1/area-editions/apply", {**edition, "digest": differs["digest"], "moves": moves})
    return Done(
        f"与文件对照：新增 {did['opened']}、撤销 {did['ended']}、更名 {did['renamed']}。",
        f"compared with the file: {did['opened']} opened, {did['ended']} ended, {did['renamed']} renamed.",
    )


def calendar(county: CountyFile, ask: Interfaces) -> Done:
    """Years whose notices the file lists; tells which year is provisional."""
    who = county.who(Role.COUNTY_REGISTRAR)
    known = {one["year"]: one for one in ask.get(who, "/registry/v1/calendar")["items"]}
    published = 0
    for year in county.calendar:
        body = year.model_dump(mode="json", exclude={"year"})
        if _is_set(known, year.year, body):
            continue
        present = known.get(year.year)
        seen = None if present is None else f'"{present["version"]}"'
        ask.post(who, f"/registry/v1/calendar/{year.year}/publish", body, seen=seen)
        published += 1
    open_ = sorted(
        year for year in known if known[year]["provisional"] and year not in {y.year for y in county.calendar}
    )
    rest = (
        (f"{open_[0]} 年起为暂定。", f"from {open_[0]} on it is provisional.") if open_ else ("", "all is published.")
    )
    return Done(f"设定 {published} 年。{rest[0]}", f"{published} years are set; {rest[1]}")


def _is_set(known: Mapping[int, Mapping[str, Any]], year: int, notice: Mapping[str, Any]) -> bool:
    """Whether the calendar says what a year's notice says, of its own days and of those of the year before."""
    present, before = known.get(year), known.get(year - 1)
    if present is None or present["provisional"]:
        return False
    later, moved = set(present["by_next_notice"]), set(before["by_next_notice"]) if before else set()
    for name in ("holidays", "working_weekends"):
        own = {day for day in notice[name] if day.startswith(f"{year}-")}
        if own - later != set(present[name]) - later:
            return False
        if set(notice[name]) - own != (moved & set(before[name]) if before else set()):
            return False
    return True


def units(county: CountyFile, ask: Interfaces) -> Done:
    """Units that handle incidents."""
    if not county.units:
        return Done("新增 0 个处置单位。", "0 units are founded.")
    who = county.who(Role.COUNTY_OFFICER)
    known = {(one["area"], one["department"], one["name"]) for one in ask.listed(who, "/grid/v1/units")}
    new = [one for one in county.units if (one.area, one.department, one.name) not in known]
    for unit in new:
        ask.post(who, "/grid/v1/units", unit.model_dump(), there=("unit_taken",))
    return Done(f"新增 {len(new)} 个处置单位。", f"{len(new)} units are founded.")


def items(county: CountyFile, ask: Interfaces) -> Done:
    """Items of the hall: drafted by one, published by another. One that is published already stays as it is."""
    published = 0
    if county.items:
        drafter, publisher = county.who(Role.COUNTY_OFFICER), county.who(Role.COUNTY_OFFICER, nth=1)
        base = "/services-hall/v1"
        there = {one["code"] for one in ask.listed(drafter, f"{base}/items") if one["published"] is not None}
        new = [one for one in county.items if one.code not in there]
        for start in range(0, len(new), ITEMS_AT_ONCE):
            entries = [one.model_dump() for one in new[start : start + ITEMS_AT_ONCE]]
            ask.post(drafter, f"{base}/item-collection", {"items": entries})
        codes = {one.code for one in new}
        drafts = [one for one in ask.listed(publisher, f"{base}/item-drafts") if one["code"] in codes] if new else []
        for start in range(0, len(drafts), ITEMS_AT_ONCE):
            some = drafts[start : start + ITEMS_AT_ONCE]
            named = [{"item": one["item_id"], "version": one["version"]} for one in some]
            ask.post(publisher, f"{base}/item-drafts/publish", {"drafts": named})
        published = len(drafts)
    return Done(f"发布 {published} 个办事事项。", f"{published} items are published.")


def ledgers(county: CountyFile, ask: Interfaces) -> Done:
    """Shipped ledgers: drafted by one, put in force by another."""
    published = 0
    for definition in county.ledgers:
        drafter, publisher = county.who(Role.COUNTY_OFFICER), county.who(Role.COUNTY_OFFICER, nth=1)
        base, code = f"/{OWNERS[definition['owner']]}/v1", definition["code"]
        if ask.get(drafter, f"{base}/ledgers/{code}") is not None:
            continue
        ask.post(drafter, f"{base}/ledger-drafts", {"definition": definition}, there=("draft_exists",))
        ask.post(publisher, f"{base}/ledger-drafts/{code}/publish", None, seen="*")
        published += 1
    return Done(f"启用 {published} 个台账。", f"{published} ledgers are in force.")


def grids(county: CountyFile, ask: Interfaces) -> Done:
    """Grids that the file draws. Their villages come over the bus: it is waited for."""
    who = county.who(Role.COUNTY_OFFICER)
    known = {one["code"] for one in ask.listed(who, "/grid/v1/grids", area=county.county)} if county.grids else set()
    new = [one for one in county.grids if one["properties"]["code"] not in known]
    for batch in _batches(new, AT_ONCE):
        body = {"type": "FeatureCollection", "features": batch}
        ask.post(who, "/grid/v1/grids/draw-geojson", body, waits_for=("grid_village_unknown",))
    return Done(f"划定 {len(new)} 个网格。", f"{len(new)} grids are drawn.")


def residents(county: CountyFile, ask: Interfaces) -> Done:
    """Households of the file, by the registrar. Their grids come over the bus: it is waited for."""
    who, there = county.who(Role.COUNTY_REGISTRAR), ("person_already_registered",)
    if not county.households:
        return Done("文件中没有住户，由各村登记。", "the file has no households; villages register them.")
    registered = ask.get(who, "/registry/v1/households/count", area=county.county)["count"]
    if registered >= len(county.households):
        return Done(f"已有 {registered} 户。", f"{registered} households are there.")

    def register(body: dict[str, Any]) -> int:
        made = ask.post(who, "/registry/v1/households", body, waits_for=("unknown_grid",), there=there)
        if made is None:
            return 0
        for member, told in zip(made["members"], body["members"], strict=True):
            for code in county.tags.get(told["person"]["document"]["number"], []):
                tag = {"code": code, "started_on": told["person"]["occurred_on"]}
                path = f"/registry/v1/persons/{member['person_id']}/tags"
                ask.post(who, path, tag, there=("tag_already_open", "tag_does_not_fit"))
        return len(made["members"])

    first = register(county.households[0])  # which waits for the grids, once
    with ThreadPoolExecutor(TOGETHER) as pool:
        people = first + sum(pool.map(register, county.households[1:]))
    return Done(f"登记 {people} 名居民。", f"{people} residents are registered.")


def keys(county: CountyFile, ask: Interfaces) -> Done:
    """Keys under which each service seals, by their ids: an operator must have a copy of each."""
    who = county.who(Role.OPERATOR)
    held = {service: ask.get(who, f"/{service}/v1/keys") for service in SERVICES}
    told = ", ".join(f"{service} {one['field']['active']}/{one['index']['active']}" for service, one in held.items())
    return Done(
        f"在用密钥：{told}。请确认系统之外存有副本，否则密钥丢失后数据无法恢复。",
        f"keys in use: {told}; keep a copy outside, for without them nobody reads the data.",
    )


def _batches(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
