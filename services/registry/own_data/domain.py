"""Rules of own data (本人信息): what the person is shown, and the copy that is taken away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from shared.clock import SHANGHAI
from shared.reference.documents import DocumentType
from shared.reference.ethnic_groups import ETHNIC_GROUPS
from shared.reference.named_code import NamedCode
from shared.reference.sexes import SEXES

LEFT_OUT = "依法须保密的信息，以及其他人的信息，不在其列；办件、走访等由办理机关另行提供。"
"""What every answer says, whether something was left out or not (个人信息保护法 18, 45)."""


class OwnGroup(NamedCode):
    """What an entry about a person is."""

    HOUSEHOLD = "household", "户内关系"
    OCCUPANCY = "occupancy", "住房关系"
    MARRIAGE = "marriage", "婚姻"
    CIRCUMSTANCE = "circumstance", "居民情况"
    TAG = "tag", "人员标签"
    BENEFIT = "benefit", "待遇"
    LIFE_EVENT = "life_event", "人口事项"


@dataclass(frozen=True, slots=True, repr=False)
class OwnPerson:
    """The person in full, by the names of a person's fields. The repr shows nothing."""

    name: str
    sex: str
    birth_date: date
    status: str
    document_type: str | None
    document_number: str | None
    ethnic_group: str | None
    phone: str | None
    address: str | None
    residence_area: str | None
    registration_area: str | None


@dataclass(frozen=True, slots=True, repr=False)
class OwnEntry:
    """One dated entry about the person; `area`: where it lies, if anywhere. The repr shows nothing."""

    group: OwnGroup
    code: str
    title: str
    began_on: date
    ended_on: date | None = None
    area: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class OwnData:
    """What is kept about a person, at one moment. `places`: names of its areas by code. The repr shows nothing."""

    id: UUID
    version: int
    at: datetime
    person: OwnPerson
    entries: Sequence[OwnEntry]
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CopyRecord:
    """A copy that was given to a person. `place`: the counter, None if the person took it; `proof_id`: by which."""

    id: UUID
    person_id: UUID
    made_at: datetime
    made_by: str
    role: str | None
    place: str | None
    proof_id: UUID | None


@dataclass(frozen=True, slots=True, repr=False)
class MadeCopy:
    """A copy with what is in it. The repr shows nothing."""

    record: CopyRecord
    data: OwnData


def readable(data: OwnData) -> str:
    """The copy for people: a line for each field and entry, in Chinese, areas by their names."""
    one = data.person

    def place(code: str | None) -> str:
        return "无" if code is None else data.places.get(code, code)

    kind = None if one.document_type is None else DocumentType(one.document_type).label
    lines = [
        "个人信息副本",
        f"生成时间：{data.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        f"姓名：{one.name}",
        f"性别：{SEXES[one.sex]}",
        f"出生日期：{one.birth_date}",
        f"证件：{kind or '无'} {one.document_number or ''}".rstrip(),
        f"民族：{ETHNIC_GROUPS[one.ethnic_group] if one.ethnic_group else '未登记'}",
        f"电话：{one.phone or '未登记'}",
        f"住址：{one.address or '未登记'}",
        f"居住地：{place(one.residence_area)}",
        f"户籍地：{place(one.registration_area)}",
    ]
    for group in OwnGroup:
        entries = [entry for entry in data.entries if entry.group is group]
        lines += ["", f"【{group.label}】"] if entries else []
        lines += [_line(entry, data.places) for entry in entries]
    return "\n".join([*lines, "", LEFT_OUT, ""])


def _line(entry: OwnEntry, places: Mapping[str, str]) -> str:
    until = "" if entry.group is OwnGroup.LIFE_EVENT else f" 至 {entry.ended_on or '今'}"
    where = "" if entry.area is None else f"，{places.get(entry.area, entry.area)}"
    more = "".join(f"，{name}：{value}" for name, value in entry.details.items())
    return f"{entry.title}：{entry.began_on}{until}{where}{more}"
