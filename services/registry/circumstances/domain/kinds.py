"""Catalogue of circumstances (居民情况): kinds as data, with their group, details, conditions and who may know them."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.registry.tags.domain import Condition
from shared.reference.codes import CodeList
from shared.reference.education import EDUCATION_LEVELS
from shared.reference.named_code import NamedCode


class CircumstanceGroup(NamedCode):
    """Field group of a circumstance: what is verified together, and how long that is good for."""

    RESIDENCE = "residence", "居住证"
    INSURANCE = "insurance", "社会保险"
    EDUCATION = "education", "教育"
    EMPLOYMENT = "employment", "就业"
    POLITICAL = "political", "政治面貌和党员"
    FAMILY_PLANNING = "family_planning", "计划生育"


@dataclass(frozen=True, slots=True)
class DetailField:
    """A detail of a kind: a code of a list, so that nothing is written in words."""

    code: str
    title: str
    choices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of circumstance.

    `term`: its end may be known beforehand, as that of a permit. `several`: more than one may hold on a day.
    `sensitive`: known to who has `circumstance.restricted`, and announced nowhere.
    """

    code: str
    title: str
    group: CircumstanceGroup
    details: tuple[DetailField, ...] = ()
    condition: Condition | None = None
    term: bool = False
    several: bool = False
    sensitive: bool = False


PERMIT_BASES = {"employment": "合法稳定就业", "dwelling": "合法稳定住所", "study": "连续就读"}
PENSION_SCHEMES = {
    "employees": "职工基本养老保险",
    "residents": "城乡居民基本养老保险",
    "institutions": "机关事业单位养老保险",
}
PENSION_STATES = {"paying": "参保缴费", "suspended": "中断缴费", "receiving": "领取待遇"}
MEDICAL_SCHEMES = {"employees": "职工基本医疗保险", "residents": "城乡居民基本医疗保险"}
ENROLMENTS = {
    "kindergarten": "幼儿园", "primary": "小学", "junior": "初中", "senior": "普通高中", "vocational": "中等职业学校",
    "college": "高等学校", "special": "特殊教育学校",
}  # fmt: skip
EMPLOYMENT_STATES = {
    "employed": "单位就业", "self_employed": "个体经营", "flexible": "灵活就业", "farming": "务农",
    "unemployed": "失业", "retired": "离退休", "not_working": "未就业",
}  # fmt: skip
POLITICAL_STATUSES = CodeList.parse(
    "GB/T 4762—1984",
    "01 中国共产党党员 02 中国共产党预备党员 03 中国共产主义青年团团员 04 中国国民党革命委员会会员 05 中国民主同盟盟员 "
    "06 中国民主建国会会员 07 中国民主促进会会员 08 中国农工民主党党员 09 中国致公党党员 10 九三学社社员 "
    "11 台湾民主自治同盟盟员 12 无党派民主人士 13 群众",
)
FAMILY_PLANNING_STATES = {
    "only_child": "持独生子女父母光荣证",
    "reward_support": "农村部分计划生育家庭奖励扶助对象",
    "special_support": "计划生育家庭特别扶助对象",
}
PARTY_RELATIONS = {"here": "组织关系在本地", "elsewhere": "组织关系在外地"}
PARTY_DIRECTIONS = {"out": "流出", "in": "流入"}

_WORKING = Condition("劳动法第十五条", low=16)
_ADULT = Condition("民法典第十七条", low=18)
_PARTY = Condition("中国共产党章程第一条", low=18)
_RESIDENCE, _INSURANCE = CircumstanceGroup.RESIDENCE, CircumstanceGroup.INSURANCE
_POLITICAL = CircumstanceGroup.POLITICAL

_ALL = (
    Kind(
        "residence_permit",
        "居住证",
        _RESIDENCE,
        (DetailField("basis", "申领依据", PERMIT_BASES),),
        Condition("居住证暂行条例第二条", lives_here=True),
        term=True,
    ),
    Kind(
        "pension_insurance",
        "基本养老保险",
        _INSURANCE,
        (DetailField("scheme", "险种", PENSION_SCHEMES), DetailField("state", "参保状态", PENSION_STATES)),
        Condition("国发〔2014〕8号", low=16),
    ),
    Kind("medical_insurance", "基本医疗保险", _INSURANCE, (DetailField("scheme", "险种", MEDICAL_SCHEMES),)),
    Kind("unemployment_insurance", "失业保险", _INSURANCE, condition=_WORKING),
    Kind("injury_insurance", "工伤保险", _INSURANCE, condition=_WORKING),
    Kind("maternity_insurance", "生育保险", _INSURANCE, condition=_WORKING),
    Kind(
        "education",
        "文化程度",
        CircumstanceGroup.EDUCATION,
        (DetailField("level", "文化程度", EDUCATION_LEVELS),),
    ),
    Kind(
        "enrolment",
        "在学",
        CircumstanceGroup.EDUCATION,
        (DetailField("stage", "学段", ENROLMENTS),),
        term=True,
    ),
    Kind(
        "employment",
        "就业状况",
        CircumstanceGroup.EMPLOYMENT,
        (DetailField("state", "就业状况", EMPLOYMENT_STATES),),
        _WORKING,
        term=True,
        several=True,
    ),
    Kind(
        "family_planning",
        "计划生育情况",
        CircumstanceGroup.FAMILY_PLANNING,
        (DetailField("state", "计划生育情况", FAMILY_PLANNING_STATES),),
        _ADULT,
        several=True,
        sensitive=True,
    ),
    Kind(
        "political_status",
        "政治面貌",
        _POLITICAL,
        (DetailField("status", "政治面貌", POLITICAL_STATUSES),),
        sensitive=True,
    ),
    Kind(
        "party_membership",
        "党员组织关系",
        _POLITICAL,
        (DetailField("relation", "组织关系", PARTY_RELATIONS),),
        _PARTY,
        sensitive=True,
    ),
    Kind(
        "mobile_party_member",
        "流动党员",
        _POLITICAL,
        (DetailField("direction", "流动方向", PARTY_DIRECTIONS),),
        _PARTY,
        term=True,
        sensitive=True,
    ),
)
KINDS: Mapping[str, Kind] = {kind.code: kind for kind in _ALL}
"""By code. Another kind is a line here, and no migration."""

PLAIN = tuple(kind.code for kind in _ALL if not kind.sensitive)
SENSITIVE = tuple(kind.code for kind in _ALL if kind.sensitive)


def of_group(group: CircumstanceGroup) -> tuple[str, ...]:
    """The codes of a group's kinds."""
    return tuple(kind.code for kind in _ALL if kind.group is group)
