"""Bodies of circumstances (居民情况)."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from services.registry.circumstances.domain.kinds import KINDS
from services.registry.circumstances.domain.rules import CircumstanceRecord, CircumstanceStep, NewCircumstance
from services.registry.life_events.domain import ReversalReason
from shared.contracts.registry.circumstances import CircumstanceStatus
from shared.http.schemas import Body, CodeWord, Day, Instant, View

MOST = 500
"""Entries that are verified together at most."""


def _open_ended(value: Any) -> Any:
    """长期, and the far day that other systems write for it, are no end at all."""
    return None if value in ("长期", "9999-12-31") else value


OpenDay = Annotated[
    Day | None,
    BeforeValidator(_open_ended),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, {"const": "长期"}, {"type": "null"}]}),
]
Detail = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,32}$")]


class RecordCircumstance(Body):
    """A circumstance of a person."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "residence_permit",
                    "began_on": "2026-03-16",
                    "until": "2027-03-16",
                    "details": {"basis": "employment"},
                    "source": "police_station",
                }
            ]
        }
    )

    kind: str = Field(
        pattern="^[a-z_]{1,64}$", description="类别 code of the kind in the catalogue", examples=["residence_permit"]
    )
    began_on: Day = Field(
        description="起始日 first day; up to a quarter ahead if the kind has a term", examples=["2026-03-16"]
    )
    until: OpenDay = Field(
        default=None,
        description="截止日 first day on which it holds no more; null, 长期 or 9999-12-31: open-ended",
        examples=["2027-03-16"],
    )
    details: dict[Detail, CodeWord] = Field(
        default_factory=dict,
        max_length=8,
        description="内容 codes of the kind's lists, by the detail",
        examples=[{"basis": "employment"}],
    )
    source: CodeWord | None = Field(
        default=None, description="来源 department or list that says so", examples=["police_station"]
    )
    verified_on: Day | None = Field(default=None, description="核实日 day on which somebody looked; today if absent")

    def content(self) -> NewCircumstance:
        return NewCircumstance(self.kind, self.began_on, self.until, self.details, self.source, self.verified_on)


class EndCircumstance(Body):
    """The end of a circumstance."""

    ended_on: Day = Field(description="结束日 first day on which it holds no more, not in the future")


class UndoCircumstance(Body):
    """Why something is taken back."""

    reason: ReversalReason = Field(description="原因 why it is taken back", examples=["recorded_twice"])


class VerifyCircumstance(Body):
    """Somebody looked, and it is so."""

    verified_on: Day | None = Field(default=None, description="核实日 day on which somebody looked; today if absent")
    source: CodeWord | None = Field(default=None, description="来源 what it was seen by", examples=["visit"])


class VerifyCircumstances(VerifyCircumstance):
    """The same of many."""

    ids: list[UUID] = Field(min_length=1, max_length=MOST, description="情况标识 ids of up to 500 entries")


class StepView(View):
    """What was done to an entry."""

    step: CircumstanceStep = Field(description="操作 record, end, withdraw, restore, verify or unverify")
    by: str = Field(description="办理人 subject of the token", examples=["clerk-7"])
    at: Instant = Field(description="时间 when it was done")
    reason: ReversalReason | None = Field(description="原因 why it was taken back; null of other steps")
    verified_on: date | None = Field(description="核实日 day on which somebody looked; null of other steps")
    source: str | None = Field(description="来源 what it was seen by; null of other steps")


class CircumstanceView(View):
    """A circumstance of a person."""

    id: UUID = Field(description="情况标识 id of the entry")
    version: int = Field(description="版本 counts the changes of it, from 1")
    person_id: UUID = Field(description="居民 id of the person")
    kind: str = Field(description="类别 code of the kind in the catalogue", examples=["residence_permit"])
    title: str = Field(description="类别名称 the kind in Chinese", examples=["居住证"])
    status: CircumstanceStatus = Field(description="状态 valid, ended or withdrawn", examples=["valid"])
    details: dict[str, str] = Field(description="内容 codes of the kind's lists, by the detail")
    began_on: date = Field(description="起始日 first day")
    until: date | None = Field(description="截止日 first day on which it holds no more; null if open-ended")
    verified_on: date = Field(description="核实日 day of the last verification that stands")
    source: str | None = Field(description="来源 what that was seen by; null if not stated", examples=["visit"])
    steps: list[StepView] = Field(description="办理记录 what was done to it, oldest first")

    @classmethod
    def of(cls, entry: CircumstanceRecord) -> Self:
        names = [name for name in cls.model_fields if name not in ("title", "steps")]
        steps = [_step(one) for one in entry.steps]
        return cls(title=KINDS[entry.kind].title, steps=steps, **{name: getattr(entry, name) for name in names})


def _step(stored: dict[str, Any]) -> StepView:
    return StepView(
        step=CircumstanceStep(stored["step"]),
        by=stored["by"],
        at=datetime.fromisoformat(stored["at"]),
        reason=ReversalReason(stored["reason"]) if stored.get("reason") else None,
        verified_on=date.fromisoformat(stored["verified_on"]) if stored.get("verified_on") else None,
        source=stored.get("source"),
    )


class CircumstancesView(View):
    """Circumstances of a person, the earliest first; or those that were verified."""

    items: list[CircumstanceView] = Field(description="居民情况 the entries")


class CircumstanceCount(View):
    """Length of the list."""

    count: int = Field(description="数量 how many the list has in all")
