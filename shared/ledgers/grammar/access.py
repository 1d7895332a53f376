"""Who reads, writes and imports a ledger, and what residents are shown of it."""

from pydantic import Field

from shared.http.schemas import Body
from shared.ledgers.grammar.words import Name, Sentence


class Disclosure(Body):
    """What everybody may read (公开): public fields, after a status."""

    fields: list[Name] = Field(
        min_length=1, max_length=60, description="公开字段 of privacy public", examples=[["matter"]]
    )
    after: list[Name] = Field(
        min_length=1, max_length=30, description="公开状态 in which it is shown", examples=[["published"]]
    )


class Access(Body):
    """Permissions of the one table of permissions (`shared.auth.roles`): a definition makes none of its own."""

    read: str = Field(default="record.read", max_length=60, description="读取权限", examples=["record.read"])
    write: str = Field(default="record.write", max_length=60, description="登记和更正权限", examples=["record.write"])
    personal: str = Field(
        default="record.personal", max_length=60, description="查看完整个人信息的权限", examples=["record.personal"]
    )
    restricted: str = Field(
        default="record.restricted", max_length=60, description="查看限制知悉字段的权限", examples=["record.restricted"]
    )
    bulk: str = Field(default="record.import", max_length=60, description="导入权限", examples=["record.import"])
    export: str = Field(default="record.export", max_length=60, description="导出权限", examples=["record.export"])
    disclosed: Disclosure | None = Field(default=None, description="公开 null: residents are shown nothing")
    travels_openly: Sentence | None = Field(
        default=None,
        description="公开传输理由 why county systems may read the events of a ledger about persons; null: they may not",
        examples=[None],
    )
    captured_in_field: bool = Field(default=False, description="可现场采集 a form on the phone", examples=[True])
