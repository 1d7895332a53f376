"""Rules of organisations (组织): moves, days, credit codes, who answers for one, and refusals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.contracts.registry.organisations import OrganisationKind, OrganisationRegistration, OrganisationStatus
from shared.errors import DomainError, ErrorKind, FieldError, Invalid
from shared.reference.credit_codes import Problem, check_code
from shared.reference.named_code import NamedCode
from shared.reference.names import MESSAGES, clean_name
from shared.reference.phones import SERVICE_MESSAGE, clean_service_phone
from shared.reference.written import compared, stored

ACTIVE, ENDED, WITHDRAWN = OrganisationStatus.ACTIVE, OrganisationStatus.ENDED, OrganisationStatus.WITHDRAWN
TRANSITIONS: dict[OrganisationStatus, frozenset[OrganisationStatus]] = {
    ACTIVE: frozenset({ENDED, WITHDRAWN}),
    ENDED: frozenset({ACTIVE, WITHDRAWN}),
    WITHDRAWN: frozenset(),
}
"""Moves by a step. Whatever was done last is undone besides, a withdrawal too."""

CODES: Mapping[OrganisationKind, tuple[str, ...]] = {
    OrganisationKind.SOCIAL: ("51", "52", "53", "59"),
    OrganisationKind.COLLECTIVE: ("N1", "N2", "N3", "91", "93"),
    OrganisationKind.VOLUNTEERS: ("51", "52", "53", "59"),
}
"""First two places of a credit code by kind (GB 32100): civil affairs' social organisations; collectives of a group, a
village or a town, and those that were once registered as companies or cooperatives. Any other is a resident unit's."""

CODE_MESSAGES: Mapping[Problem, str] = {
    Problem.LENGTH: "统一社会信用代码须为 18 位",
    Problem.CHARSET: "统一社会信用代码只能由数字和大写字母组成，不使用 I、O、Z、S、V",
    Problem.UNKNOWN_REGISTRAR: "统一社会信用代码第 1 位不是登记管理部门代码",
    Problem.AREA: "统一社会信用代码第 3 至 8 位须为行政区划代码",
    Problem.CHECKSUM: "统一社会信用代码校验位不正确，请对照证书核对",
}


class OrganisationStep(NamedCode):
    """What was done to an organisation."""

    ENTERED = "entered", "登记"
    CORRECTED = "corrected", "更正"
    ENDED = "ended", "终止"
    REOPENED = "reopened", "恢复"
    WITHDRAWN = "withdrawn", "撤回"
    UNDONE = "undone", "撤销上一步"
    BOUNDARY_CHANGED = "boundary_changed", "区划调整"


class OrganisationTransitionError(DomainError):
    """It is not where this step begins, or somebody else moved it first."""

    kind, code, title = ErrorKind.CONFLICT, "organisation_transition_not_allowed", "组织当前状态不允许此操作"
    advice = "请刷新查看现在的状态和可做的操作"


class OrganisationDatesWrong(DomainError):
    """A day in the future, an end before the beginning, or a beginning before an earlier end."""

    kind, code, title = ErrorKind.INVALID, "organisation_dates_wrong", "组织的日期不正确"
    advice = "请核对日期：止日不早于起日，恢复日不早于上次终止日，均不晚于今天"


class OrganisationKnown(DomainError):
    """An active one of this name or code is in the village already."""

    kind, code, title = ErrorKind.CONFLICT, "organisation_known", "本村（社区）已有同名或同代码的在册组织"
    advice = "请使用已登记的组织；确为另一个的，请在名称中写明"


class OrganisationOfOtherVillage(DomainError):
    """A correction would carry an organisation over to another village."""

    kind, code, title = ErrorKind.INVALID, "organisation_of_other_village", "组织只能在本村（社区）内调整网格"
    advice = "迁往其他村的，请在本村终止后在新的村登记；误登的，请撤回"


class OrganisationUnchanged(DomainError):
    """A correction says what is known already."""

    kind, code, title = ErrorKind.INVALID, "organisation_unchanged", "更正内容与现有信息相同"
    advice = "请核对要更正的内容"


class OrganisationNothingToUndo(DomainError):
    """Nothing was done to it since it was entered."""

    kind, code, title = ErrorKind.CONFLICT, "organisation_nothing_to_undo", "该组织登记后没有可撤销的操作"
    advice = "误登的组织，请撤回"


@dataclass(frozen=True, slots=True, repr=False)
class OrganisationContact:
    """Where it is found and who answers for it: sealed. The repr shows nothing."""

    address: str | None = None
    responsible: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class OrganisationFields:
    """What is entered of an organisation, and may be corrected. The repr shows nothing."""

    area: str
    kind: OrganisationKind
    name: str
    began_on: date
    credit_code: str | None
    registration: OrganisationRegistration
    registered_on: date | None
    members: int | None
    contact: OrganisationContact


@dataclass(frozen=True, slots=True, repr=False)
class OrganisationFilter:
    """What a list, its count and a search ask for. `name`: a part of it, however it is written."""

    kind: OrganisationKind | None = None
    status: OrganisationStatus | None = None
    name: str | None = None
    credit_code: str | None = None


def require_transition(status: OrganisationStatus, to: OrganisationStatus, subject: object = None) -> None:
    """Raises `OrganisationTransitionError` unless a move from `status` to `to` is in the table."""
    if to not in TRANSITIONS[status]:
        raise OrganisationTransitionError(subject)


def check_days(path: str, earliest: date, day: date, today: date) -> None:
    """Check earliest ≤ day ≤ today. Raises `OrganisationDatesWrong` that names the field."""
    if not earliest <= day <= today:
        raise OrganisationDatesWrong.at(path)


def checked(new: OrganisationFields) -> OrganisationFields:
    """The fields as they are kept: code, phone and name in one form. Raises `Invalid` with all that is wrong."""
    errors: list[FieldError] = []
    name = stored(new.name)
    if not compared(name):
        errors.append(FieldError("name", "empty", "请填写组织名称"))
    code = None if new.credit_code is None else checked_code(new.credit_code, errors)
    if code and not _suits(code, new.kind):
        errors.append(FieldError("credit_code", "other_kind", "统一社会信用代码与组织类别不符"))
    if new.credit_code and new.registration is not OrganisationRegistration.REGISTERED:
        errors.append(FieldError("registration", "not_registered", "有统一社会信用代码的，登记情况应为已登记"))
    if new.registered_on and new.registration is OrganisationRegistration.NONE:
        errors.append(FieldError("registered_on", "not_registered", "未登记备案的，不填写登记日期"))
    contact = _checked_contact(new.contact, errors)
    if errors:
        raise Invalid(errors=errors)
    return OrganisationFields(
        area=new.area,
        kind=new.kind,
        name=name,
        began_on=new.began_on,
        credit_code=code,
        registration=new.registration,
        registered_on=new.registered_on,
        members=new.members,
        contact=contact,
    )


def checked_code(text: str, errors: list[FieldError]) -> str:
    """The canonical code; what is wrong with it is added to `errors`."""
    found = check_code(text)
    errors += [FieldError("credit_code", str(one), CODE_MESSAGES[one]) for one in found.problems]
    return "" if found.problems else found.code


def _suits(code: str, kind: OrganisationKind) -> bool:
    if kind in CODES:
        return code.startswith(CODES[kind])
    return not code.startswith(("51", "52", "53", "N1", "N2", "N3"))


def _checked_contact(contact: OrganisationContact, errors: list[FieldError]) -> OrganisationContact:
    responsible, phone = contact.responsible, contact.phone
    if responsible is not None:
        name = clean_name(responsible)
        errors += [FieldError("responsible", code, MESSAGES[code]) for code in name.problems]
        responsible = name.text
    if phone is not None:
        phone = clean_service_phone(phone)
        if phone is None:
            errors.append(FieldError("phone", "phone", SERVICE_MESSAGE))
    return OrganisationContact(contact.address and stored(contact.address), responsible, phone)
