"""Rules of buildings (楼栋): moves, days, the address as it is compared, and refusals."""

from dataclasses import dataclass
from datetime import date

from shared.contracts.registry.buildings import BuildingStatus
from shared.errors import DomainError, ErrorKind

TRANSITIONS: dict[BuildingStatus, frozenset[BuildingStatus]] = {
    BuildingStatus.STANDING: frozenset({BuildingStatus.DEMOLISHED, BuildingStatus.WITHDRAWN}),
    BuildingStatus.DEMOLISHED: frozenset({BuildingStatus.STANDING}),
    BuildingStatus.WITHDRAWN: frozenset({BuildingStatus.STANDING}),
}


class BuildingTransitionError(DomainError):
    """It is not where this step begins, or somebody else moved it first."""

    kind, code, title = ErrorKind.CONFLICT, "building_transition_not_allowed", "楼栋当前状态不允许此操作"
    advice = "请刷新查看现在的状态和可做的操作"


class BuildingDatesWrong(DomainError):
    """It stands from a day in the future, or is pulled down before it stood."""

    kind, code, title = ErrorKind.INVALID, "building_dates_wrong", "楼栋的启用日或拆除日不正确"
    advice = "请核对日期：拆除日不早于启用日，均不晚于今天"


class BuildingKnown(DomainError):
    """A building of this address stands in the village already."""

    kind, code, title = ErrorKind.CONFLICT, "building_known", "本村（社区）已有此地址的楼栋"
    advice = "请使用已登记的楼栋；确为另一栋的，请在地址中写明楼号"


class BuildingOfOtherVillage(DomainError):
    """A correction would carry a building over to another village."""

    kind, code, title = ErrorKind.INVALID, "building_of_other_village", "楼栋只能在本村（社区）内调整网格"
    advice = "误登到其他村的，请撤回后在正确的村重新登记"


class BuildingInUse(DomainError):
    """Dwellings of the building are still in use."""

    kind, code, title = ErrorKind.CONFLICT, "building_in_use", "楼内还有在用的房屋"
    advice = "请先注销或撤回楼内的房屋"


class BuildingUnchanged(DomainError):
    """A correction says what is known already."""

    kind, code, title = ErrorKind.INVALID, "building_unchanged", "更正内容与现有信息相同"
    advice = "请核对要更正的内容"


@dataclass(frozen=True, slots=True, repr=False)
class BuildingFields:
    """What is entered of a building, and may be corrected. The repr shows nothing."""

    area: str
    kind: str
    address: str
    floors: int | None = None


def require_transition(status: BuildingStatus, to: BuildingStatus, subject: object = None) -> None:
    """Raises `BuildingTransitionError` unless a move from `status` to `to` is in the table."""
    if to not in TRANSITIONS[status]:
        raise BuildingTransitionError(subject)


def check_dates(valid_from: date, valid_to: date | None, today: date) -> None:
    """Check valid_from ≤ valid_to ≤ today. Raises `BuildingDatesWrong` that names the field."""
    if valid_from > today:
        raise BuildingDatesWrong.at("valid_from")
    if valid_to is not None and not valid_from <= valid_to <= today:
        raise BuildingDatesWrong.at("valid_to")
