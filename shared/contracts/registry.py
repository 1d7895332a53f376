"""What registry (居民底册) announces. Nothing here names a person: ids, codes, months and dates only."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.contracts.envelope import AreaCode, Code, Fact, Month, Part, Span, State


class AreaState(State):
    """An administrative area, province to village. `id` is `code`. Only the county carries `opening_day`."""

    noun: ClassVar = "registry.area"
    id: AreaCode
    code: AreaCode
    name: str
    level: int  # 2, 4, 6, 9 or 12: the length of the code
    kind: (
        Code  # province, prefecture, county, street, town, township, residents_committee, villagers_committee, similar
    )
    parent: AreaCode | None
    valid_from: date
    valid_to: date | None = None
    successors: tuple[AreaCode, ...] = ()
    village_type: Code | None = None
    opening_day: date | None = None


class AreaOpened(Fact[AreaState]):
    """An area came into being, or entered the register."""

    type: ClassVar = "registry.area.opened"


class AreaRenamed(Fact[AreaState]):
    """The name changed; the code never does."""

    type: ClassVar = "registry.area.renamed"


class AreaAbolished(Fact[AreaState]):
    """The code ended; `successors` carry on."""

    type: ClassVar = "registry.area.abolished"


class AreaRestated(Fact[AreaState]):
    """The same version again, on request."""

    type: ClassVar = "registry.area.restated"


class CalendarState(State):
    """One year's working-day exceptions. `id` is the year as text. Days not named follow the week."""

    noun: ClassVar = "registry.calendar"
    id: str
    year: int
    holidays: tuple[date, ...]  # days off, on whatever weekday
    working_weekends: tuple[date, ...]  # Saturdays and Sundays worked (调休)
    provisional: bool  # True until the State Council's notice of the year was imported
    source: Code


class CalendarPublished(Fact[CalendarState]):
    """A year's calendar was set or replaced."""

    type: ClassVar = "registry.calendar.published"


class CalendarRestated(Fact[CalendarState]):
    type: ClassVar = "registry.calendar.restated"


class PersonStatus(StrEnum):
    ACTIVE = "active"
    MOVED_OUT = "moved_out"
    DECEASED = "deceased"
    MISSING = "missing"
    MERGED = "merged"


class PersonState(State):
    """A person without direct identifiers. Spans are oldest first; at most the last of each is open.

    `residence` reaches down to the grid where it is known; its `kind` is the residence kind (registered, floating,
    left_behind, overseas). `registration` is the 户籍地, down to the village; its `kind` is `household`.
    """

    noun: ClassVar = "registry.person"
    id: UUID
    status: PersonStatus
    sex: Code  # GB/T 2261.1: 0, 1, 2, 9
    birth_month: Month
    ethnic_group: Code | None = None  # GB/T 3304 numeric
    residence: tuple[Span, ...] = ()
    registration: tuple[Span, ...] = ()
    died_on: date | None = None


class PersonRegistered(Fact[PersonState]):
    """Entered the register: by birth, by moving in, or enrolled as already living here."""

    type: ClassVar = "registry.person.registered"


class PersonCorrected(Fact[PersonState]):
    """A field was set right; nothing happened in the world."""

    type: ClassVar = "registry.person.corrected"


class PersonMovedIn(Fact[PersonState]):
    """A person who had left came back."""

    type: ClassVar = "registry.person.moved_in"


class PersonMovedOut(Fact[PersonState]):
    type: ClassVar = "registry.person.moved_out"


class PersonDied(Fact[PersonState]):
    type: ClassVar = "registry.person.died"


class PersonRestated(Fact[PersonState]):
    type: ClassVar = "registry.person.restated"


class Book(StrEnum):
    """The two books of the population ledger."""

    RESIDENCE = "residence"
    REGISTRATION = "registration"


class PostingKind(StrEnum):
    OPENING = "opening"
    BIRTH = "birth"
    IN = "in"
    TRANSFER_IN = "transfer_in"
    BOUNDARY_IN = "boundary_in"
    RESTORED = "restored"
    CORRECTION = "correction"
    DEATH = "death"
    OUT = "out"
    TRANSFER_OUT = "transfer_out"
    BOUNDARY_OUT = "boundary_out"
    MERGED = "merged"


class PostingState(State):
    """One line of the population ledger, kept for ever."""

    noun: ClassVar = "registry.posting"
    id: UUID
    person_id: UUID
    book: Book
    kind: PostingKind
    area: AreaCode  # the village (12 digits)
    amount: int  # +1 or -1
    occurred_on: date
    posted_on: date
    reverses: UUID | None = None


class PostingEntered(Fact[PostingState]):
    type: ClassVar = "registry.posting.entered"


class PostingRestated(Fact[PostingState]):
    type: ClassVar = "registry.posting.restated"


class Membership(Part):
    """Who belongs to a household. `relation` is GB/T 4761; exactly one open `02` (户主) in an active household."""

    person_id: UUID
    relation: Code
    since: date
    until: date | None = None


class HouseholdState(State):
    """A household: `legal` (户籍户) or `living`. Membership belongs to this state only."""

    noun: ClassVar = "registry.household"
    id: UUID
    kind: Code  # legal, living
    area: AreaCode  # the village or grid it counts in
    status: Code  # active, dissolved
    established_on: date
    dissolved_on: date | None = None
    members: tuple[Membership, ...] = ()


class HouseholdFounded(Fact[HouseholdState]):
    type: ClassVar = "registry.household.founded"


class HouseholdMemberAdded(Fact[HouseholdState]):
    type: ClassVar = "registry.household.member_added"
    person_id: UUID


class HouseholdMemberRemoved(Fact[HouseholdState]):
    type: ClassVar = "registry.household.member_removed"
    person_id: UUID


class HouseholdDissolved(Fact[HouseholdState]):
    type: ClassVar = "registry.household.dissolved"


class HouseholdRestated(Fact[HouseholdState]):
    type: ClassVar = "registry.household.restated"


class _Tag(State):
    """A dated tag with what roll-up needs of its person repeated in it, announced again when that changes."""

    id: UUID
    person_id: UUID
    code: Code
    level: Code | None = None
    started_on: date
    ended_on: date | None = None
    residence: tuple[Span, ...] = ()
    sex: Code
    birth_month: Month


class TagState(_Tag):
    """A tag of the care family (留守老人, 独居老人, 低保 …)."""

    noun: ClassVar = "registry.tag"


class TagStarted(Fact[TagState]):
    type: ClassVar = "registry.tag.started"


class TagEnded(Fact[TagState]):
    type: ClassVar = "registry.tag.ended"


class TagFollowed(Fact[TagState]):
    """What the tag repeats of its person changed."""

    type: ClassVar = "registry.tag.followed"


class TagRestated(Fact[TagState]):
    type: ClassVar = "registry.tag.restated"


class RestrictedTagState(_Tag):
    """A tag of the sensitive family (社区矫正, 刑满释放 …): its own noun and topic, because access is per topic."""

    noun: ClassVar = "registry.restricted_tag"


class RestrictedTagStarted(Fact[RestrictedTagState]):
    type: ClassVar = "registry.restricted_tag.started"


class RestrictedTagEnded(Fact[RestrictedTagState]):
    type: ClassVar = "registry.restricted_tag.ended"


class RestrictedTagFollowed(Fact[RestrictedTagState]):
    type: ClassVar = "registry.restricted_tag.followed"


class RestrictedTagRestated(Fact[RestrictedTagState]):
    type: ClassVar = "registry.restricted_tag.restated"
