"""What accounts count: the sample postings that ship give the figures that were counted from them by hand."""

import csv
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from shared.contracts.ledger_postings import PostingSide
from shared.ledgers.compiler.ledger import Ledger
from tests.shared.ledgers.compiler.test_counting import ledger_of

SHIPPED = sorted(path.with_suffix("").with_suffix("") for path in Path("services").glob("*/ledgers/*.postings.csv"))
Rows = Iterator[dict[str, str]]


def rows_of(path: Path, suffix: str) -> Rows:
    with path.with_suffix(suffix).open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


def counted(path: Path, ledger: Ledger) -> Counter[tuple[str, str, date]]:
    """Amounts by measure, area and day of all sample postings, each of them whole."""
    accounts = ledger.definition.accounts
    assert accounts is not None
    number = ledger.fields[ledger.unique[0][0]].title
    areas = {row[number]: row["所属区划"] for row in rows_of(path, ".csv")}
    kinds = {one.code: one for one in accounts.postings}
    held: Counter[tuple[str, str, date]] = Counter()
    balances: Counter[tuple[str, str]] = Counter()
    for row in rows_of(path, ".postings.csv"):
        kind, day, back = kinds[row["分录"]], date.fromisoformat(row["记账日"]), row["冲正"] == "是"
        sides = []
        for written, side in zip(row["各方"].split(), kind.sides, strict=True):
            account, holder, amount = written.split(":")
            assert account == side.account
            moved = int(amount) * side.sign * (-1 if back else 1)
            balances[account, holder] += moved
            sides.append(PostingSide(account=account, area=areas.get(holder, holder), amount=moved))
        assert sum(side.amount for side in sides) == 0
        for one in ledger.counts_posting(kind.code, day, sides, reverses=back):
            held[one.indicator.rpartition(".")[2], one.area, one.day] += one.amount
    negative = {account for (account, _), balance in balances.items() if balance < 0}
    assert negative <= {one.code for one in accounts.kinds if one.may_be_negative}
    return held


def days_of(period: str) -> tuple[date, date]:
    """First and last day of a year, a month or a day."""
    if len(period) == 4:
        return date(int(period), 1, 1), date(int(period), 12, 31)
    if len(period) == 7:
        year, month = int(period[:4]), int(period[5:])
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return date.fromisoformat(period), date.fromisoformat(period)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_sample_postings_of_a_ledger_give_what_was_counted_by_hand(path: Path) -> None:
    ledger = ledger_of(path)
    found = counted(path, ledger)
    accounts = ledger.definition.accounts
    assert accounts is not None
    flows = {one.code: one.posting is not None for one in accounts.measures}
    by_hand = list(rows_of(path, ".accounts.csv"))
    assert {line["指标"] for line in by_hand} == set(flows)
    for line in by_hand:
        since, until = days_of(line["期间"])
        amount = sum(
            one
            for (code, area, day), one in found.items()
            if code == line["指标"] and area.startswith(line["区划"]) and day <= until
            if not flows[code] or since <= day
        )
        assert amount == int(line["数额"]), line


def test_four_ledgers_with_accounts_ship() -> None:
    assert [path.name for path in SHIPPED] == ["relief_fund", "volunteer_hours", "project_funds", "dividends"]
