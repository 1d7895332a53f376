"""Words of the grammar: names, titles, expressions, and the closed lists that a definition chooses from."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from shared.http.schemas import without_number
from shared.reference.named_code import NamedCode

LedgerCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{2,40}$")]
"""Code of a ledger: for ever its name in addresses, events and files."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
"""Name of a field, column, status, verb, rule or measure: a small ASCII identifier."""

ChoiceCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,40}$"), AfterValidator(without_number)]

Title = Annotated[str, StringConstraints(min_length=1, max_length=60)]
"""Chinese name of a thing, for people."""

Sentence = Annotated[str, StringConstraints(min_length=1, max_length=300)]
"""A sentence that a clerk reads."""

Expression = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
"""A CEL expression over `record.<field>` (null if empty), `record.<table>.<column>` (a list), `status` and `today`."""

Names = Annotated[list[Name], Field(min_length=1, max_length=60)]


class Owner(NamedCode):
    """The service that keeps a ledger."""

    REGISTRY = "registry", "居民底册"
    SERVICES_HALL = "services_hall", "一站式代办"
    GRID = "grid", "网格化"
    INDICATORS = "indicators", "指标汇总与考评"


class AreaLevel(NamedCode):
    """Level of the area that a record lies in, finest first."""

    GRID = "grid", "网格"
    VILLAGE = "village", "村（社区）"
    TOWN = "town", "乡镇（街道）"
    COUNTY = "county", "县（市、区）"

    @property
    def digits(self) -> int:
        """Digits of an area code of this level."""
        return {"grid": 15, "village": 12, "town": 9, "county": 6}[self.value]


class Subject(NamedCode):
    """What a record is about: named by an id of registry, or by its code if it is an area."""

    NOTHING = "nothing", "无"
    PERSON = "person", "居民"
    HOUSEHOLD = "household", "住户"
    DWELLING = "dwelling", "房屋"
    ORGANISATION = "organisation", "单位"
    FACILITY = "facility", "设施"
    AREA = "area", "区域"
    RECORD = "record", "台账记录"


class FieldType(NamedCode):
    """Types of a field. The JSON form of each stands in `shared.ledgers.compiler.values`."""

    TEXT = "text", "文本"
    LONG_TEXT = "long_text", "长文本"
    INTEGER = "integer", "整数"
    DECIMAL = "decimal", "小数"
    MONEY = "money", "金额（分）"
    PERCENT = "percent", "百分数"
    BOOLEAN = "boolean", "是否"
    DATE = "date", "日期"
    TIME = "time", "时间"
    CHOICE = "choice", "单选"
    CHOICES = "choices", "多选"
    CODE = "code", "国标代码"
    AREA = "area", "区划"
    GRID = "grid", "网格"
    DEPARTMENT = "department", "部门"
    PERSON = "person", "居民"
    HOUSEHOLD = "household", "住户"
    DWELLING = "dwelling", "房屋"
    ORGANISATION = "organisation", "单位"
    RECORD = "record", "台账记录"
    PHONE = "phone", "电话"
    IDENTITY_NUMBER = "identity_number", "证件号码"
    NAME = "name", "姓名"
    ADDRESS = "address", "地址"
    POINT = "point", "位置"
    PHOTO = "photo", "照片"
    FILE = "file", "附件"
    SIGNATURE = "signature", "签名"


NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.MONEY, FieldType.PERCENT})
"""Types that can be added up."""

TEXTS = frozenset(
    {
        FieldType.TEXT,
        FieldType.LONG_TEXT,
        FieldType.PHONE,
        FieldType.IDENTITY_NUMBER,
        FieldType.NAME,
        FieldType.ADDRESS,
    }
)
"""Types that hold words of a person's own: never on the bus."""

ALWAYS_PERSONAL = frozenset(
    {
        FieldType.PHONE,
        FieldType.IDENTITY_NUMBER,
        FieldType.NAME,
        FieldType.ADDRESS,
        FieldType.PHOTO,
        FieldType.SIGNATURE,
    }
)
"""Types that speak of a person by themselves: their field is `personal` or `restricted`, never less."""

ATTACHED = frozenset({FieldType.PHOTO, FieldType.FILE, FieldType.SIGNATURE})
"""Types whose value is the id of a stored file."""


class Privacy(NamedCode):
    """Who may see a field, from everybody to few. The order is the order of strictness."""

    PUBLIC = "public", "可公开"
    INTERNAL = "internal", "内部"
    PERSONAL = "personal", "个人信息"  # sealed, masked, never on the bus
    RESTRICTED = "restricted", "限制知悉"  # sealed, under a permission of its own

    @property
    def strictness(self) -> int:
        return list(Privacy).index(self)


class MeasureKind(NamedCode):
    """`stock`: how many there are on a day. `flow`: how many came about in a period."""

    STOCK = "stock", "时点数"
    FLOW = "flow", "时期数"
