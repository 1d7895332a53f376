"""Gathering of what is kept about one person, from every noun of the register that knows something."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.registry.benefits.domain import TAGS, BenefitRecord, BenefitStatus
from services.registry.benefits.repository import BenefitRepository
from services.registry.circumstances.domain.kinds import KINDS
from services.registry.circumstances.domain.rules import CircumstanceRecord
from services.registry.circumstances.repository import CircumstanceRepository
from services.registry.consents.domain import ANNULLED, ConsentRecord
from services.registry.consents.repository import ConsentRepository
from services.registry.households.domain import HouseholdKind, HouseholdRecord
from services.registry.households.repository.households import HouseholdRepository
from services.registry.life_events.domain import LifeEvent
from services.registry.life_events.repository import LifeEventRepository
from services.registry.marriages.domain import MarriageRecord
from services.registry.marriages.repository import MarriageRepository
from services.registry.occupancies.models import Located
from services.registry.occupancies.repository import OccupancyRepository
from services.registry.own_data.domain import OwnEntry, OwnGroup
from services.registry.own_data.repository import OwnDataRepository
from services.registry.own_data.service.showing import OwnData
from services.registry.persons.domain import PersonRecord
from services.registry.persons.service.disclosures import Disclosed, open_fields
from services.registry.tags.domain import CARE, LEVELS, Family
from services.registry.tags.repository import TagRecord, TagRepository
from services.registry.terms.domain import Post, TermWay
from services.registry.terms.models import Term
from services.registry.terms.repository import TermRepository
from shared.contracts.county.lists import ListKind
from shared.contracts.registry.consents import ConsentGroup, ConsentPurpose, ConsentStatus
from shared.contracts.registry.marriages import MarriageStatus
from shared.contracts.registry.occupancies import OccupancyRole
from shared.messaging.context import UseCaseContext
from shared.reference.relations import RELATIONS


class OwnDataGathering:
    """Reads of one person. Of a household or a marriage only what the person is in it: the others are others."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._own = OwnDataRepository(context.session)
        self._households = HouseholdRepository(context.session)
        self._occupancies = OccupancyRepository(context.session)
        self._marriages = MarriageRepository(context.session)
        self._circumstances = CircumstanceRepository(context.session)
        self._tags = TagRepository(context.session)
        self._benefits = BenefitRepository(context.session)
        self._terms = TermRepository(context.session)
        self._consents = ConsentRepository(context.session)
        self._events = LifeEventRepository(context.session)

    async def of(self, person: PersonRecord) -> OwnData:
        """Everything but tags of the restricted family, which the law keeps (`LEFT_OUT`). The caller notes it."""
        id_ = person.id
        marriages = [one for one in await self._marriages.of([id_]) if one.status != MarriageStatus.WITHDRAWN]
        entries = [
            *(entry for one in await self._households.ever_of(id_) for entry in _memberships(one, id_)),
            *map(_occupancy, await self._occupancies.of_party(id_, None)),
            *map(_marriage, marriages),
            *map(_circumstance, await self._circumstances.of(id_)),
            *map(_tag, await self._tags.of(id_, Family.CARE)),
            *map(_benefit, await self._benefits.of(id_)),
            *map(_term, await self._terms.of_person(id_)),
            *(_consent(one) for one in await self._consents.of(id_) if one.status != ANNULLED),
            *map(_event, await self._events.of(id_)),
        ]
        name, number, phone, address = open_fields(person, self._crypto)
        shown = Disclosed(person, name, number, phone, address, full=True)
        codes = {code for code in (*person.areas, *(one.area for one in entries)) if code is not None}
        return OwnData(id_, person.version, self._clock.now(), shown, entries, await self._own.places(codes))


def _memberships(household: HouseholdRecord, person_id: UUID) -> Sequence[OwnEntry]:
    """Where a household is that the person has left is the others' own."""
    kind = HouseholdKind(household.kind).label
    return [
        OwnEntry(
            OwnGroup.HOUSEHOLD,
            household.kind,
            f"{kind}（{RELATIONS[one.relation]}）",
            one.since,
            one.until,
            household.area if one.until is None else None,
            {"与户主关系": RELATIONS[one.relation]},
        )
        for one in household.members
        if one.person_id == person_id
    ]


def _occupancy(located: Located) -> OwnEntry:
    one = located.occupancy
    return OwnEntry(OwnGroup.OCCUPANCY, one.role, OccupancyRole(one.role).label, one.since, one.until, located.area)


def _marriage(one: MarriageRecord) -> OwnEntry:
    title = MarriageStatus(one.status).label
    return OwnEntry(OwnGroup.MARRIAGE, one.status, title, one.married_on, one.ended_on)


def _circumstance(one: CircumstanceRecord) -> OwnEntry:
    kind, details = KINDS[one.kind], dict[str, str]()
    for detail in kind.details:
        value: Any = one.details.get(detail.code)
        if value is not None:
            details[detail.title] = detail.choices.get(value, value)
    if one.status == "withdrawn":
        details["状态"] = "误登已撤回"
    return OwnEntry(OwnGroup.CIRCUMSTANCE, one.kind, kind.title, one.began_on, one.until, None, details)


def _tag(one: TagRecord) -> OwnEntry:
    details = {} if one.level is None else {"等级": _level(one.code, one.level)}
    return OwnEntry(OwnGroup.TAG, one.code, CARE[one.code], one.started_on, one.ended_on, None, details)


def _level(code: str, level: str) -> str:
    return LEVELS.get(code, {}).get(level, level)


def _benefit(one: BenefitRecord) -> OwnEntry:
    kind, details = ListKind(one.kind), {"状态": BenefitStatus(one.status).label}
    if one.level is not None:
        details["等级"] = _level(TAGS[kind], one.level)
    if one.monthly_fen is not None:
        details["每月金额"] = f"{one.monthly_fen // 100}.{one.monthly_fen % 100:02}元"
    return OwnEntry(OwnGroup.BENEFIT, one.kind, kind.label, one.since, one.ended_on, None, details)


def _term(one: Term) -> OwnEntry:
    details = {"任职方式": TermWay(one.way).label}
    return OwnEntry(OwnGroup.TERM, one.post, Post(one.post).label, one.began_on, one.ended_on, one.area, details)


def _consent(one: ConsentRecord) -> OwnEntry:
    details = {"信息类别": "、".join(ConsentGroup(each).label for each in one.groups)}
    details["状态"] = ConsentStatus(one.status).label
    return OwnEntry(
        OwnGroup.CONSENT, one.purpose, ConsentPurpose(one.purpose).label, one.given_on, one.last, None, details
    )


def _event(one: LifeEvent) -> OwnEntry:
    place = one.residence or one.registration
    area = None if place is None else place.area
    return OwnEntry(OwnGroup.LIFE_EVENT, one.kind, one.kind.label, one.occurred_on, None, area)
