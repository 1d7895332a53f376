"""Suggestions (推荐): vacancies for a job seeker, job seekers for a vacancy; each with its score and its reasons."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import true

from services.registry.job_matches.domain.matches import (
    ANY,
    OFFERED_ON,
    OFFERS,
    OPEN,
    REGISTERED_ON,
    SEEKERS,
    SEEKING,
    VACANCIES,
    Match,
    Promise,
    home_of,
    in_common,
    is_adult_enough,
    is_of,
    is_open,
    weigh,
)
from services.registry.job_matches.repository import JobMatchRepository, is_seeking, offers, wants
from services.registry.job_matches.service.records import AGE, JobRecords
from services.registry.persons.service.notes import note
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.service.ledgers import Ledgers
from shared.ledgers.records.service.reads import ShownRecord
from shared.messaging.context import UseCaseContext

MORE = 3
"""How many times as many as are shown are compared by age: nobody else's is looked up."""

Offered = Mapping[str, Sequence[Mapping[str, Any]]]
"""Values of offers by the number of whom or what was offered."""


@dataclass(frozen=True, slots=True, repr=False)
class SuggestedVacancy:
    """A vacancy with what the caller may see of it, and how it suits. The repr shows nothing."""

    record: LedgerRecord
    values: Mapping[str, Any]
    match: Match


@dataclass(frozen=True, slots=True, repr=False)
class SuggestedSeeker:
    """A job seeker, masked, and how the vacancy suits. The repr shows nothing."""

    shown: ShownRecord
    match: Match


class JobSuggesting:
    """Use cases that suggest. Nobody outside the caller's scope is told of, nor compared by age."""

    def __init__(self, context: UseCaseContext, ledgers: Ledgers) -> None:
        self._clock = context.clock
        self._access = context.access
        self._records = JobRecords(context, ledgers)
        self._matches = JobMatchRepository(context.session)

    async def vacancies(
        self, principal: Principal, id: UUID, *, limit: int
    ) -> tuple[ShownRecord, Promise, Sequence[SuggestedVacancy]]:
        """Vacancies for a job seeker in scope, best first, and where the seeker stands by the promise.

        None for who has work or cannot work; what was offered before and was not refused by the employer is left out.
        Raises `NotFound`.
        """
        shown = await self._records.read(principal, SEEKERS, id)
        seeker = shown.record
        promise = await self._records.promise(principal, seeker)
        if seeker.status not in SEEKING or seeker.values.get("able") is False:
            return shown, promise, []
        day, home = today(self._clock), home_of(seeker.area, seeker.values)
        person = (await self._records.born(principal, [seeker])).get(seeker.id)
        born = None if person is None else person.birth_date
        if person is not None:
            note(self._access, principal, "match_job", person, AGE, Detail.MASKED)
        if not is_adult_enough(born, day):
            return shown, promise, []
        offered = await self._offered(principal, seeker)
        reach = await self._records.open_vacancies(principal)
        kinds = _kinds(seeker.values)
        found = await self._matches.near(
            VACANCIES,
            [OPEN],
            home,
            trade=("kind", kinds) if kinds else None,
            fits=offers(kinds) if kinds else true(),
            places=reach.places,
            scope=reach.records,
        )
        ledger, scope = await self._records.shown_vacancies(principal)
        weighed = []
        for one in found:
            values = self._records.told_of(ledger, scope, one)
            again = any(is_of(offer, OFFERED_ON, values) for offer in offered.get(str(values.get("number")), ()))
            if is_open(one.status, values, today=day) and not again:
                match = weigh(seeker.values, home, born, values, one.area, today=day)
                weighed.append(SuggestedVacancy(one, values, match))
        weighed.sort(key=lambda one: _order(one.match, in_common(home, one.record.area), one.record.id))
        for suggested in weighed[:limit]:
            await self._records.note(principal, VACANCIES, suggested.record, "suggest_vacancy")
        return shown, promise, weighed[:limit]

    async def seekers(
        self, principal: Principal, id: UUID, *, limit: int
    ) -> tuple[LedgerRecord, Mapping[str, Any], Sequence[SuggestedSeeker]]:
        """Job seekers in scope for a vacancy, best first; each is noted as looked at. None for one that is not open.

        Whoever cannot work, may not be employed yet, or was offered it before is left out. Raises `NotFound`.
        """
        vacancy, values = await self._records.vacancy(principal, id)
        day = today(self._clock)
        reach = await self._records.reach(principal, SEEKERS)
        if not is_open(vacancy.status, values, today=day):
            return vacancy, values, []
        kind = str(values.get("kind"))
        found = await self._matches.near(
            SEEKERS,
            SEEKING,
            vacancy.area,
            trade=("wanted", (kind, ANY)),
            fits=wants(kind) & is_seeking(),
            places=reach.places,
            scope=reach.records,
        )
        offered = await self._offered_to(principal, values)
        found = [one for one in found if not _was_offered(one, offered)]

        def weighed(of: Sequence[LedgerRecord], born: Mapping[UUID, date]) -> list[tuple[LedgerRecord, Match]]:
            pairs = []
            for one in of:
                if is_adult_enough(when := born.get(one.id), day):
                    home = home_of(one.area, one.values)
                    pairs.append((one, weigh(one.values, home, when, values, vacancy.area, today=day)))
            return sorted(pairs, key=lambda pair: _order(pair[1], in_common(pair[0].area, vacancy.area), pair[0].id))

        likely = [one for one, _ in weighed(found, {})[: limit * MORE]]
        born = await self._records.born(principal, likely)
        best = weighed(likely, {record: person.birth_date for record, person in born.items()})[:limit]
        for one, _ in best:
            await self._records.note(principal, SEEKERS, one, "suggest_seeker")
            if (person := born.get(one.id)) is not None:
                note(self._access, principal, "match_job", person, AGE, Detail.MASKED)
        return vacancy, values, [SuggestedSeeker(self._records.masked(one), match) for one, match in best]

    async def _offered(self, principal: Principal, seeker: LedgerRecord) -> Offered:
        """Offers to a job seeker by the numbers of vacancies, but for those whose employer said no."""
        return _by("vacancy", await self._records.offers_of(principal, seeker))

    async def _offered_to(self, principal: Principal, vacancy: Mapping[str, Any]) -> Offered:
        reach = await self._records.reach(principal, OFFERS)
        found = await self._matches.offers_for(str(vacancy.get("number")), reach.records)
        return _by("seeker", [one for one in found if is_of(one.values, OFFERED_ON, vacancy)])


def _by(name: str, offers: Sequence[LedgerRecord]) -> Offered:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in offers:
        if one.status != "refused":
            found.setdefault(str(one.values.get(name)), []).append(one.values)
    return found


def _was_offered(seeker: LedgerRecord, offered: Offered) -> bool:
    mine = offered.get(str(seeker.values.get("number")), ())
    return any(is_of(one, REGISTERED_ON, seeker.values) for one in mine)


def _kinds(seeker: Mapping[str, Any]) -> Collection[str]:
    """The trades that are looked for; none: all of them."""
    wanted = seeker.get("wanted")
    return set() if wanted in (None, ANY) else {str(wanted), *(seeker.get("skills") or ())}


def _order(match: Match, common: int, id: UUID) -> tuple[bool, int, int, int]:
    """What nothing speaks against first, then by score, then the nearer, then the newer."""
    return not match.suitable, -match.score, -common, -id.int
