"""Names of areas (区划名称) by day: the code stays, the name may change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from services.registry.areas.domain.divisions import is_area_name
from shared.errors import FieldError

LONGEST = 100
"""Characters of a name."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """An area has another name from the day on. `number`: the version of the area that it made."""

    name_before: str
    name: str
    renamed_on: date
    number: int


@dataclass(frozen=True, slots=True)
class NameSpan:
    """A name, from its first day to the day before `until`; None: it is the present one."""

    name: str
    since: date
    until: date | None


def name_on(day: date, name: str, renamings: Sequence[Renaming]) -> str:
    """The name on a day of an area that is called `name` now. `renamings`: those that stand, the first one first."""
    for one in renamings:
        if day < one.renamed_on:
            return one.name_before
    return name


def names_of(name: str, valid_from: date, valid_to: date | None, renamings: Sequence[Renaming]) -> Sequence[NameSpan]:
    """Every name that an area has had for a day, the first one first."""
    return [
        span for span in _spans(name, valid_from, valid_to, renamings) if span.until is None or span.since < span.until
    ]


def _spans(name: str, valid_from: date, valid_to: date | None, renamings: Sequence[Renaming]) -> Iterator[NameSpan]:
    since = valid_from
    for one in renamings:
        yield NameSpan(one.name_before, since, one.renamed_on)
        since = one.renamed_on
    yield NameSpan(name, since, valid_to)


def check_renaming(name: str, before: str, day: date, valid_from: date, today: date) -> Sequence[FieldError]:
    """What keeps an area from being called `name`, a tidy one, from the day on."""
    errors = []
    if not 1 <= len(name) <= LONGEST:
        errors.append(FieldError("name", "name", "名称须为 1 至 100 个字"))
    elif not is_area_name(name):
        errors.append(FieldError("name", "lost_character", "名称中有丢失或无法识别的字"))
    elif name == before:
        errors.append(FieldError("name", "same_name", "与现在的名称相同"))
    if day > today:
        errors.append(FieldError("renamed_on", "in_future", "更名日期不得晚于今天"))
    elif day < valid_from:
        errors.append(FieldError("renamed_on", "before_opening", "更名日期早于该区划的启用日期"))
    return errors
