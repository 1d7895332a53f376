"""Warning before somebody without a number, or a newborn, is entered twice: persons who are alike, in one's own areas.

The clerk looks at them and confirms with a token that it is somebody else, or withdraws. The token holds for the
caller, the day, the person to be entered and exactly the persons who were shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.registry.life_events.domain import LifeEventKind, is_counted
from services.registry.persons.domain import NewPerson, PersonRecord, PossibleDuplicate, tidied
from services.registry.persons.domain.likeness import SUSPECT, Features, Likeness, likeness
from services.registry.persons.repository.names import NameRepository
from services.registry.persons.service.disclosures import Disclosed, disclose, open_fields
from services.registry.persons.service.names import sounds_of
from services.registry.persons.service.notes import note
from services.registry.persons.service.questions import NumberQuestions
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.crypto.service import Crypto
from shared.errors import FieldError
from shared.messaging.context import UseCaseContext
from shared.reference.areas import village_of

CONFIRMATION = "person.confirmation"
MOST = 20
"""Persons that are shown."""


@dataclass(frozen=True, slots=True, repr=False)
class Suspect:
    """Somebody who may be the person to be entered: masked, and why."""

    person: Disclosed
    reasons: Mapping[Likeness, int]

    @property
    def score(self) -> int:
        return sum(self.reasons.values())


@dataclass(frozen=True, slots=True)
class Suspects:
    """Suspects, the likeliest first, and the token that says they were looked at; None if there is nobody."""

    people: Sequence[Suspect]
    confirmation: str | None


class SuspectSearch:
    """Comparison of persons to be entered with those in the caller's `person.read`: nothing is said of other places."""

    def __init__(self, context: UseCaseContext) -> None:
        self._crypto = context.crypto
        self._access = context.access
        self._clock = context.clock
        self._names = NameRepository(context.session)
        self._questions = NumberQuestions(context.access)

    async def find(self, principal: Principal, person: NewPerson) -> Suspects:
        """Those who are like this one, with a token; each is noted as looked at."""
        person = tidied(person)
        people = await self._like(principal, person) if _is_asked(person) else []
        for one in people:
            note(self._access, principal, "find_duplicates", one.person.record, "person.read", Detail.MASKED)
        token = self._tokens(principal, person, people)[0] if people else None
        return Suspects(people, token)

    async def check(self, principal: Principal, people: Sequence[NewPerson], paths: Sequence[str]) -> None:
        """Raise `PossibleDuplicate` if one of them is like somebody whom the caller has not confirmed to be another.

        People of one request who are each other's likeness are refused in any case: they are entered one by one. That
        somebody is there with this birthday or phone is an answer: whoever is refused has paid for it.
        """
        asked = [(tidied(one), path) for one, path in zip(people, paths, strict=True) if _is_asked(one)]
        if not asked:
            return
        self._questions.ask(len(asked))
        await self._names.lock({token for one, _ in asked for token in sounds_of(self._crypto, one.name)})
        errors: list[FieldError] = []
        for number, (one, path) in enumerate(asked):
            alike = await self._like(principal, one)
            if one.confirmation is not None and one.confirmation in self._tokens(principal, one, alike):
                alike = []
            for record in (suspect.person.record for suspect in alike):
                note(self._access, principal, "possible_duplicate", record, "person.read", Detail.EXISTENCE)
            twice = any(_points(one, _features(other)) >= SUSPECT for other, _ in asked[:number])
            if alike or twice:
                errors.append(FieldError(f"{path}confirmation", PossibleDuplicate.code, PossibleDuplicate.title))
        if errors:
            raise PossibleDuplicate(errors=errors)

    async def _like(self, principal: Principal, one: NewPerson) -> list[Suspect]:
        tokens = sounds_of(self._crypto, one.name)
        records = await self._names.alike(tokens, one.birth_date, principal.scope("person.read"))
        own = _features(one)
        found = [
            Suspect(disclose(record, self._crypto, full=False), reasons)
            for record in records
            if sum((reasons := likeness(own, features_of(record, self._crypto))).values()) >= SUSPECT
        ]
        return sorted(found, key=lambda suspect: (-suspect.score, suspect.person.record.id))[:MOST]

    def _tokens(self, principal: Principal, one: NewPerson, people: Sequence[Suspect]) -> Sequence[str]:
        """The token under each key in use, the active one's first."""
        ids: list[UUID] = sorted(suspect.person.record.id for suspect in people)
        said = (principal.subject, today(self._clock), one.name, one.sex, one.birth_date, *ids)
        return [key.digest.hex() for key in self._crypto.blind(CONFIRMATION, "\0".join(map(str, said)))]


def features_of(record: PersonRecord, crypto: Crypto) -> Features:
    """What of a person in the register is compared."""
    name, number, phone, address = open_fields(record, crypto)
    places = frozenset(village_of(place) for place in record.areas if place and is_counted(place))
    return Features(name, record.sex, record.birth_date, phone, address, places, number is not None)


def _is_asked(person: NewPerson) -> bool:
    return person.entry is LifeEventKind.BIRTH or person.document is None


def _features(one: NewPerson) -> Features:
    places = frozenset(
        village_of(place.area) for place in (one.residence, one.registration) if place and is_counted(place.area)
    )
    return Features(one.name, one.sex, one.birth_date, one.phone, one.address, places, one.document is not None)


def _points(one: NewPerson, other: Features) -> int:
    return sum(likeness(_features(one), other).values())
