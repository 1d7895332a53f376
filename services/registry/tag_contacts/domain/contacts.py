"""Rules of contacts of tags (监护人, 责任人): who may be one, moves, days, what a clerk has to look after, refusals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.tag_contacts.domain.refusals import (
    TagContactDatesWrong,
    TagContactDoesNotFit,
    TagContactTransitionError,
)
from shared.contracts.registry.circumstances import CircumstanceStatus
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.tags import TagContactRole
from shared.errors import FieldError, Invalid
from shared.reference.identity import completed_years
from shared.reference.named_code import NamedCode
from shared.reference.names import MESSAGES, clean_name
from shared.reference.phones import SERVICE_MESSAGE, clean_service_phone
from shared.reference.written import compared, stored

OF_AGE = 18
"""Years of life from which somebody can be a guardian: full capacity (民法典第十七条、第十八条、第二十七条)."""


class ContactParty(NamedCode):
    """Who a contact is: of the register, outside of it (a person or a body), or somebody with an account."""

    PERSON = "person", "在册居民"
    OUTSIDE = "outside", "册外人员或单位"
    ACCOUNT = "account", "系统用户"


class ContactRelation(NamedCode):
    """What a contact is to the person of the tag."""

    PARENT = "parent", "父母"
    GRANDPARENT = "grandparent", "祖父母、外祖父母"
    SPOUSE = "spouse", "配偶"
    CHILD = "child", "子女"
    SIBLING = "sibling", "兄弟姐妹"
    KIN = "kin", "其他亲属"
    WILLING = "willing", "其他愿意担任监护人的个人或组织"
    COMMITTEE = "committee", "村（居）民委员会"
    CIVIL_AFFAIRS = "civil_affairs", "民政部门"
    ENTRUSTED = "entrusted", "受委托照护人"
    VILLAGE_OFFICIAL = "village_official", "村（社区）干部"
    GRID_WORKER = "grid_worker", "网格员"
    OFFICIAL = "official", "镇、县干部"
    POLICE = "police", "民警"
    DOCTOR = "doctor", "家庭医生、村医"
    SOCIAL_WORKER = "social_worker", "社会工作者"
    VOLUNTEER = "volunteer", "志愿者"
    UNIT = "unit", "结对单位"


_KIN = {
    ContactRelation.PARENT,
    ContactRelation.GRANDPARENT,
    ContactRelation.SPOUSE,
    ContactRelation.CHILD,
    ContactRelation.SIBLING,
    ContactRelation.KIN,
}
BODIES = frozenset(
    {ContactRelation.WILLING, ContactRelation.COMMITTEE, ContactRelation.CIVIL_AFFAIRS, ContactRelation.UNIT}
)
"""Who may be a body and no person: its name is kept as it is written."""
RELATIONS: Mapping[TagContactRole, frozenset[ContactRelation]] = {
    TagContactRole.GUARDIAN: frozenset(
        {
            *_KIN,
            ContactRelation.WILLING,
            ContactRelation.COMMITTEE,
            ContactRelation.CIVIL_AFFAIRS,
            ContactRelation.ENTRUSTED,
        }
    ),
    TagContactRole.RESPONSIBLE: frozenset(
        set(ContactRelation) - {ContactRelation.WILLING, ContactRelation.CIVIL_AFFAIRS}
    ),
}
"""By role: guardians by 民法典第二十七条、第二十八条、第三十二条 and 未成年人保护法第二十二条 (受委托照护人)."""


ContactStatus = CircumstanceStatus
"""Where a contact stands: valid, ended or withdrawn, as a circumstance."""

VALID, ENDED, WITHDRAWN = ContactStatus.VALID, ContactStatus.ENDED, ContactStatus.WITHDRAWN
TRANSITIONS: Mapping[ContactStatus, frozenset[ContactStatus]] = {
    VALID: frozenset({ENDED, WITHDRAWN}),
    ENDED: frozenset({WITHDRAWN}),
    WITHDRAWN: frozenset(),
}
"""Moves by a step. Whatever was done last is undone besides, an end or a withdrawal too."""


class ContactStep(NamedCode):
    """What was done to a contact. `handed_over`, `taken_back`: with a merge of the tag's person, and without it."""

    ENTERED = "entered", "登记"
    CORRECTED = "corrected", "更正"
    KEPT = "kept", "确认继续"
    ENDED = "ended", "结束"
    WITHDRAWN = "withdrawn", "撤回"
    UNDONE = "undone", "撤销上一步"
    HANDED_OVER = "handed_over", "随居民合并带入"
    TAKEN_BACK = "taken_back", "随合并撤销退回"


class DueReason(NamedCode):
    """Why a clerk has to look after the contacts of a tag."""

    DECEASED = "deceased", "联系人已死亡"
    MOVED_OUT = "moved_out", "联系人已迁出"
    MISSING = "missing", "联系人失踪"
    ANNULLED = "annulled", "联系人的登记已撤销"
    SAME_PERSON = "same_person", "联系人与本人系同一人"
    NO_GUARDIAN = "no_guardian", "尚未登记监护人"


KEEPABLE = frozenset({DueReason.MOVED_OUT, DueReason.MISSING})
"""Reasons for which somebody may still be a contact, if a clerk says so."""


@dataclass(frozen=True, slots=True, repr=False)
class ContactFields:
    """What is entered of a contact. The repr shows nothing. `name`: of somebody of the register None."""

    role: TagContactRole
    party: ContactParty
    relation: ContactRelation
    began_on: date
    person_id: UUID | None = None
    subject: str | None = None
    name: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class ContactCorrection:
    """What of a contact is set right, all of it. The repr shows nothing."""

    relation: ContactRelation
    began_on: date
    name: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class DueContact:
    """Something that a clerk has to look after: a contact, or a tag without a guardian (`contact_id` None)."""

    id: UUID
    reason: DueReason
    tag_id: UUID
    person_id: UUID
    family: str
    code: str
    contact_id: UUID | None


def require_transition(status: str, to: ContactStatus, subject: object = None) -> None:
    """Raises `TagContactTransitionError` unless a move from `status` to `to` is in the table."""
    if to not in TRANSITIONS[ContactStatus(status)]:
        raise TagContactTransitionError(subject)


def checked(new: ContactFields) -> ContactFields:
    """The fields as they are kept. Raises `Invalid` with all that is wrong, `TagContactDoesNotFit`."""
    of_register, account = new.party is ContactParty.PERSON, new.party is ContactParty.ACCOUNT
    found = (
        ("person_id", "missing", "请选择在册居民", of_register and new.person_id is None),
        ("person_id", "unexpected", "册外人员不填", not of_register and new.person_id is not None),
        ("subject", "missing", "请填写系统用户", account and new.subject is None),
        ("subject", "unexpected", "仅系统用户填写", not account and new.subject is not None),
        ("name", "unexpected", "在册居民以底册姓名为准", of_register and new.name is not None),
    )
    errors = [FieldError(name, code, message) for name, code, message, wrong in found if wrong]
    name, phone = _written(new.party, new.relation, new.name, new.phone, errors)
    if errors:
        raise Invalid(errors=errors)
    check_relation(new.role, new.relation)
    if new.role is TagContactRole.GUARDIAN and new.party is ContactParty.ACCOUNT:
        raise TagContactDoesNotFit(errors=[FieldError("party", "account", "系统用户只能登记为责任人")])
    return replace(new, name=name, phone=phone)


def corrected(party: ContactParty, new: ContactCorrection) -> ContactCorrection:
    """A correction as it is kept. Raises `Invalid` with all that is wrong."""
    errors: list[FieldError] = []
    if party is ContactParty.PERSON and new.name is not None:
        errors.append(FieldError("name", "unexpected", "在册居民以底册姓名为准"))
    name, phone = _written(party, new.relation, new.name, new.phone, errors)
    if errors:
        raise Invalid(errors=errors)
    return replace(new, name=name, phone=phone)


def check_relation(role: TagContactRole, relation: ContactRelation) -> None:
    """Check that one of this role can be that to the person. Raises `TagContactDoesNotFit`."""
    if relation not in RELATIONS[role]:
        raise TagContactDoesNotFit(errors=[FieldError("relation", "relation", "此关系不能担任该身份")])


def check_party(role: TagContactRole, ward: UUID, party: UUID, birth_date: date, *, today: date) -> None:
    """Check somebody of the register: not the person of the tag, and a guardian of age.

    Raises `TagContactDoesNotFit` with all that is wrong.
    """
    errors: list[FieldError] = []
    if party == ward:
        errors.append(FieldError("person_id", "same_person", "联系人不能是本人"))
    if role is TagContactRole.GUARDIAN and completed_years(birth_date, today) < OF_AGE:
        errors.append(FieldError("person_id", "under_age", f"监护人须已满 {OF_AGE} 周岁（民法典第十七条）"))
    if errors:
        raise TagContactDoesNotFit(errors=errors)


def check_days(path: str, earliest: date, day: date, today: date) -> None:
    """Check earliest ≤ day ≤ today. Raises `TagContactDatesWrong` that names the field."""
    if not earliest <= day <= today:
        raise TagContactDatesWrong.at(path)


def due_reason(ward: UUID, party: UUID, status: str) -> DueReason | None:
    """Why a contact of the register has to be looked after; None: it does not. `party`: who goes on after merges."""
    if party == ward:
        return DueReason.SAME_PERSON
    return _BY_STATUS.get(PersonStatus(status))


_BY_STATUS: Mapping[PersonStatus, DueReason] = {
    PersonStatus.DECEASED: DueReason.DECEASED,
    PersonStatus.MOVED_OUT: DueReason.MOVED_OUT,
    PersonStatus.MISSING: DueReason.MISSING,
    PersonStatus.ANNULLED: DueReason.ANNULLED,
}


def told(contacts: Sequence[Any]) -> list[dict[str, str]]:
    """Contacts as a tag announces them: id and role, oldest first."""
    return [{"id": str(one.id), "role": str(one.role)} for one in contacts]


def _written(
    party: ContactParty, relation: ContactRelation, name: str | None, phone: str | None, errors: list[FieldError]
) -> tuple[str | None, str | None]:
    if party is not ContactParty.PERSON and not compared(name or ""):
        errors.append(FieldError("name", "empty", "请填写姓名或单位名称"))
    elif name and relation not in BODIES:
        cleaned_name = clean_name(name)
        errors += [FieldError("name", code, MESSAGES[code]) for code in cleaned_name.problems]
        name = cleaned_name.text
    if phone is not None:
        cleaned = clean_service_phone(phone)
        if cleaned is None:
            errors.append(FieldError("phone", "phone", SERVICE_MESSAGE))
        phone = cleaned
    return name and stored(name), phone
