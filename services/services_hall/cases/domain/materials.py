"""Materials of a case (申请材料): what of the item's list was given, is missing, or was promised for later (容缺)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from services.services_hall.cases.domain.codes import MaterialStatus
from services.services_hall.cases.domain.refusals import (
    MaterialNotDeferrable,
    MaterialsOutstanding,
    MaterialUnknown,
    NoticeIncomplete,
    PromiseWrong,
)

GIVEN, MISSING, DEFERRED = MaterialStatus.GIVEN, MaterialStatus.MISSING, MaterialStatus.DEFERRED
Listed = Sequence[Mapping[str, Any]]
"""The materials of an item's version: number n is the n-th, from 1."""


def status_of(checked: Listed, number: int) -> MaterialStatus:
    """What was said of a material last; missing before anything was."""
    found = next((one["status"] for one in checked if one["number"] == number), MISSING)
    return MaterialStatus(found)


def checked_off(
    listed: Listed, checked: Listed, number: int, status: MaterialStatus, promised_on: date | None, today: date
) -> list[dict[str, Any]]:
    """The check-list after one material was looked at.

    Raises `MaterialUnknown`, `PromiseWrong`, and `MaterialNotDeferrable` for one that the item wants at once.
    """
    if not 1 <= number <= len(listed):
        raise MaterialUnknown.at("number")
    if (status is DEFERRED) != (promised_on is not None) or (promised_on is not None and promised_on < today):
        raise PromiseWrong.at("promised_on")
    if status is DEFERRED and not listed[number - 1]["deferrable"]:
        raise MaterialNotDeferrable.at("number")
    line = {"number": number, "status": str(status), "promised_on": promised_on and promised_on.isoformat()}
    others = [dict(one) for one in checked if one["number"] != number]
    return sorted([*others, line], key=lambda one: int(one["number"]))


def outstanding(listed: Listed, checked: Listed, *, deferred_too: bool) -> list[int]:
    """Numbers of the required materials that were not given. A promise is enough unless `deferred_too`."""
    enough = {GIVEN} if deferred_too else {GIVEN, DEFERRED}
    return [
        number
        for number, one in enumerate(listed, 1)
        if (one["required"] or status_of(checked, number) is DEFERRED) and status_of(checked, number) not in enough
    ]


def require_given(listed: Listed, checked: Listed, *, deferred_too: bool) -> None:
    """Raises `MaterialsOutstanding` that names each required material which was not given."""
    numbers = outstanding(listed, checked, deferred_too=deferred_too)
    if numbers:
        raise MaterialsOutstanding.at(*(f"materials.{number}" for number in numbers))


def promises(checked: Listed) -> list[date]:
    """The days for which materials are promised that have not come."""
    return [date.fromisoformat(one["promised_on"]) for one in checked if one["status"] == DEFERRED]


def require_whole_notice(listed: Listed, checked: Listed, told: Collection[int]) -> None:
    """The one notice names every required material that is missing or faulty, and none that does not exist.

    Raises `MaterialUnknown`, `NoticeIncomplete`.
    """
    for place, number in enumerate(told):
        if not 1 <= number <= len(listed):
            raise MaterialUnknown.at(f"materials.{place}.number")
    left_out = set(outstanding(listed, checked, deferred_too=False)) - set(told)
    if left_out:
        raise NoticeIncomplete.at(*(f"materials.{number}" for number in sorted(left_out)))
