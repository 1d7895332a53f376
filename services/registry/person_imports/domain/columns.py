"""Columns of a list of residents, and where an error of a use case stands in it."""

import re
from collections.abc import Mapping
from dataclasses import replace

from services.registry.households.domain import HouseholdKind
from services.registry.life_events.domain import ResidenceKind
from services.registry.persons.domain import AS_WRITTEN, MAX_NUMBER, MAX_TEXT, NoDocument
from shared.reference.documents import DocumentType
from shared.reference.relations import HEAD, RELATIONS
from shared.spreadsheets.columns import Column, ColumnType, Merged

ENTRIES: Mapping[str, str] = {"enrolled": "登记在册", "move_in": "迁入"}
"""Ways into the register by a list; a birth is registered by itself, with its parents."""

_SEXES = {"1": "男", "2": "女", "0": "未知", "9": "未说明"}
_ALSO_SEXES = {"男性": "1", "女性": "2"}
_RELATIONS = {code: title for code, title in RELATIONS.items() if title != "本人"}
_ALSO_RELATIONS = {
    "本人": HEAD, "户主本人": HEAD, "丈夫": "11", "妻子": "12", "儿子": "20", "女儿": "30", "父": "51", "母": "52",
    "爸爸": "51", "妈妈": "52", "哥哥": "71", "弟弟": "73", "姐": "75", "妹": "77", "养子": "27", "养女": "37",
}  # fmt: skip
_NO_NUMBER = "未带表格软件改动的完整号码；请将此列设为文本格式"

_UNBOUNDED: tuple[Column, ...] = (
    Column(
        "household",
        "户号",
        synonyms=("户编号", "家庭编号", "户籍号", "户口簿号", "门牌号", "户序号"),
        help="同一户的人员排在一起，填同一户号",
        example="12",
        merged=Merged.REPEATED,
    ),
    Column(
        "head_name", "户主姓名", synonyms=("户主", "户主名字"), help="没有户号的，可填户主姓名", merged=Merged.REPEATED
    ),
    Column(
        "head_number",
        "户主身份证号",
        ColumnType.DIGITS,
        synonyms=("户主证件号码", "户主公民身份号码", "户主身份证号码"),
        help="户主已在册、名册中没有户主的，填此项",
        merged=Merged.REPEATED,
    ),
    Column(
        "relation",
        "与户主关系",
        ColumnType.CHOICE,
        synonyms=("与户主的关系", "关系", "家庭关系", "户主关系"),
        choices=_RELATIONS,
        also=_ALSO_RELATIONS,
        help="每户有且仅有一名户主",
    ),
    Column(
        "name",
        "姓名",
        required=True,
        synonyms=("居民姓名", "人员姓名", "成员姓名", "家庭成员姓名", "名字"),
        example="李秀英",
    ),
    Column(
        "document_type",
        "证件类型",
        ColumnType.CHOICE,
        synonyms=("证件种类", "证件类别"),
        choices=DocumentType.names(),
        help="不填为居民身份证",
    ),
    Column(
        "number",
        "身份证号",
        ColumnType.DIGITS,
        help=_NO_NUMBER,
        example="45048119900307019X",
        synonyms=(
            "公民身份号码",
            "身份证号码",
            "居民身份证号",
            "居民身份证号码",
            "身份号码",
            "证件号码",
            "证件号",
            "公民身份证号码",
        ),
    ),
    Column("sex", "性别", ColumnType.CHOICE, choices=_SEXES, also=_ALSO_SEXES, help="有身份证号的可不填"),
    Column(
        "birth_date",
        "出生日期",
        ColumnType.DAY,
        synonyms=("出生年月日", "生日", "出生时间"),
        help="有身份证号的可不填",
        example="1990-03-07",
    ),
    *AS_WRITTEN,
    Column(
        "residence",
        "居住地代码",
        ColumnType.DIGITS,
        example="450481100201",
        synonyms=("居住地", "居住地区划代码", "现居住地代码", "现居住地", "村代码", "网格编码", "网格代码"),
        help="村（社区）12位或网格15位；与户籍地都不填的，为导入时所选的村",
    ),
    Column(
        "residence_kind",
        "居住类别",
        ColumnType.CHOICE,
        choices=ResidenceKind.names(),
        synonyms=("人口类别",),
        help="无法由两地判断时填写",
    ),
    Column(
        "registration",
        "户籍地代码",
        ColumnType.DIGITS,
        example="450481100201",
        synonyms=("户籍地", "户籍地区划代码", "户籍所在地代码", "户籍所在地"),
        help="本县的村（社区）12位；外地的填到乡镇为止",
    ),
    Column("entry", "登记方式", ColumnType.CHOICE, choices=ENTRIES, help="不填为登记在册"),
    Column(
        "occurred_on",
        "迁入日期",
        ColumnType.DAY,
        help="不填为导入当日",
        synonyms=("发生日期", "迁入时间", "入住日期", "登记日期", "何时迁来", "来本地日期"),
    ),
    Column(
        "no_document",
        "无证件原因",
        ColumnType.CHOICE,
        choices=NoDocument.names(),
        synonyms=("无证原因",),
        help="没有证件的必填",
    ),
    Column("due_on", "补办期限", ColumnType.DAY, synonyms=("补办日期",), help="没有证件的必填，一年之内"),
    Column(
        "household_kind",
        "户别",
        ColumnType.CHOICE,
        choices=HouseholdKind.names(),
        synonyms=("户类型",),
        help="不填的，有本县户籍的为户籍户，否则为居住户",
    ),
)

COLUMNS = tuple(
    replace(one, max_length=MAX_NUMBER if one.type is ColumnType.DIGITS else MAX_TEXT) for one in _UNBOUNDED
)
"""No cell is longer than what may be sent of a person otherwise: comparing names takes time by the square of theirs."""

_PLACES: Mapping[str, str] = {
    "document": "number", "document.number": "number", "document.type": "document_type",
    "residence.area": "residence", "residence.kind": "residence_kind", "registration.area": "registration",
    "undocumented": "no_document", "undocumented.due_on": "due_on", "undocumented.reason": "no_document",
    "confirmation": "name", "since": "occurred_on", "reported_on": "occurred_on", "established_on": "occurred_on",
    "person": "relation", "person_id": "relation", "members": "relation",
}  # fmt: skip
_MEMBER = re.compile(r"^members\.[0-9]+\.")


def column_of(path: str) -> str:
    """The code of the column at which an error about a person, or about a member of a household, stands."""
    path = _MEMBER.sub("", path).removeprefix("person.")
    code = _PLACES.get(path, path)
    return code if any(code == one.code for one in COLUMNS) else ""
