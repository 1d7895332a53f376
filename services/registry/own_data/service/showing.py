"""What is shown to a person of the own data (本人信息), and the copy for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.registry.own_data.domain import LEFT_OUT, CopyRecord, OwnEntry, OwnGroup
from services.registry.persons.domain import AS_WRITTEN
from services.registry.persons.service.disclosures import Disclosed
from shared.clock import SHANGHAI
from shared.reference.documents import DocumentType
from shared.reference.sexes import SEXES


@dataclass(frozen=True, slots=True, repr=False)
class OwnData:
    """What is kept about a person, at one moment. `places`: names of its areas by code. The repr shows nothing."""

    id: UUID
    version: int
    at: datetime
    person: Disclosed
    entries: Sequence[OwnEntry]
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True, repr=False)
class MadeCopy:
    """A copy with what is in it. The repr shows nothing."""

    record: CopyRecord
    data: OwnData


def readable(data: OwnData) -> str:
    """The copy for people: a line for each field and entry, in Chinese, areas by their names."""
    one = data.person.record
    written = [(column.title, column.choices, data.person.field(column.code)) for column in AS_WRITTEN]

    def place(code: str | None) -> str:
        return "无" if code is None else data.places.get(code, code)

    kind = None if one.document_type is None else DocumentType(one.document_type).label
    lines = [
        "个人信息副本",
        f"生成时间：{data.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        f"姓名：{data.person.name}",
        f"性别：{SEXES[one.sex]}",
        f"出生日期：{one.birth_date}",
        f"证件：{kind or '无'} {data.person.number or ''}".rstrip(),
        *(f"{title}：{(choices or {}).get(value, value) if value else '未登记'}" for title, choices, value in written),
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
