"""Versions of definitions: which one is in force on a day, and what it is made of by then."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.indicators.definitions.domain.definition import Definition, Direction, Kind, Measure, Total

REPORTED = "indicators.reported_values.value"
"""The measure of the ledger of reported figures (填报指标台账); its part `indicator:<name>` is one of them."""


@dataclass(frozen=True)
class Version:
    """One version of an indicator as it is stored. `formula`: what it is made of if its measures do not say it:

    `{"part": [code, "<axis>:<value>"]}`, `{"ratio": [code, code]}`, `{"terms": [[factor, code], …]}`,
    `{"reported": name}`, `{"counted": …}`. `opens_on`: from when on it is in force; None: since ever. `ends_on`: first
    day on which the indicator is in force no more. `filling`: its measure is being counted still.
    """

    code: str
    version: int
    name: str
    unit: str
    direction: str
    kind: str
    meaning: str
    department: str
    measure: Measure | None
    base: Measure | None
    restricted: bool
    axes: tuple[str, ...]
    scale: int
    least: int
    retired: bool
    read_by: str | None
    formula: Mapping[str, Any] | None
    percentile: int | None
    opens_on: date | None
    ends_on: date | None
    counts_stock: bool = False
    filling: bool = False

    @property
    def needs(self) -> tuple[str, ...]:
        """Codes of the indicators that it is made of."""
        formula = self.formula or {}
        if "part" in formula:
            return (formula["part"][0],)
        if "ratio" in formula:
            return tuple(formula["ratio"])
        return tuple(code for _, code in formula.get("terms", ()))


class Versions:
    """All versions of some indicators and of what they are made of. `codes`: of those that were asked."""

    def __init__(self, versions: Iterable[Version], asked: Collection[str] | None = None) -> None:
        self._by_code: dict[str, list[Version]] = {}
        for one in sorted(versions, key=lambda version: (version.code, version.version)):
            self._by_code.setdefault(one.code, []).append(one)
        self.codes = tuple(code for code in self._by_code if asked is None or code in asked)
        self._kept: dict[tuple[str, date], Definition] = {}

    def of(self, code: str) -> Sequence[Version]:
        """The versions of an indicator, the first one first."""
        return self._by_code.get(code, ())

    def on(self, code: str, day: date) -> Definition:
        """The indicator as it is in force on a day. Before its first version: that one, of which nothing is known yet.

        Raises `KeyError` for a code that is not among these.
        """
        found = self._kept.get((code, day))
        if found is None:
            version, unknown = self._version(code, day)
            found = made_of(version, [self.on(one, day) for one in version.needs], unknown=unknown)
            self._kept[code, day] = found
        return found

    def needs_on(self, code: str, day: date) -> tuple[str, ...]:
        """The indicators that this one is made of on a day."""
        return self._version(code, day)[0].needs

    def also(self, version: Version) -> "Versions":
        """The same with one version more."""
        return Versions([*(one for of in self._by_code.values() for one in of), version])

    def resting_on(self, code: str) -> frozenset[str]:
        """The indicators that any version makes of this one, at whatever distance, and itself."""
        found, wanted = {code}, [code]
        while wanted:
            at = wanted.pop()
            users = {one for one, of in self._by_code.items() if any(at in version.needs for version in of)} - found
            found |= users
            wanted += users
        return frozenset(found)

    def all_needs(self, code: str) -> frozenset[str]:
        """What any version of an indicator is made of, at whatever distance, and itself."""
        found, wanted = {code}, [code]
        while wanted:
            needs = {need for version in self.of(wanted.pop()) for need in version.needs} - found
            found |= needs
            wanted += needs
        return frozenset(found)

    def is_restricted(self, code: str) -> bool:
        """Whether any version of it, or of what it is made of, is restricted."""
        return any(version.restricted for one in self.all_needs(code) for version in self._by_code[one])

    def is_over(self, code: str, day: date) -> bool:
        """Whether the indicator is not in force on a day: not yet, or no more."""
        return self._version(code, day)[1]

    def openings(self, codes: Iterable[str], since: date, until: date) -> list[date]:
        """The days after `since`, up to `until`, on which other versions open: of these, and of what they need."""
        wanted, known = list(codes), set[str]()
        days = set[date]()
        while wanted:
            code = wanted.pop()
            if code in known:
                continue
            known.add(code)
            for one in self.of(code):
                days |= {day for day in (one.opens_on, one.ends_on) if day is not None and since < day <= until}
                wanted += one.needs
        return sorted(days)

    def _version(self, code: str, day: date) -> tuple[Version, bool]:
        versions = self._by_code[code]
        open_ = [one for one in versions if one.opens_on is None or one.opens_on <= day]
        chosen = open_[-1] if open_ else versions[0]
        return chosen, not open_ or (chosen.ends_on is not None and day >= chosen.ends_on)


def made_of(version: Version, parts: Sequence[Definition], *, unknown: bool = False) -> Definition:
    """The definition that a version makes of the definitions that it needs, in their order."""
    count, base, of_stocks = _made(version, parts)
    return Definition(
        code=version.code,
        name=version.name,
        unit=version.unit,
        direction=Direction(version.direction),
        kind=Kind(version.kind),
        meaning=version.meaning,
        department=version.department,
        count=count,
        base=base,
        version=version.version,
        restricted=version.restricted or any(one.restricted for one in parts),
        axes=version.axes,
        scale=version.scale,
        least=max([version.least, *(one.least for one in parts)]),
        retired=version.retired,
        read_by=_read_by(version, parts),
        of_stocks=of_stocks,
        percentile=version.percentile,
        unknown=unknown or version.filling or any(one.unknown for one in parts),
    )


def _made(version: Version, parts: Sequence[Definition]) -> tuple[Total, Total | None, bool]:
    """Count, base, and whether these are of a day although the kind does not say so."""
    formula = version.formula or {}
    if "part" in formula:
        return parts[0].count.part(formula["part"][1]), None, False
    if "ratio" in formula:
        return parts[0].count, parts[1].count, parts[0].stands
    if "terms" in formula:
        terms = [
            term for (factor, _), part in zip(formula["terms"], parts, strict=True) for term in part.count.times(factor)
        ]
        return Total.together(terms), None, all(part.stands for part in parts)
    if "reported" in formula:
        return Total.of(REPORTED, f"indicator:{formula['reported']}"), None, False
    assert version.measure is not None
    count = Total(((1, version.measure),))
    return count, None if version.base is None else Total(((1, version.base),)), version.counts_stock


def _read_by(version: Version, parts: Sequence[Definition]) -> str | None:
    """The permission to read the records: of what is made of several, the one that they have in common."""
    found = {one.read_by for one in parts if one.least}
    if version.least or not found:
        return version.read_by
    return found.pop() if len(found) == 1 else None
