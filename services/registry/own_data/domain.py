"""Rules of own data (本人信息): what the person is shown, and the copy that is taken away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from shared.reference.named_code import NamedCode

LEFT_OUT = "依法须保密的信息，以及其他人的信息，不在其列；办件、走访等由办理机关另行提供。"
"""What every answer says, whether something was left out or not (个人信息保护法 18, 45)."""


class OwnGroup(NamedCode):
    """What an entry about a person is."""

    HOUSEHOLD = "household", "户内关系"
    OCCUPANCY = "occupancy", "住房关系"
    MARRIAGE = "marriage", "婚姻"
    CIRCUMSTANCE = "circumstance", "居民情况"
    TAG = "tag", "人员标签"
    BENEFIT = "benefit", "待遇"
    TERM = "term", "任职"
    CONSENT = "consent", "个人信息处理同意"
    LIFE_EVENT = "life_event", "人口事项"


@dataclass(frozen=True, slots=True, repr=False)
class OwnEntry:
    """One dated entry about the person; `area`: where it lies, if anywhere. The repr shows nothing."""

    group: OwnGroup
    code: str
    title: str
    began_on: date
    ended_on: date | None = None
    area: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CopyRecord:
    """A copy that was given to a person. `place`: the counter, None if the person took it; `proof_id`: by which."""

    id: UUID
    person_id: UUID
    made_at: datetime
    made_by: str
    role: str | None
    place: str | None
    proof_id: UUID | None
