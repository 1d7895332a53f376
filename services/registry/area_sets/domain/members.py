"""Rules of the members of an area set: who belongs to it from when to when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.area_sets.domain.refusals import AreaSetDatesWrong, AreaSetTooLarge
from shared.errors import FieldError, Invalid
from shared.reference.areas import LEVELS, VILLAGE_DIGITS

MOST_MEMBERS, MOST_SPANS = 300, 400
"""Members at one time, and memberships of all days: a set's state says each, and is at most 64 KiB."""


@dataclass(frozen=True, slots=True)
class Membership:
    """An area in a set: `since` inclusive, `until` exclusive, None: it goes on.

    `begun_by`, `ended_by`: the change of areas with which it began or ended.
    """

    area: str
    since: date
    until: date | None = None
    begun_by: UUID | None = None
    ended_by: UUID | None = None


def is_open(one: Membership) -> bool:
    """Whether the area belongs to the set now."""
    return one.until is None


def meet(area: str, other: str) -> bool:
    """Whether two areas are the same, or one lies in the other."""
    return area.startswith(other) or other.startswith(area)


def overlapping(one: Membership, other: Membership) -> bool:
    """Whether both areas meet, and both memberships have a day in common."""
    return (
        meet(one.area, other.area)
        and (other.until is None or max(one.since, other.since) < other.until)
        and (one.until is None or max(one.since, other.since) < one.until)
    )


def held_by(members: Iterable[Membership], before: str) -> str:
    """The smallest area that holds all who belong to the set now, a village or above; if nobody does, as `before`."""
    codes = [one.area for one in members if is_open(one)]
    return (
        next(
            (
                codes[0][:level]
                for level in reversed(LEVELS)
                if level <= VILLAGE_DIGITS and all(code.startswith(codes[0][:level]) for code in codes)
            ),
            codes[0][: LEVELS[0]],
        )
        if codes
        else before
    )


def entered(areas: Sequence[str], on: date, path: str = "members") -> Sequence[Membership]:
    """The members with which a set is formed on a day. Raises `Invalid` that names each that is wrong."""
    if errors := _listed_wrong(areas, areas[:1], path):
        raise Invalid(errors=errors)
    return [Membership(area, on) for area in areas]


def exchanged(
    members: Sequence[Membership], joins: Sequence[str], leaves: Sequence[str], on: date
) -> Sequence[Membership]:
    """The members after some joined and some left on a day.

    Raises `Invalid` that names each that is wrong, `AreaSetDatesWrong` for one that left after the day or joined no
    earlier than it leaves, `AreaSetTooLarge`.
    """
    now = {one.area for one in members if is_open(one)}
    errors = _listed_wrong(joins, [*now][:1] or joins[:1], "joins")
    errors += [FieldError(f"joins.{n}", "member", "该区划已是成员") for n, one in enumerate(joins) if one in now]
    errors += _repeated(leaves, "leaves")
    errors += [
        FieldError(f"leaves.{n}", "no_member", "该区划不是现有成员") for n, one in enumerate(leaves) if one not in now
    ]
    if not errors and not now.difference(leaves).union(joins):
        errors.append(FieldError("leaves", "last", "片区至少须有一个成员；不再保留的，请撤销该片区"))
    if errors:
        raise Invalid(errors=errors)
    new = [Membership(area, on) for area in joins]
    wrong = [f"joins.{n}" for n, one in enumerate(new) if any(overlapping(one, other) for other in members)]
    since = {one.area: one.since for one in members if is_open(one)}
    if wrong := wrong + [f"leaves.{n}" for n, area in enumerate(leaves) if since[area] >= on]:
        raise AreaSetDatesWrong.at(*wrong)
    kept = [replace(one, until=on) if is_open(one) and one.area in leaves else one for one in members]
    after = [*kept, *new]
    if len(after) > MOST_SPANS or sum(map(is_open, after)) > MOST_MEMBERS:
        raise AreaSetTooLarge
    return after


def kept_on(before: Sequence[Membership], now: Iterable[Membership]) -> Sequence[Membership]:
    """The members that an undo brings back, and those who have come since by changes of areas: no step took them in."""
    known = {(one.area, one.since, one.begun_by) for one in before}
    came = (one for one in now if one.begun_by is not None)
    return [*before, *(one for one in came if (one.area, one.since, one.begun_by) not in known)]


def ended(members: Sequence[Membership], on: date) -> Sequence[Membership]:
    """The members of a set that is dissolved on a day. Raises `AreaSetDatesWrong` if one joined or left later."""
    if any(max(one.since, one.until or date.min) > on for one in members):
        raise AreaSetDatesWrong.at("dissolved_on")
    return [replace(one, until=on) if is_open(one) else one for one in members]


def written_members(members: Iterable[Membership]) -> list[dict[str, Any]]:
    """Memberships as a version keeps them."""
    return [asdict(one) for one in members]


def read_members(rows: Iterable[Mapping[str, Any]]) -> list[Membership]:
    """The same read back."""
    return [
        Membership(
            area=row["area"],
            since=date.fromisoformat(row["since"]),
            until=row["until"] and date.fromisoformat(row["until"]),
            begun_by=row["begun_by"] and UUID(row["begun_by"]),
            ended_by=row["ended_by"] and UUID(row["ended_by"]),
        )
        for row in rows
    ]


def _listed_wrong(areas: Sequence[str], like: Sequence[str], path: str) -> list[FieldError]:
    """What is wrong with areas of one list: repeated ones, and those of another level than the first of `like`."""
    level = len(like[0]) if like else 0
    errors = [
        FieldError(f"{path}.{n}", "level", "同一片区的成员须同为村（社区）或同为网格")
        for n, one in enumerate(areas)
        if len(one) != level
    ]
    return errors + _repeated(areas, path)


def _repeated(areas: Sequence[str], path: str) -> list[FieldError]:
    return [FieldError(f"{path}.{n}", "duplicate", "重复填写") for n, one in enumerate(areas) if one in areas[:n]]
