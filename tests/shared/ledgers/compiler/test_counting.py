"""What ledgers count: the sample records that ship give the figures that were counted from them by hand."""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.indicators.figures.domain import per_cent
from shared.ledgers.compiler import Ledger, compile_ledger
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.words import MeasureKind
from shared.ledgers.records.standing import lifecycle_of
from shared.ledgers.sheets.columns import AREA, columns_of, record_values, standing_of
from shared.spreadsheets.sources import open_rows
from shared.spreadsheets.tables import TableRow, open_table

TODAY = date(2026, 11, 28)
NOW = datetime(2026, 11, 28, 2, tzinfo=UTC)
SHIPPED = sorted(path.with_suffix("").with_suffix("") for path in Path("services").glob("*/ledgers/*.measures.yaml"))


def ledger_of(path: Path) -> Ledger:
    """A ledger that ships."""
    written = yaml.load(path.with_suffix(".yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    return compile_ledger(Definition.model_validate_json(json.dumps(written, default=str)), version=1)


async def samples(path: Path, ledger: Ledger) -> list[TableRow]:
    """The sample records as an import reads them."""

    async def opened() -> AsyncIterator[bytes]:
        yield path.with_suffix(".csv").read_bytes()

    async with open_rows(opened, None) as rows:
        table = await open_table(rows, columns_of(ledger))
        found = [row async for some in table.read() for row in some]
    assert not table.header.unknown
    return found


async def counted(path: Path, ledger: Ledger) -> Counter[tuple[str, str, date, str]]:
    """Amounts by indicator, area, day and part of all sample records, each of them valid where it stands."""
    found: Counter[tuple[str, str, date, str]] = Counter()
    for row in await samples(path, ledger):
        assert not row.findings
        standing = standing_of(row.values)
        assert lifecycle_of(ledger).problems(standing, ledger.steps, today=TODAY) == []
        entered = lifecycle_of(ledger).entries(standing, NOW)
        status = entered[-1][0]
        values = ledger.accept(record_values(ledger, row.values), today=TODAY)
        assert ledger.problems(values, status, today=TODAY) == []
        values |= ledger.computed(values, status, today=TODAY)
        for one in ledger.counts(values, status, dict(entered)):
            found[one.indicator, str(row.values[AREA.code]), one.day, one.dimension] += one.amount
    return found


def days_of(period: str) -> tuple[date, date]:
    """First and last day of `2026`, `2026-Q3`, `2026-09` or one day."""
    year = int(period[:4])
    if re.fullmatch(r"[0-9]{4}-Q[1-4]", period):
        last = 3 * int(period[-1])
        return date(year, last - 2, 1), date(year, last, 30 if last in (6, 9) else 31)
    if len(period) == 4:
        return date(year, 1, 1), date(year, 12, 31)
    if len(period) == 7:
        return date(year, int(period[5:]), 1), date(year, int(period[5:]), 30 if period[5:] in ("09", "11") else 31)
    return date.fromisoformat(period), date.fromisoformat(period)


def figure(ledger: Ledger, found: Counter[tuple[str, str, date, str]], line: dict[str, str]) -> str:
    """A figure as it is shown."""
    since, until = days_of(line["period"])
    measures = {one.code: one for one in ledger.definition.measures}

    def sum_of(code: str) -> int:
        measure = measures[code]
        part = f"{measure.dimension}:{line['dimension']}" if "dimension" in line else ""
        stock = measure.kind is MeasureKind.STOCK
        return sum(
            amount
            for (indicator, area, day, dimension), amount in found.items()
            if indicator == f"{ledger.owner}.{ledger.code}.{code}"
            and area.startswith(line["area"])
            and dimension == part
            and (stock or since <= day)
            and day <= until
        )

    if line["measure"] in measures:
        of = next(one for one in ledger._counting.measures if one.definition.code == line["measure"])
        value = Decimal(sum_of(line["measure"])).scaleb(-of.scale)
        return str(value.quantize(Decimal(1).scaleb(-of.scale), ROUND_HALF_UP))
    ratio = next(one for one in ledger.definition.ratios if one.code == line["measure"])
    return str(per_cent(sum_of(ratio.numerator), sum_of(ratio.denominator)))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
async def test_the_samples_of_a_ledger_give_what_was_counted_by_hand(path: Path) -> None:
    ledger = ledger_of(path)
    found = await counted(path, ledger)
    by_hand = yaml.load(path.with_suffix(".measures.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    assert by_hand
    assert [figure(ledger, found, line) for line in by_hand] == [line["value"] for line in by_hand]


def test_twenty_five_ledgers_ship_and_the_reports_figures_are_among_those_counted() -> None:
    """11 of 11 disputes mediated; 35 registered, 31 trained, 25 placed; 891 built, 766 demolished, 515 moved in;
    1163 posts of which 627 for the public benefit, 589 taken; 6000 mu of land transferred."""
    assert len(SHIPPED) == 25
    told = {
        (path.name, line["measure"]): line["value"]
        for path in SHIPPED
        for line in reversed(
            yaml.load(path.with_suffix(".measures.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
        )
    }
    assert [told["disputes", code] for code in ("registered", "mediated", "success")] == ["11", "11", "100.00"]
    assert [told["job_seekers", code] for code in ("registered", "trained", "placed")] == ["35", "31", "25"]
    assert [told["resettlement_households", code] for code in ("built", "demolished", "moved_in")] == [
        "891",
        "766",
        "515",
    ]
    assert told["department_tasks", "assigned"] == "132"
    assert [told["vacancies", code] for code in ("posts", "public_posts", "taken")] == ["1163", "627", "589"]
    assert told["land_transfers", "area"] == "6000.00"


def test_parts_of_the_reports_are_counted_too() -> None:
    """Posts of the community without unemployment; classes for the unemployed; roads, lamps, parks of the villages."""
    told = {
        (path.name, line["measure"], line.get("dimension") or line["area"]): line["value"]
        for path in SHIPPED
        for line in reversed(
            yaml.load(path.with_suffix(".measures.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
        )
    }
    assert [told["vacancies", code, "450481114205"] for code in ("posts", "taken")] == ["126", "25"]
    assert [told["trainings", code, "re_employment"] for code in ("passed", "employed")] == ["211", "120"]
    assert [told["trainings", code, "pre_employment"] for code in ("passed", "employed")] == ["599", "599"]
    kinds = ("road", "lamp", "park", "bin_house", "transfer_station")
    assert [told["infrastructure_assets", "quantity", kind] for kind in kinds] == ["51", "780", "8", "940", "13"]
    assert told["infrastructure_assets", "area", "park"] == "12000.00"


async def test_the_samples_lie_in_as_many_communities_and_departments_as_the_reports_say() -> None:
    """Homes were built, demolished or moved into in six communities; the 132 tasks are of 21 departments."""
    found = {path.name: [row.values for row in await samples(path, ledger_of(path))] for path in SHIPPED}
    homes, tasks = found["resettlement_households"], found["department_tasks"]
    assert len({home[AREA.code] for home in homes}) == 6
    assert (len(tasks), len({task["department"] for task in tasks})) == (132, 21)


DISPUTES = ledger_of(Path("services/grid/ledgers/disputes"))
DISPUTE = {"kind": "land", "risk": "yellow", "found_on": "2026-11-02"}


def amounts(status: str, entered: dict[str, datetime], **values: Any) -> dict[str, list[tuple[str, int, str]]]:
    """What a dispute counts, by measure."""
    found: dict[str, list[tuple[str, int, str]]] = {}
    for one in DISPUTES.counts({**DISPUTE, **values}, status, entered):
        code = one.indicator.rpartition(".")[2]
        found.setdefault(code, []).append((one.day.isoformat(), one.amount, one.dimension))
    return found


def test_a_stock_begins_on_its_day_and_ends_when_a_status_is_entered() -> None:
    counts = amounts("closed", {"registered": NOW, "closed": NOW}, outcome="refused")
    assert counts["open"] == [("2026-11-02", 1, ""), ("2026-11-28", -1, "")]
    assert counts["registered"] == [("2026-11-02", 1, ""), ("2026-11-02", 1, "kind:land")]
    assert "mediated" not in counts


def test_a_record_that_was_reopened_is_open_again() -> None:
    """It has entered the final status once, but stands there no more."""
    counts = amounts("mediating", {"registered": NOW, "closed": NOW, "mediating": NOW})
    assert counts["open"] == [("2026-11-02", 1, "")]


def test_a_day_of_a_status_is_one_in_shanghai() -> None:
    late = datetime(2026, 11, 27, 17, tzinfo=UTC)
    assert amounts("closed", {"closed": late})["open"][-1] == ("2026-11-28", -1, "")


def test_what_a_condition_leaves_out_counts_nothing() -> None:
    assert "registered" not in amounts("dismissed", {"dismissed": NOW})
    assert amounts("closed", {"closed": NOW}, outcome="agreed")["mediated"] == [("2026-11-02", 1, "")]


def test_a_sum_says_of_how_many_records_it_is_made() -> None:
    ledger = ledger_of(Path("services/grid/ledgers/campaign_targets"))
    counted = ledger.counts({"settled_on": "2026-11-02", "fine": 50_000}, "settled", {"settled": NOW})
    told = {(one.indicator, one.day.isoformat(), one.amount) for one in counted if ".fines" in one.indicator}
    code = "grid.campaign_targets.fines"
    assert told == {(code, "2026-11-02", 50_000), (f"{code}.records", "2026-11-02", 1)}
