"""Use cases of tags (人员标签): start, end, list; announced again if what they repeat of their person changes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.registry.life_events.domain import LifeEventKind, PersonDeceased, PersonNotActive
from services.registry.life_events.repository import LifeEventRepository
from services.registry.persons.domain import PersonChange, PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.notes import (
    READ_RESTRICTED_TAGS,
    READ_TAGS,
    RESTRICTED_TAG,
    RESTRICTED_UNTAG,
    TAG,
    UNTAG,
    note,
    note_nothing,
)
from services.registry.tags.domain import (
    Family,
    TagAlreadyEnded,
    TagDoesNotFit,
    check_end,
    check_start,
    last_day,
    misfits,
    require_code,
    require_level,
)
from services.registry.tags.repository import TagRecord, TagRepository
from services.registry.tags.service.announcing import (
    CONTACTS_CHANGED,
    ENDED,
    FOLLOWED,
    REOPENED,
    STARTED,
    repeated,
    state_of,
)
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.tags import TagStarted
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

MANAGE = {Family.CARE: "tag.manage", Family.SENSITIVE: "tag.restricted"}
READ = {Family.CARE: "tag.read", Family.SENSITIVE: "tag.restricted"}
STARTING = {Family.CARE: TAG, Family.SENSITIVE: RESTRICTED_TAG}
ENDING = {Family.CARE: UNTAG, Family.SENSITIVE: RESTRICTED_UNTAG}
READING = {Family.CARE: READ_TAGS, Family.SENSITIVE: READ_RESTRICTED_TAGS}
"""Actions in the access log."""
LEAVING = frozenset({LifeEventKind.DEATH, LifeEventKind.MOVE_OUT, LifeEventKind.MERGED})
"""Life events with which somebody is no more here."""


def standing(person: PersonRecord) -> tuple[object, ...]:
    """What tags end with, and hold again without."""
    return person.status, person.died_on, person.residence_until, person.registration_until


def require_fit(person: PersonRecord, family: Family, code: str, started_on: date, *, today: date) -> None:
    """Whether a tag may begin on a day.

    Raises `UnknownTag`, `PersonDeceased`, `PersonNotActive`, `TagDatesWrong`, `TagDoesNotFit`.
    """
    require_code(family, code)
    if person.died_on is not None:
        raise PersonDeceased(person.id)
    if person.status in (PersonStatus.MOVED_OUT, PersonStatus.ANNULLED, PersonStatus.MERGED):
        raise PersonNotActive(person.id)
    check_start(started_on, birth_date=person.birth_date, today=today)
    if errors := misfits(code, person, started_on, today=today):
        raise TagDoesNotFit(person.id, errors=errors)


class Tags:
    """Use cases of tags. A follower of persons (`PersonFollower`)."""

    def __init__(self, context: UseCaseContext) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._access = context.access
        self._tags = TagRepository(context.session)
        self._persons = PersonRepository(context.session)
        self._events = LifeEventRepository(context.session)

    async def start(
        self,
        principal: Principal,
        person_id: UUID,
        family: Family,
        *,
        code: str,
        level: str | None,
        source: str | None,
        started_on: date,
    ) -> TagRecord:
        """Start a tag of somebody alive and in the register.

        Raises `NotFound`, `UnknownTag`, `PersonDeceased`, `PersonNotActive`, `TagDatesWrong`, `TagDoesNotFit`,
        `UnknownTagLevel`, and by its constraint `TagAlreadyOpen`.
        """
        person = await self._visible(principal, person_id, STARTING[family], MANAGE[family])
        require_fit(person, family, code, started_on, today=today(self._clock))
        require_level(code, level)
        tag = _new(person, family, code, started_on, level=level, source=source)
        await self._tags.add([tag], now=self._clock.now())
        self._outbox.add(STARTED[family](state=state_of(tag, person)))
        return tag

    async def start_many(self, tags: Sequence[tuple[PersonRecord, str, date]]) -> Sequence[TagRecord]:
        """Care tags of persons who have just been registered, in bulk and without a scope: for the seed."""
        new: list[TagRecord] = []
        for person, code, started_on in tags:
            require_fit(person, Family.CARE, code, started_on, today=today(self._clock))
            new.append(_new(person, Family.CARE, code, started_on))
        await self._tags.add(new, now=self._clock.now())
        for tag, (person, _, _) in zip(new, tags, strict=True):
            self._outbox.add(TagStarted(state=state_of(tag, person)))
        return new

    async def end(
        self, principal: Principal, id: UUID, family: Family, *, ended_on: date, expected: Seen = None
    ) -> TagRecord:
        """End a tag. Raises `VersionMismatch`, `TagAlreadyEnded`, `TagDatesWrong`."""
        found = await self._tags.get(id, family)
        if found is None:
            raise NotFound(id)
        person = await self._visible(principal, found.person_id, ENDING[family], MANAGE[family])
        tag = await self._tags.get(id, family) or found  # as it is under the lock of its person
        require_version(tag, expected)
        check_end(tag.started_on, ended_on, today=today(self._clock))
        ended = await self._tags.end(tag, ended_on, now=self._clock.now())
        if ended is None:
            raise TagAlreadyEnded(id)
        self._outbox.add(ENDED[family](state=state_of(ended, person)))
        return ended

    async def of_person(self, principal: Principal, person_id: UUID, family: Family) -> Sequence[TagRecord]:
        """A person's tags of a family."""
        person = await self._persons.get(person_id)
        if person is None or not principal.scope(READ[family]).allows_any(*person.areas):
            note_nothing(self._access, principal, READING[family], person_id)
            raise NotFound(person_id)
        note(self._access, principal, READING[family], person, READ[family], Detail.MASKED)
        return await self._tags.of(person_id, family)

    async def follow(self, change: PersonChange) -> None:
        """After a change of a person: open tags end with death, departure or an annulled entry, and hold again without.

        Of several of one code that had ended with the same event the first one holds again. What repeats something that
        changed is announced. A follower of persons (`PersonFollower`).
        """
        person = change.after
        repeats = repeated(person) != repeated(change.before)
        if not repeats and standing(person) == standing(change.before):
            return
        rest: list[UUID] = []
        tags = await self._tags.of(person.id)
        held = {tag.code for tag in tags if tag.ended_on is None}
        for tag in tags:
            returned = tag.ended_by is not None and tag.ended_by == change.without
            ends = last_day(tag.code, tag.started_on, tag.ended_on, person, returned=returned, today=today(self._clock))
            if (ends == tag.ended_on and not returned) or (ends is None and tag.code in held):
                rest.append(tag.id)
                continue
            if ends is None:
                held.add(tag.code)
            changed = await self._tags.set_end(tag, ends, by=await self._ended_by(change) if ends else None)
            if changed is None:
                raise TagAlreadyEnded(tag.id)
            facts = ENDED if ends else REOPENED
            self._outbox.add(facts[Family(tag.family)](state=state_of(changed, person)))
        touched = await self._tags.touch(rest) if rest and repeats else ()
        for tag in sorted(touched, key=lambda one: one.id):
            self._outbox.add(FOLLOWED[Family(tag.family)](state=state_of(tag, person)))

    async def _ended_by(self, change: PersonChange) -> UUID | None:
        """The life event that ends it: of an undo, the one with which the person leaves now."""
        if change.by is not None:
            return change.by
        events = await self._events.of(change.after.id)
        left = [one.id for one in events if one.kind in LEAVING and one.id != change.without]
        return left[-1] if left else change.without

    async def hand_over(self, merged: PersonRecord, survivor: PersonRecord, *, event_id: UUID) -> None:
        """After a merge: tags that ended with it go on at the survivor from that day, if the survivor has none such.

        A tag that does not fit the survivor stays where it was. Both persons are locked.
        """
        day = today(self._clock)
        open_codes = {tag.code for tag in await self._tags.of(survivor.id) if tag.ended_on is None}
        handed: list[TagRecord] = []
        for tag in await self._tags.of(merged.id):
            if tag.ended_by != event_id or tag.code in open_codes or misfits(tag.code, survivor, day, today=day):
                continue
            handed.append(
                replace(
                    tag,
                    id=new_id(),
                    version=1,
                    person_id=survivor.id,
                    started_on=day,
                    ended_on=None,
                    ended_by=None,
                    started_by=event_id,
                    contacts=[],
                )
            )
        await self._tags.add(handed, now=self._clock.now())
        for tag in handed:
            self._outbox.add(STARTED[Family(tag.family)](state=state_of(tag, survivor)))

    async def take_back(self, survivor: PersonRecord, *, event_id: UUID) -> None:
        """After a merge was taken back: what it handed to the survivor ends. The survivor is locked.

        What has ended with a life event since does not hold again if that is taken back as well.
        """
        for tag in await self._tags.started_by(event_id):
            if tag.ended_on is not None and tag.ended_by is None:
                continue
            ended = await self._tags.set_end(tag, tag.ended_on or today(self._clock), by=None)
            if ended is None:
                raise TagAlreadyEnded(tag.id)
            self._outbox.add(ENDED[Family(tag.family)](state=state_of(ended, survivor)))

    async def follow_areas(self, people: Sequence[PersonRecord]) -> None:
        """After a change of areas, which ends no tag: what repeats the residence of these persons is announced."""
        by_id = {one.id: one for one in people}
        for tag in sorted(await self._tags.touch_of(by_id), key=lambda one: one.id):
            self._outbox.add(FOLLOWED[Family(tag.family)](state=state_of(tag, by_id[tag.person_id])))

    async def set_contacts(self, tag: TagRecord, person: PersonRecord, contacts: Sequence[dict[str, str]]) -> TagRecord:
        """Other contacts of the tag are valid: announced if they differ. For trusted doors, its person locked."""
        if list(contacts) == tag.contacts:
            return tag
        changed = await self._tags.set_contacts(tag, contacts)
        assert changed is not None, "a tag is changed under the lock of its person"
        self._outbox.add(CONTACTS_CHANGED[Family(tag.family)](state=state_of(changed, person)))
        return changed

    def _check_start(self, person: PersonRecord, family: Family, code: str, started_on: date) -> None:
        require_code(family, code)
        if person.died_on is not None:
            raise PersonDeceased(person.id)
        if person.status in (PersonStatus.MOVED_OUT, PersonStatus.ANNULLED, PersonStatus.MERGED):
            raise PersonNotActive(person.id)
        day = today(self._clock)
        check_start(started_on, birth_date=person.birth_date, today=day)
        if errors := misfits(code, person, started_on, today=day):
            raise TagDoesNotFit(person.id, errors=errors)

    async def _visible(self, principal: Principal, person_id: UUID, action: str, permission: str) -> PersonRecord:
        """The person whose tags are to be changed, locked and noted. Raises `NotFound`."""
        person = await self._persons.locked(person_id)
        if person is None or not principal.scope(permission).allows_any(*person.areas):
            note_nothing(self._access, principal, action, person_id)
            raise NotFound(person_id)
        note(self._access, principal, action, person, permission, Detail.WRITE)
        return person


def _new(
    person: PersonRecord,
    family: Family,
    code: str,
    started_on: date,
    *,
    level: str | None = None,
    source: str | None = None,
) -> TagRecord:
    return TagRecord(
        id=new_id(),
        version=1,
        person_id=person.id,
        family=str(family),
        code=code,
        level=level,
        source=source,
        started_on=started_on,
        ended_on=None,
    )
