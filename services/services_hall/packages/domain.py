"""Rules of packages (一件事): shared materials, the one answer, and refusals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.contracts.services_hall.cases import CaseStatus
from shared.contracts.services_hall.packages import MatterStatus, PackageStatus
from shared.errors import DomainError, ErrorKind

TRANSITIONS: dict[MatterStatus, frozenset[MatterStatus]] = {
    MatterStatus.OPEN: frozenset({MatterStatus.ANSWERED, MatterStatus.WITHDRAWN}),
    MatterStatus.ANSWERED: frozenset({MatterStatus.OPEN}),  # undone
    MatterStatus.WITHDRAWN: frozenset({MatterStatus.OPEN}),  # undone
}
PACKAGE_TRANSITIONS: dict[PackageStatus, frozenset[PackageStatus]] = {
    PackageStatus.ACTIVE: frozenset({PackageStatus.RETIRED}),
    PackageStatus.RETIRED: frozenset({PackageStatus.ACTIVE}),
}
ENDED: frozenset[CaseStatus] = frozenset(
    {
        CaseStatus.DECIDED,
        CaseStatus.CLOSED,
        CaseStatus.DELIVERED,
        CaseStatus.ARCHIVED,
        CaseStatus.REFUSED,
        CaseStatus.WITHDRAWN,
        CaseStatus.EXPIRED,
    }
)
"""Statuses in which a case of a matter waits for the one answer."""


class PackageTransitionError(DomainError):
    """The package or the matter is not where this step begins."""

    kind, code, title = ErrorKind.CONFLICT, "package_transition_not_allowed", "当前状态不允许此操作"
    advice = "请刷新后查看现在的状态"


class PackageCodeTaken(DomainError):
    kind, code, title = ErrorKind.CONFLICT, "package_code_taken", "该一件事已经启用"
    advice = "请查看已启用的一件事；停用的可以恢复"


class TemplateUnknown(DomainError):
    """No package of this code ships."""

    kind, code, title = ErrorKind.INVALID, "package_template_unknown", "没有此编码的一件事模板"
    advice = "请从模板列表中选择"


class ItemNotInPackage(DomainError):
    """An item that is chosen does not belong to the package."""

    kind, code, title = ErrorKind.INVALID, "item_not_in_package", "所选事项不在这个一件事中"
    advice = "请从该一件事包含的事项中选择"


class SharedMaterialUnknown(DomainError):
    """The package shares no material of this name."""

    kind, code, title = ErrorKind.INVALID, "shared_material_unknown", "该一件事没有这份共用材料"
    advice = "请从共用材料清单中选择"


class MatterNotDecided(DomainError):
    """A case of it is still under way: there is one answer, for all of them."""

    kind, code, title = ErrorKind.CONFLICT, "matter_not_decided", "一件事中还有事项没有办出结果"
    advice = "请等待各部门作出决定后统一答复"


@dataclass(frozen=True, slots=True)
class Component:
    """An item of a package as it ships."""

    code: str
    name: str
    department: str
    category: str
    days: int
    materials: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A package as it ships."""

    code: str
    name: str
    lead_department: str
    shared: tuple[str, ...]
    items: tuple[Component, ...]


def read_templates(lines: Sequence[Mapping[str, Any]]) -> dict[str, Template]:
    """The packages that ship, by code."""
    found = {}
    for one in lines:
        items = tuple(Component(**{**item, "materials": tuple(item["materials"])}) for item in one["items"])
        found[one["code"]] = Template(one["code"], one["name"], one["lead_department"], tuple(one["shared"]), items)
    return found


def require_move(status: MatterStatus, to: MatterStatus, subject: UUID) -> None:
    """Raises `PackageTransitionError` unless a matter goes from `status` to `to`."""
    if to not in TRANSITIONS[status]:
        raise PackageTransitionError(subject)


def one_answer(cases: Sequence[tuple[CaseStatus, bool | None]]) -> bool:
    """Whether all of a matter was granted. Raises `MatterNotDecided` while a case is under way."""
    if any(status not in ENDED for status, _ in cases):
        raise MatterNotDecided
    return all(granted is True for _, granted in cases)
