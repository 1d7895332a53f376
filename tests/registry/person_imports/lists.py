"""Lists of synthetic residents: households of three, errors planted among them, and what must be said of each."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from shared.spreadsheets.cells import letters
from tests.registry.builders import FAR, VILLAGE, a_number

TITLES = {
    "household": "户号",
    "relation": "与户主关系",
    "name": "姓名",
    "number": "公民身份号码",
    "sex": "性别",
    "birth_date": "出生日期",
    "ethnic_group": "民族",
    "phone": "电话",
    "address": "住址",
    "residence": "居住地代码",
    "registration": "户籍地代码",
    "occurred_on": "迁入日期",
    "no_document": "无证件原因",
    "due_on": "补办期限",
}
Row = dict[str, str]
Told = tuple[int, str, str]
"""Row, column and code of a finding."""

_SURNAMES, _NAMES = "覃黄李梁陈陆韦莫", "秀大小志春国玉金美文"


@dataclass
class Listing:
    """A list, and what must be found in it. The titles stand in row 1."""

    rows: list[Row] = field(default_factory=list)
    wrong: list[Told] = field(default_factory=list)

    def data(self) -> bytes:
        made = io.StringIO()
        writer = csv.writer(made, lineterminator="\n")
        writer.writerow(TITLES.values())
        writer.writerows([row.get(code, "") for code in TITLES] for row in self.rows)
        return made.getvalue().encode()

    def mark(self, at: int, code: str, finding: str) -> None:
        """The row at this place has this finding at this column."""
        self.wrong.append((at + 2, letters(list(TITLES).index(code)), finding))


def a_row(n: int, relation: str, sex: str, born: date, household: int, **what: str) -> Row:
    """A right row; `n` makes it another person than any other."""
    name = _SURNAMES[n % 8] + _NAMES[n // 8 % 10] + _NAMES[n // 80 % 10]
    row = {
        "household": str(household),
        "relation": relation,
        "name": name,
        "number": a_number(born, "1" if sex == "男" else "2", serial=n),
        "sex": sex,
        "birth_date": born.isoformat(),
        "ethnic_group": "壮" if n % 3 else "汉族",
        "phone": f"138{n:08d}",
        "address": f"思孟村{household}号",
        "occurred_on": "2026-01-01",
    }
    return row | what


def a_household(at: int, first: int, village: str = "") -> list[Row]:
    """Head, wife and son; `at` numbers households, `first` people. `village`: theirs; the import's if none is said."""
    day = date(1968, 1, 1) + timedelta(days=at % 3000)
    son = day + timedelta(days=25 * 365)
    place = {"residence": village, "registration": village} if village else {}
    return [
        a_row(first, "户主", "男", day, at, **place),
        a_row(first + 1, "妻", "女", day + timedelta(days=200), at, **place),
        a_row(first + 2, "子", "男", son, at, **place),
    ]


Plant = Callable[[Listing, int], None]
"""Spoils the row at this place, which is a son's, the last of his household."""


def _spoilt(code: str, value: str, finding: str) -> Plant:
    def plant(made: Listing, at: int) -> None:
        made.rows[at][code] = value
        made.mark(at, code, finding)

    return plant


def _lives(area: str, finding: str) -> Plant:
    def plant(made: Listing, at: int) -> None:
        made.rows[at] |= {"residence": area, "registration": made.rows[at].get("registration") or VILLAGE}
        made.mark(at, "residence", finding)

    return plant


def _wrong_digit(made: Listing, at: int) -> None:
    number = made.rows[at]["number"]
    made.rows[at]["number"] = number[:-1] + ("0" if number[-1] != "0" else "1")
    made.mark(at, "number", "checksum")


def _repeated(made: Listing, at: int) -> None:
    """The number of a son above, with his birth date."""
    above = next(row for row in made.rows[2 : at - 2 : 3] if len(row["number"]) == 18)
    made.rows[at] |= {name: above[name] for name in ("number", "birth_date")}
    made.mark(at, "number", "duplicate")


def _older_than_the_head(made: Listing, at: int) -> None:
    born = date(1960, 1, 1) + timedelta(days=at % 1000)
    made.rows[at] |= {"birth_date": born.isoformat(), "number": a_number(born, "1", serial=at)}
    made.mark(at, "relation", "relation_disagrees_with_age")


def _second_wife(made: Listing, at: int) -> None:
    born = date(1970, 1, 1) + timedelta(days=at % 1000)
    number = a_number(born, "2", serial=at)
    made.rows[at] |= {"relation": "配偶", "sex": "女", "birth_date": born.isoformat(), "number": number}
    made.mark(at, "relation", "relation_twice")


def _without_number(made: Listing, at: int) -> None:
    made.rows[at]["number"] = ""
    made.mark(at, "number", "missing")


ELSEWHERE = "450421100201"
"""A village of another county."""

PLANTS: dict[str, Plant] = {
    "wrong digit": _wrong_digit,
    "rounded": _spoilt("number", "4.50481E+17", "number_rounded"),
    "repeated": _repeated,
    "sex of another": _spoilt("sex", "女", "number_disagrees"),
    "no name": _spoilt("name", "", "missing"),
    "no such relation": _spoilt("relation", "天外来客", "not_a_choice"),
    "relation of the other sex": _spoilt("relation", "长女", "relation_disagrees_with_sex"),
    "older than the head": _older_than_the_head,
    "second wife": _second_wife,
    "second head": _spoilt("relation", "户主", "household_needs_one_head"),
    "no relation": _spoilt("relation", "", "missing"),
    "elsewhere": _lives(FAR, "area_outside"),
    "no such village": _lives("450481100299", "unknown_area"),
    "half a code": _lives("4504811002", "area_code"),
    "future": _spoilt("occurred_on", "2027-01-01", "event_in_future"),
    "no such day": _spoilt("birth_date", "1990-02-30", "not_a_day"),
    "no telephone": _spoilt("phone", "12", "phone"),
    "no such people": _spoilt("ethnic_group", "天外", "not_a_choice"),
    "no number": _without_number,
}


def a_list(rows: int, *, wrong: int, first: int = 0, villages: Sequence[str] = ()) -> Listing:
    """So many rows, of which so many are spoilt, each kind as often as any other.

    `villages`: those of a county, one after the other, whose importer has all of it; else all belong to the import's.
    """
    made = Listing()
    for at in range(rows // 3):
        village = villages[at % len(villages)] if villages else ""
        made.rows += a_household(first + at, 3 * (first + at), village)
    plants = PLANTS | ({"elsewhere": _lives(ELSEWHERE, "area_outside")} if villages else {})
    kinds: Sequence[Plant] = list(plants.values())
    step = (rows // 3 - 2) // wrong if wrong else 1
    for number in range(wrong):
        kinds[number % len(kinds)](made, (2 + number * step) * 3 + 2)
    return made
