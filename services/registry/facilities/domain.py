"""Rules of facilities (设施): moves, days, points, opening hours, and refusals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from shared.contracts.registry.facilities import DailyNeed, FacilityKind, FacilityStatus
from shared.errors import DomainError, ErrorKind, FieldError, Invalid
from shared.reference.named_code import NamedCode
from shared.reference.written import compared, stored

OPEN, CLOSED, WITHDRAWN = FacilityStatus.OPEN, FacilityStatus.CLOSED, FacilityStatus.WITHDRAWN
TRANSITIONS: dict[FacilityStatus, frozenset[FacilityStatus]] = {
    OPEN: frozenset({CLOSED, WITHDRAWN}),
    CLOSED: frozenset({OPEN, WITHDRAWN}),
    WITHDRAWN: frozenset(),
}
"""Moves by a step. Whatever was done last is undone besides, a withdrawal too."""

CHINA = (73.0, 3.0, 136.0, 54.0)
"""West, south, east and north of the country in degrees: longitude and latitude that were swapped lie outside."""
NEAR = 0.05
"""Degrees (some five kilometres) beyond the village's grids within which a point is believed."""

Grid = Sequence[tuple[float, float]]


class FacilityStep(NamedCode):
    """What was done to a facility."""

    ENTERED = "entered", "登记"
    CORRECTED = "corrected", "更正"
    CLOSED = "closed", "关闭"
    REOPENED = "reopened", "恢复开放"
    WITHDRAWN = "withdrawn", "撤回"
    UNDONE = "undone", "撤销上一步"
    BOUNDARY_CHANGED = "boundary_changed", "区划调整"


class FacilityTransitionError(DomainError):
    """It is not where this step begins, or somebody else moved it first."""

    kind, code, title = ErrorKind.CONFLICT, "facility_transition_not_allowed", "设施当前状态不允许此操作"
    advice = "请刷新查看现在的状态和可做的操作"


class FacilityDatesWrong(DomainError):
    """A day in the future, a closing before the opening, or an opening before an earlier closing."""

    kind, code, title = ErrorKind.INVALID, "facility_dates_wrong", "设施的日期不正确"
    advice = "请核对日期：关闭日不早于开放日，恢复日不早于上次关闭日，均不晚于今天"


class FacilityKnown(DomainError):
    """An open one of this name is in the village already."""

    kind, code, title = ErrorKind.CONFLICT, "facility_known", "本村（社区）已有同名的开放设施"
    advice = "请使用已登记的设施；确为另一处的，请在名称中写明"


class FacilityOfOtherVillage(DomainError):
    """A correction would carry a facility over to another village."""

    kind, code, title = ErrorKind.INVALID, "facility_of_other_village", "设施只能在本村（社区）内调整网格"
    advice = "迁往其他村的，请在本村关闭后在新的村登记；误登的，请撤回"


class FacilityUnchanged(DomainError):
    """A correction says what is known already."""

    kind, code, title = ErrorKind.INVALID, "facility_unchanged", "更正内容与现有信息相同"
    advice = "请核对要更正的内容"


class FacilityNothingToUndo(DomainError):
    """Nothing was done to it since it was entered."""

    kind, code, title = ErrorKind.CONFLICT, "facility_nothing_to_undo", "该设施登记后没有可撤销的操作"
    advice = "误登的设施，请撤回"


class FacilityPointFar(DomainError):
    """The point lies outside China, or far from the grids of the village."""

    kind, code, title = ErrorKind.INVALID, "facility_point_far", "坐标不在本村（社区）附近"
    advice = "请核对坐标（WGS 84，先经度后纬度）和所在地"


class FacilityOperatorEnded(DomainError):
    """The organisation that is to run it is not active."""

    kind, code, title = ErrorKind.CONFLICT, "facility_operator_ended", "运营组织已终止或已撤回"
    advice = "请选择在册的组织；由村（社区）自办的，不填运营组织"


@dataclass(frozen=True, slots=True)
class Hours:
    """Days of the week (1: Monday) on which it is open from a time to a time, as HH:MM."""

    days: tuple[int, ...]
    opens: str
    closes: str


@dataclass(frozen=True, slots=True, repr=False)
class FacilityFields:
    """What is entered of a facility, and may be corrected. The repr shows nothing."""

    area: str
    kind: FacilityKind
    name: str
    opened_on: date
    serves: tuple[DailyNeed, ...] = ()
    address: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    floor_area: Decimal | None = None
    staff: int | None = None
    hours: tuple[Hours, ...] = ()
    organisation_id: UUID | None = None


@dataclass(frozen=True, slots=True, repr=False)
class FacilityFilter:
    """What a list, its count and a search ask for. `name`: a part of it, however it is written."""

    kind: FacilityKind | None = None
    serves: DailyNeed | None = None
    status: FacilityStatus | None = None
    name: str | None = None


def require_transition(status: FacilityStatus, to: FacilityStatus, subject: object = None) -> None:
    """Raises `FacilityTransitionError` unless a move from `status` to `to` is in the table."""
    if to not in TRANSITIONS[status]:
        raise FacilityTransitionError(subject)


def check_days(path: str, earliest: date, day: date, today: date) -> None:
    """Check earliest ≤ day ≤ today. Raises `FacilityDatesWrong` that names the field."""
    if not earliest <= day <= today:
        raise FacilityDatesWrong.at(path)


def checked(new: FacilityFields) -> FacilityFields:
    """The fields as they are kept: name and needs in one form. Raises `Invalid` with all that is wrong."""
    errors: list[FieldError] = []
    name = stored(new.name)
    if not compared(name):
        errors.append(FieldError("name", "empty", "请填写设施名称"))
    errors += _overlapping(new.hours)
    if errors:
        raise Invalid(errors=errors)
    return FacilityFields(
        area=new.area,
        kind=new.kind,
        name=name,
        opened_on=new.opened_on,
        serves=tuple(one for one in DailyNeed if one in new.serves),
        address=new.address and stored(new.address),
        longitude=new.longitude,
        latitude=new.latitude,
        floor_area=new.floor_area,
        staff=new.staff,
        hours=tuple(Hours(tuple(sorted(set(one.days))), one.opens, one.closes) for one in new.hours),
        organisation_id=new.organisation_id,
    )


def check_point(longitude: float, latitude: float, grids: Iterable[Grid]) -> None:
    """Check a point against the borders of the village's grids; against the country's as long as none is known.

    The register keeps no border of villages. Raises `FacilityPointFar`.
    """
    corners = [corner for grid in grids for corner in grid]
    west, south, east, north = CHINA
    if corners:
        west, east = min(x for x, _ in corners) - NEAR, max(x for x, _ in corners) + NEAR
        south, north = min(y for _, y in corners) - NEAR, max(y for _, y in corners) + NEAR
    if not (west <= longitude <= east and south <= latitude <= north):
        raise FacilityPointFar.at("point")


def columns_of(new: FacilityFields) -> dict[str, Any]:
    """What is entered, by the columns of the table."""
    return {
        "area": new.area,
        "kind": str(new.kind),
        "name": new.name,
        "compared": compared(new.name),
        "serves": [str(one) for one in new.serves],
        "address": new.address,
        "longitude": new.longitude,
        "latitude": new.latitude,
        "floor_area": new.floor_area,
        "staff": new.staff,
        "hours": [{"days": list(one.days), "opens": one.opens, "closes": one.closes} for one in new.hours],
        "organisation_id": new.organisation_id,
        "opened_on": new.opened_on,
    }


def read_back(content: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a recorded version, in the types of the table."""
    read = dict(content)
    for name in ("opened_on", "closed_on"):
        read[name] = read[name] and date.fromisoformat(read[name])
    read["floor_area"] = read["floor_area"] and Decimal(read["floor_area"])
    read["organisation_id"] = read["organisation_id"] and UUID(read["organisation_id"])
    return read


def _overlapping(hours: Sequence[Hours]) -> list[FieldError]:
    errors, known = [], list[tuple[int, str, str]]()
    for number, one in enumerate(hours):
        if one.opens >= one.closes:
            errors.append(FieldError(f"hours.{number}.closes", "range", "关门时间须晚于开门时间"))
            continue
        if any(day in one.days and one.opens < end and begin < one.closes for day, begin, end in known):
            errors.append(FieldError(f"hours.{number}", "overlap", "同一天的开放时段重叠"))
        known += [(day, one.opens, one.closes) for day in one.days]
    return errors
