"""Bodies of benefits (待遇)."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import Field

from services.registry.benefits.domain import BenefitStatus, KeepingReason
from services.registry.benefits.service.benefits import ShownBenefit
from services.registry.persons.service.disclosures import Disclosed
from shared.contracts.county.lists import ListKind
from shared.http.schemas import Body, Day, Instant, View


class EndBenefit(Body):
    """From which day on it is no more."""

    ended_on: Day = Field(description="停止日 day on which it ended", examples=["2026-03-10"])


class KeepBenefit(Body):
    """Why it is kept although the list has it no more."""

    reason: KeepingReason = Field(description="保留原因 why it is kept", examples=["still_entitled"])


class BenefitPersonView(View):
    """Who receives it, masked."""

    id: UUID = Field(description="居民标识 id of the person in the register")
    name: str = Field(description="姓名 masked", examples=["李*英"])
    residence_area: str | None = Field(description="居住地 last residence; null if there was none")

    @classmethod
    def of(cls, person: Disclosed) -> Self:
        return cls(id=person.record.id, name=person.name, residence_area=person.record.residence_area)


class BenefitCount(View):
    """Number of benefits."""

    count: int = Field(description="数量 benefits that there are")


class BenefitView(View):
    """What the lists of a department say that somebody receives."""

    id: UUID = Field(description="待遇标识 id of the benefit")
    version: int = Field(description="版本 grows with every change")
    person: BenefitPersonView = Field(description="居民 who receives it, masked")
    kind: ListKind = Field(description="名单类别 what is received")
    source: str = Field(description="来源 the department's system", examples=["urn:county:450481:civil-affairs"])
    list_id: str = Field(description="名单编号 of the list that had it last", examples=["DB-2026-11"])
    as_of: date = Field(description="数据日期 day of that list", examples=["2026-11-20"])
    since: date = Field(description="起始日 first day", examples=["2026-01-01"])
    level: str | None = Field(description="等级 grade; null if there is none", examples=["2"])
    monthly_fen: int | None = Field(description="月标准（分） in fen; null if nothing or unknown", examples=[64000])
    status: BenefitStatus = Field(description="状态 held, missing, kept or ended")
    missing_on: date | None = Field(description="名单已无 day of the list that has it no more; else null")
    tag_id: UUID = Field(description="标签标识 the tag that follows from it")
    ended_on: date | None = Field(description="停止日 of an ended one; else null")
    reason: KeepingReason | None = Field(description="保留原因 of a kept one; else null")
    decided_by: str | None = Field(description="办理人 subject of the token that decided; null if nobody has")
    decided_at: Instant | None = Field(description="办理时间 when that was; null if nobody has")

    @classmethod
    def of(cls, one: ShownBenefit) -> Self:
        found = one.benefit
        assert one.person is not None, "a benefit that is shown has its person"
        return cls(
            id=found.id,
            version=found.version,
            person=BenefitPersonView.of(one.person),
            kind=ListKind(found.kind),
            source=found.source,
            list_id=found.list_id,
            as_of=found.as_of,
            since=found.since,
            level=found.level,
            monthly_fen=found.monthly_fen,
            status=BenefitStatus(found.status),
            missing_on=found.missing_on,
            tag_id=found.tag_id,
            ended_on=found.ended_on,
            reason=None if found.reason is None else KeepingReason(found.reason),
            decided_by=found.decided_by,
            decided_at=found.decided_at,
        )
