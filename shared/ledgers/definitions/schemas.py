"""Bodies of ledgers (台账): what is drafted, what is shown of drafts, versions and changes."""

from datetime import date
from typing import Any, Self

from pydantic import Field

from shared.http.schemas import Body, Day, Instant, View
from shared.ledgers.definitions.changes import Change, ChangeKind
from shared.ledgers.definitions.domain import LedgerStatus
from shared.ledgers.definitions.example import EXAMPLE
from shared.ledgers.definitions.models import LedgerDraft, LedgerVersion
from shared.ledgers.definitions.service.checking import Drafted
from shared.ledgers.definitions.service.publishing import ShownLedger
from shared.ledgers.definitions.trying import Broken, Tried
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.mapping import Mapping


class DraftLedger(Body):
    """A definition of a ledger that is to become its next version."""

    definition: Definition = Field(description="台账定义 the whole definition", examples=[EXAMPLE])
    opens_on: Day | None = Field(
        default=None,
        description="启用日 first day of the version; null: the day on which it is published",
        examples=[None],
    )
    mapping: Mapping | None = Field(
        default=None,
        description="新旧对应 what becomes of the records of the version before; null: the version only adds",
    )

    def content(self) -> Drafted:
        return Drafted(definition=self.definition, opens_on=self.opens_on, mapping=self.mapping)


class LedgerDraftView(View):
    """A draft of a ledger."""

    code: str = Field(description="台账代码 code of the ledger", examples=["disputes"])
    version: int = Field(description="草稿版本 counts the changes of the draft, from 1", examples=[1])
    definition: dict[str, Any] = Field(description="台账定义 as `getLedgerSchema` describes it")
    mapping: dict[str, Any] | None = Field(description="新旧对应 what becomes of records; null: the version only adds")
    opens_on: date | None = Field(description="启用日 first day; null: the day of publishing", examples=["2026-12-01"])
    drafted_by: str = Field(description="起草人 who changed it last, as the login service knows them", examples=["u-7"])
    drafted_at: Instant = Field(description="起草时间 when", examples=["2026-11-22T09:00:00+08:00"])

    @classmethod
    def of(cls, row: LedgerDraft) -> Self:
        return cls.model_validate(row)


class VersionLine(View):
    """A published version, without its definition."""

    number: int = Field(description="版本号 number of the version, from 1", examples=[1])
    opens_on: date = Field(description="启用日 first day of the version", examples=["2026-12-01"])
    additive: bool = Field(description="仅增补 it only adds to the version before", examples=[True])
    published_at: Instant = Field(description="发布时间 when it was published", examples=["2026-11-22T10:00:00+08:00"])


class LedgerView(View):
    """A published ledger, without its versions."""

    code: str = Field(description="台账代码 code of the ledger", examples=["disputes"])
    title: str = Field(description="名称 of the newest version", examples=["矛盾纠纷调解台账"])
    status: LedgerStatus = Field(description="状态 published or retired", examples=["published"])
    version: int = Field(description="变更版本 counts what was announced of the ledger, from 1", examples=[1])
    published_version: int = Field(description="已发布版本 number of the newest version", examples=[1])
    retired_on: date | None = Field(description="停用日 null while it is in use", examples=[None])

    @classmethod
    def of(cls, shown: ShownLedger) -> Self:
        title = shown.versions[-1].definition["title"]
        return cls.model_validate({**_columns(shown), "title": title})


class LedgerDetail(LedgerView):
    """A published ledger with its versions, the first one first."""

    versions: list[VersionLine] = Field(description="版本 published versions")

    @classmethod
    def of(cls, shown: ShownLedger) -> Self:
        title = shown.versions[-1].definition["title"]
        lines = [VersionLine.model_validate(one) for one in shown.versions]
        return cls.model_validate({**_columns(shown), "title": title, "versions": lines})


class LedgerVersionView(VersionLine):
    """A published version with its definition."""

    code: str = Field(description="台账代码 code of the ledger", examples=["disputes"])
    definition: dict[str, Any] = Field(description="台账定义 as `getLedgerSchema` describes it")
    mapping: dict[str, Any] | None = Field(description="新旧对应 what became of records; null: it only adds")

    @classmethod
    def of(cls, row: LedgerVersion) -> Self:
        return cls.model_validate(row)


class ChangeView(View):
    """A part of a definition that differs."""

    path: str = Field(description="位置 name of the part", examples=["fields.kind.choices.wages"])
    kind: ChangeKind = Field(description="变化 added, removed or changed", examples=["added"])
    old: Any = Field(description="原内容 null if it was not there", examples=[None])
    new: Any = Field(description="新内容 null if it is not there any more", examples=[{"code": "wages"}])
    additive: bool = Field(description="仅增补 records stay as they are", examples=[True])

    @classmethod
    def of(cls, change: Change) -> Self:
        return cls.model_validate(change)


class ChangesView(View):
    """What differs between two versions."""

    additive: bool = Field(description="仅增补 nothing but additions: records move by themselves", examples=[True])
    items: list[ChangeView] = Field(description="变化 every part that differs")

    @classmethod
    def of(cls, found: list[Change]) -> Self:
        return cls(additive=all(one.additive for one in found), items=[ChangeView.of(one) for one in found])


class BrokenPlace(View):
    """Where a record does not fit."""

    path: str = Field(description="位置 field of the record under the new version", examples=["values.kind"])
    code: str = Field(description="错误代码 stable code", examples=["missing"])
    message: str = Field(description="提示 what is wrong, without the value", examples=["必填"])


class BrokenRecord(View):
    """A record that does not fit the new version."""

    id: str = Field(description="记录标识 id", examples=["0197d0c0-6a01-7c11-9d01-3a4b5c6d7e8f"])
    places: list[BrokenPlace] = Field(description="位置 where")

    @classmethod
    def of(cls, broken: Broken) -> Self:
        places = [BrokenPlace(path=one.path, code=one.code, message=one.message) for one in broken.errors]
        return cls(id=str(broken.id), places=places)


class DryRunView(View):
    """What would become of the live records. Nothing was changed."""

    examined: int = Field(description="试算数 live records that were looked at on this page", examples=[120])
    broken: list[BrokenRecord] = Field(description="不符记录 those that do not fit, by id and place")
    next_cursor: str | None = Field(
        description="翻页标记 for the next live records; null on the last page", examples=["AbC"]
    )

    @classmethod
    def of(cls, tried: Tried, next_cursor: str | None) -> Self:
        return cls(
            examined=tried.examined, broken=[BrokenRecord.of(one) for one in tried.broken], next_cursor=next_cursor
        )


def _columns(shown: ShownLedger) -> dict[str, Any]:
    names = ("code", "status", "version", "published_version", "retired_on")
    return {name: getattr(shown.row, name) for name in names}
