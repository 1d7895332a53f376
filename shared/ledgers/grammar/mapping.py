"""How the records of one version of a ledger become records of the next."""

from pydantic import Field

from shared.http.schemas import Body
from shared.ledgers.grammar.words import ChoiceCode, Name


class FieldMapping(Body):
    """A field, table or column that is called otherwise now. Columns are written `parties.name`."""

    old: str = Field(
        pattern=r"^[a-z][a-z0-9_]{0,40}(\.[a-z][a-z0-9_]{0,40})?$",
        description="原字段 name in the version before",
        examples=["amount"],
    )
    new: str = Field(
        pattern=r"^[a-z][a-z0-9_]{0,40}(\.[a-z][a-z0-9_]{0,40})?$",
        description="新字段 name in this version",
        examples=["sum_claimed"],
    )


class ChoiceMapping(Body):
    """A choice of a field, under its new name, that is coded otherwise now."""

    field: Name = Field(description="字段 name in this version", examples=["kind"])
    old: ChoiceCode = Field(description="原代码 code in the version before", examples=["neighbours"])
    new: ChoiceCode = Field(description="新代码 code in this version", examples=["neighbourhood"])


class StatusMapping(Body):
    """A status that is coded otherwise now."""

    old: Name = Field(description="原状态 code in the version before", examples=["mediating"])
    new: Name = Field(description="新状态 code in this version", examples=["in_mediation"])


class Mapping(Body):
    """What becomes of the records of the version before. What is not named keeps its name, or is dropped."""

    fields: list[FieldMapping] = Field(default_factory=list, max_length=120, description="字段改名")
    choices: list[ChoiceMapping] = Field(default_factory=list, max_length=500, description="选项改码")
    statuses: list[StatusMapping] = Field(default_factory=list, max_length=30, description="状态改码")
