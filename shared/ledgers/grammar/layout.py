"""How a ledger looks in a spreadsheet, a list and a form."""

from typing import Annotated

from pydantic import Field

from shared.http.schemas import Body
from shared.ledgers.grammar.words import Name, Title


class Column(Body):
    """A column of the spreadsheet: its title, and what else people call it."""

    field: Name = Field(description="字段", examples=["kind"])
    title: Title | None = Field(default=None, description="表头 null: the field's own title", examples=["纠纷类别"])
    synonyms: list[Title] = Field(default_factory=list, max_length=20, description="同义表头", examples=[["类型"]])


class EnteredColumn(Body):
    """A column of the spreadsheet with the day on which a status was entered, for registers that ran on paper."""

    status: Name = Field(description="状态", examples=["closed"])
    title: Title = Field(description="表头", examples=["办结日期"])
    synonyms: list[Title] = Field(default_factory=list, max_length=20, description="同义表头", examples=[["结案日期"]])


class Group(Body):
    """A page of the form."""

    title: Title = Field(description="名称 Chinese name", examples=["基本情况"])
    fields: Annotated[list[Name], Field(min_length=1, max_length=60)] = Field(description="字段", examples=[["kind"]])


class Layout(Body):
    """Columns in order, what a list shows, pages of the form. What is not named follows in the order of the fields."""

    columns: list[Column] = Field(default_factory=list, max_length=120, description="表格列")
    entered: list[EnteredColumn] = Field(default_factory=list, max_length=30, description="状态日期列")
    list_columns: list[Name] = Field(default_factory=list, max_length=20, description="列表列", examples=[["kind"]])
    groups: list[Group] = Field(default_factory=list, max_length=30, description="表单分组")
