"""What marriages follow: deaths, merges and their undoing, corrected sex or birth date, entries that are taken back."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.registry.life_events.domain import EventOutOfOrder
from services.registry.marriages.domain import (
    Ended,
    MarriageOfSameSex,
    MarriageRecord,
    MarriageStep,
    MarriageUnderAge,
    MergeDisagreesWithMarriage,
    Step,
    check_spouses,
    ended,
    in_the_way,
)
from services.registry.marriages.repository import MarriageRepository, Vitals
from services.registry.marriages.service.checking import named
from services.registry.marriages.service.reads import opened
from services.registry.persons.domain import (
    BirthDateDisagreesWithMarriage,
    PersonChange,
    SexDisagreesWithMarriage,
)
from services.registry.reversals.domain import EventRestedOn
from shared.clock import today
from shared.contracts.registry.marriages import MarriageRestored, MarriageState, MarriageStatus, MarriageWidowed
from shared.contracts.registry.persons import PersonStatus
from shared.messaging.context import UseCaseContext


class MarriageFollowing:
    """Follower of persons (`PersonFollower`): a marriage ends with a death, and nothing contradicts it unseen.

    What it changed in households is known by the move's new id, if that got another day.
    """

    def __init__(self, context: UseCaseContext) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._crypto = context.crypto
        self._marriages = MarriageRepository(context.session)

    async def follow(self, change: PersonChange) -> None:
        """Raises `EventRestedOn` if a life event is taken back, or its day corrected, on which a marriage rests.

        Raises `EventOutOfOrder` for a death before a marriage or divorce, `MergeDisagreesWithMarriage` for a merge,
        `SexDisagreesWithMarriage` and `BirthDateDisagreesWithMarriage` for a correction.
        """
        before, after = change.before, change.after
        if change.without is not None and change.by is not None:
            await self._marriages.renamed(change.without, change.by)
        joined = before.merged_into != after.merged_into
        bodily = joined or (before.sex, before.birth_date) != (after.sex, after.birth_date)
        annulled = after.status == PersonStatus.ANNULLED != before.status
        if not (bodily or annulled or before.died_on != after.died_on):
            return
        found = await self._marriages.of_locked([after.id])
        standing = [one for one in found if one.status != MarriageStatus.WITHDRAWN]
        if not standing:
            return
        if annulled:
            raise EventRestedOn(change.without, errors=named(standing))
        vitals = await self._marriages.vitals({who for one in standing for who in one.people})
        if bodily:
            for one in standing:
                self._check(change, one, vitals)
        if joined or before.died_on != after.died_on:
            for one in standing:
                await self._bring(change, one, vitals)

    def _check(self, change: PersonChange, marriage: MarriageRecord, vitals: Mapping[UUID, Vitals]) -> None:
        spouse = opened(marriage, self._crypto) or vitals[marriage.people[-1]]
        person = vitals[marriage.person_id]
        refused: type[SexDisagreesWithMarriage | BirthDateDisagreesWithMarriage]
        try:
            check_spouses(
                (person.sex, person.birth_date), (spouse.sex, spouse.birth_date), marriage.married_on, "spouse_id"
            )
        except MarriageOfSameSex:
            refused, path = SexDisagreesWithMarriage, "sex"
        except MarriageUnderAge:
            refused, path = BirthDateDisagreesWithMarriage, "birth_date"
        else:
            return
        if change.without is not None or change.after.merged_into is not None:
            raise self._contradiction(change, [marriage])
        raise refused.at(path, subject=change.after.id)

    async def _bring(self, change: PersonChange, marriage: MarriageRecord, vitals: Mapping[UUID, Vitals]) -> None:
        """Bring a marriage to what the deaths of both say of it."""
        end = ended(marriage, {who: one.died_on for who, one in vitals.items()})
        spouses = set((await self._marriages.going_on(marriage.people)).values())
        if end is None or len(spouses) < len(marriage.people):
            raise self._contradiction(change, [marriage])
        longer = marriage.ended_on is not None and (end.on is None or end.on > marriage.ended_on)
        if longer or change.after.merged_into is not None:
            await self._marriages.of_locked(spouses)
            others = await self._marriages.of(spouses)
            if met := in_the_way(marriage.id, marriage.married_on, end.on, others):
                raise self._contradiction(change, met if change.after.merged_into is None else [marriage, *met])
        if (str(end.status), end.on) != (marriage.status, marriage.ended_on):
            await self._write(marriage, end)

    async def _write(self, marriage: MarriageRecord, end: Ended) -> None:
        moved = await self._marriages.move(marriage, end.status, ended_on=end.on)
        assert moved is not None, "the row is locked"
        widowed = end.status is MarriageStatus.WIDOWED
        step = MarriageStep.WIDOWED if widowed else MarriageStep.RESTORED
        on = end.on or marriage.ended_on or today(self._clock)
        self._marriages.add_step(Step(marriage.id, moved.version, step, on, None, None, self._clock.now()))
        state = MarriageState.model_validate(moved)
        self._outbox.add(MarriageWidowed(state=state) if widowed else MarriageRestored(state=state))

    def _contradiction(
        self, change: PersonChange, marriages: Sequence[MarriageRecord]
    ) -> EventRestedOn | EventOutOfOrder | MergeDisagreesWithMarriage:
        if change.after.merged_into is not None:
            return MergeDisagreesWithMarriage(change.after.id, errors=named(marriages))
        if change.without is None:
            return EventOutOfOrder(change.after.id)
        return EventRestedOn(change.without, errors=named(marriages))
