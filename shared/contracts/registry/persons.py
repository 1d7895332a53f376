"""居民: persons, without anything that names them."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import Code, Fact, Month, Span, State
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class PersonStatus(NamedCode):
    """Where a person stands: in a book of the county, moved out of both, or dead.

    `missing`: in a book and nobody knows where; spans and ledger go on. `annulled`: the entry itself was taken back.
    `merged`: the same person stands in the register under another id, `merged_into`.
    """

    ACTIVE = "active", "在册"
    MOVED_OUT = "moved_out", "已迁出"
    DECEASED = "deceased", "已死亡"
    MISSING = "missing", "失踪"
    MERGED = "merged", "已合并"
    ANNULLED = "annulled", "登记已撤销"


class PersonState(State):
    """A person without direct identifiers. Spans are oldest first; at most the last of each is open.

    `residence` reaches down to the grid if it is known; its `kind` is the residence kind (registered, floating,
    left_behind, overseas). `registration` is the 户籍地, down to the village; its `kind` is `household`.
    """

    noun: ClassVar = "registry.person"
    channel: ClassVar = Topic(
        noun,
        "registry.persons",
        readers=("services_hall", "grid", "indicators"),
        tells=(
            "每位居民（按标识）的性别、出生年月、民族、各时期的居住网格和户籍地、是否在世",
            "every person's (by id) sex, month of birth, ethnic group, grids and registered places over time, death",
        ),
    )
    id: UUID = Field(
        description="居民标识 id of the person in the register", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"]
    )
    status: PersonStatus = Field(
        description="状态 active, moved_out, deceased, missing, merged, annulled", examples=["active"]
    )
    sex: Code = Field(description="性别 GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated", examples=["1"])
    birth_month: Month = Field(
        description="出生年月 year and month of birth; the day stays in the register", examples=["1952-03"]
    )
    ethnic_group: Code | None = Field(default=None, description="民族 GB/T 3304, numeric", examples=["01"])
    residence: tuple[Span, ...] = Field(
        default=(),
        description="居住地 spans of residence, oldest first",
        examples=[[{"area": "450481114201001", "kind": "registered", "start": "2026-11-01", "end": None}]],
    )
    registration: tuple[Span, ...] = Field(
        default=(),
        description="户籍地 spans of the registered place, oldest first",
        examples=[[{"area": "450481114201", "kind": "household", "start": "2026-11-01", "end": None}]],
    )
    died_on: date | None = Field(default=None, description="死亡日期 day of death; null while alive")
    merged_into: UUID | None = Field(
        default=None, description="合并至 id of the person who goes on for this one; null unless merged"
    )


class PersonRegistered(Fact[PersonState]):
    """Entered the register: by birth, by moving in, or enrolled as already living here."""

    type: ClassVar = "registry.person.registered"


class PersonCorrected(Fact[PersonState]):
    """A field was corrected; no life event happened."""

    type: ClassVar = "registry.person.corrected"
    example: ClassVar = {"state": {"version": 2}}


class PersonMovedIn(Fact[PersonState]):
    """A registered person moved in: from elsewhere, or from another village or grid of the county."""

    type: ClassVar = "registry.person.moved_in"
    example: ClassVar = {"state": {"version": 4}}


class PersonMovedOut(Fact[PersonState]):
    """A person left the county, in one book or both."""

    type: ClassVar = "registry.person.moved_out"
    example: ClassVar = {
        "state": {
            "version": 3,
            "status": "moved_out",
            "residence": [
                {"area": "450481114201001", "kind": "registered", "start": "2026-11-01", "end": "2026-12-01"}
            ],
            "registration": [{"area": "450481114201", "kind": "household", "start": "2026-11-01", "end": "2026-12-01"}],
        }
    }


class PersonDied(Fact[PersonState]):
    """A person died; all spans have ended."""

    type: ClassVar = "registry.person.died"
    example: ClassVar = {
        "state": {
            "version": 3,
            "status": "deceased",
            "died_on": "2026-11-30",
            "residence": [
                {"area": "450481114201001", "kind": "registered", "start": "2026-11-01", "end": "2026-11-30"}
            ],
            "registration": [{"area": "450481114201", "kind": "household", "start": "2026-11-01", "end": "2026-11-30"}],
        }
    }


class PersonWentMissing(Fact[PersonState]):
    """Nobody knows where the person is (失踪); spans and ledger stay as they are."""

    type: ClassVar = "registry.person.went_missing"
    example: ClassVar = {"state": {"version": 2, "status": "missing"}}


class PersonFound(Fact[PersonState]):
    """Somebody who was missing was found (寻回)."""

    type: ClassVar = "registry.person.found"
    example: ClassVar = {"state": {"version": 3}}


class PersonMerged(Fact[PersonState]):
    """The person is the same as another one, `merged_into`, who goes on; all spans have ended."""

    type: ClassVar = "registry.person.merged"
    example: ClassVar = {
        "state": {
            "version": 2,
            "status": "merged",
            "merged_into": "0197d0c0-5f1f-7a10-8c42-7b9a2c6d0e15",
            "residence": [
                {"area": "450481114201001", "kind": "registered", "start": "2026-11-01", "end": "2026-12-01"}
            ],
            "registration": [{"area": "450481114201", "kind": "household", "start": "2026-11-01", "end": "2026-12-01"}],
        }
    }


class PersonBoundaryChanged(Fact[PersonState]):
    """The village of a person was merged, split or got another code (区划调整): the person moved nowhere."""

    type: ClassVar = "registry.person.boundary_changed"
    example: ClassVar = {"state": {"version": 3}}


_EVENT = "0197d0c0-6a01-7b22-9c33-1d44e5f60718"


class PersonEventReversed(Fact[PersonState]):
    """A life event was taken back: spans, status and ledger are as if it had not happened."""

    type: ClassVar = "registry.person.event_reversed"
    example: ClassVar = {"state": {"version": 4}, "event_id": _EVENT}
    event_id: UUID = Field(description="人口事项 id of the life event that was taken back", examples=[_EVENT])


class PersonEventRedated(Fact[PersonState]):
    """The day of a life event was wrong by itself: the event stands with another day under another id."""

    type: ClassVar = "registry.person.event_redated"
    example: ClassVar = {"state": {"version": 4}, "event_id": _EVENT}
    event_id: UUID = Field(description="人口事项 id of the life event as it stands now", examples=[_EVENT])


class PersonErased(Fact[PersonState]):
    """The personal values of a former resident were erased (清除); belonging and months stay as they were."""

    type: ClassVar = "registry.person.erased"
    example: ClassVar = {
        "state": {
            "version": 4,
            "status": "deceased",
            "died_on": "2026-11-30",
            "residence": [
                {"area": "450481114201001", "kind": "registered", "start": "2026-11-01", "end": "2026-11-30"}
            ],
            "registration": [{"area": "450481114201", "kind": "household", "start": "2026-11-01", "end": "2026-11-30"}],
        }
    }


class PersonRestated(Fact[PersonState]):
    """The same version again, on request."""

    type: ClassVar = "registry.person.restated"
