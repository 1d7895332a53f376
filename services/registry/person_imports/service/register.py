"""What the register knows of rows of a list, within the importer's areas: people by number, places, differences."""

from collections.abc import Mapping, Sequence

from services.registry.life_events.domain import Place, is_counted
from services.registry.life_events.service import Arrival, Placement
from services.registry.person_imports.domain.columns import column_of
from services.registry.person_imports.domain.findings import ListProblem, at
from services.registry.person_imports.domain.rows import Listed
from services.registry.persons.domain import AS_WRITTEN, NewPerson, PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.disclosures import open_fields
from services.registry.persons.service.notes import note
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.contracts.registry.persons import PersonStatus
from shared.errors import DomainError, FieldError
from shared.messaging.context import UseCaseContext

SEARCH = "person.search"
PLACING = ("person.register", "person.import")
Number = tuple[str, str]


class RegisterOfList:
    """The register as the importer of a list may know it. Numbers that are held elsewhere are not looked for."""

    def __init__(self, context: UseCaseContext, principal: Principal) -> None:
        self._crypto = context.crypto
        self._access = context.access
        self._principal = principal
        self._persons = PersonRepository(context.session)
        self._placement = Placement(context.session)

    async def by_numbers(self, numbers: Sequence[Number]) -> Mapping[Number, PersonRecord]:
        """Persons of the caller's `person.search` who hold these numbers; each is noted."""
        keys = {
            (kind, key.key_id, key.digest): (kind, number)
            for kind, number in numbers
            for key in self._crypto.blind(kind, number)
        }
        found = await self._persons.by_numbers(keys, self._principal.scope(SEARCH))
        for record in found.values():
            note(self._access, self._principal, "import", record, SEARCH, Detail.EXISTENCE)
        return found

    def differences(self, listed: Listed, record: PersonRecord) -> Sequence[FieldError]:
        """What the row says otherwise than the register, at the columns that it fills in."""
        person = listed.person
        if person is None:
            return ()
        if record.status != PersonStatus.ACTIVE:
            return [at("number", ListProblem.NOT_ACTIVE)]
        name, _, phone, address = open_fields(record, self._crypto)
        opened = {"name": name, "phone": phone, "address": address}
        pairs = {
            **{
                code: (getattr(person, code), opened[code] if code in opened else getattr(record, code))
                for code in ("name", "sex", "birth_date", *(one.code for one in AS_WRITTEN))
            },
            "residence": (_area(person.residence), record.residence_area if not record.residence_until else None),
            "registration": (
                _area(person.registration),
                record.registration_area if not record.registration_until else None,
            ),
        }
        return [
            at(code, ListProblem.DIFFERS)
            for code, (told, stands) in pairs.items()
            if code in listed.values and told != stands
        ]

    async def misplaced(self, people: Mapping[int, NewPerson]) -> Mapping[int, Sequence[FieldError]]:
        """What is wrong with the places of people: not the importer's, unknown, or closed on the day."""
        scope, found = self._principal.scope(*PLACING), dict[int, Sequence[FieldError]]()
        by_place: dict[Arrival, list[int]] = {}
        for number, one in people.items():
            outside = [
                at(code, ListProblem.AREA_OUTSIDE)
                for code, place in (("residence", one.residence), ("registration", one.registration))
                if place is not None and is_counted(place.area) and not scope.allows(place.area)
            ]
            if outside:
                found[number] = outside
            else:
                arrival = Arrival(one.residence, one.registration, one.occurred_on)
                by_place.setdefault(arrival, []).append(number)
        for arrival, errors in (await self._refused(list(by_place))).items():
            found |= dict.fromkeys(by_place[arrival], errors)
        return found

    async def _refused(self, arrivals: Sequence[Arrival]) -> Mapping[Arrival, Sequence[FieldError]]:
        """By halves, until each that is refused is found."""
        try:
            await self._placement.check(arrivals)
        except DomainError as error:
            if len(arrivals) == 1:
                told = [FieldError(column_of(one.path), one.code, one.message) for one in error.errors]
                return {arrivals[0]: told or [FieldError("", error.code, error.title)]}
            middle = len(arrivals) // 2
            return {**await self._refused(arrivals[:middle]), **await self._refused(arrivals[middle:])}
        return {}


def _area(place: Place | None) -> str | None:
    return None if place is None else place.area
