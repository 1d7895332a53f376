"""What granted cases change in the register (登记事项): place and day entered, asked for, asked again, answered."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.services_hall.case_effects.domain import (
    CaseEffectIncomplete,
    CaseEffectOutside,
    CaseHasNoEffect,
    EffectDay,
    EffectDayWrong,
    EffectPlace,
    EffectPlaceWrong,
)
from services.services_hall.case_effects.service import CaseEffects, Wanted
from services.services_hall.cases.domain.lifecycle import DECIDE, CaseAction
from services.services_hall.cases.models import Case
from services.services_hall.cases.service.moving import CaseMoving
from shared.auth.principal import Principal
from shared.contracts.registry.areas import AreaState
from shared.contracts.registry.case_effect_answers import CaseEffectAnswerState
from shared.contracts.services_hall.case_steps import CaseRevised
from shared.db.compare_and_set import Seen
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected
from shared.reference.areas import COUNTY_DIGITS, VILLAGE_DIGITS, village_of

REGISTER = "system:registry"


class CaseRegistering:
    """Use cases of what follows in the register; they raise as those of `CaseHandling` besides.

    The case is locked before its effect: by steps, decisions and answers alike.
    """

    def __init__(self, context: UseCaseContext, effects: CaseEffects) -> None:
        self._session = context.session
        self._effects = effects
        self._moving = CaseMoving(context)

    async def enter(
        self, principal: Principal, id: UUID, *, area: str | None, starts_on: date | None, expected: Seen = None
    ) -> Case:
        """填写登记事项: the place and the first day, before the decision; None for what the item says.

        Raises `CaseHasNoEffect`, `NotFound` for a place outside the caller's areas, `EffectPlaceWrong` for one that is
        no village or grid of the county in force, `EffectDayWrong` for a day that is to come.
        """
        case = await self._moving.begin(principal, id, CaseAction.ENTER_EFFECT, expected)
        if (await self._moving.content_of(case)).effect is None:
            raise CaseHasNoEffect(id)
        today = self._moving.today()
        if area is not None:
            if len(area) < VILLAGE_DIGITS or area[:COUNTY_DIGITS] != case.area[:COUNTY_DIGITS]:
                raise EffectPlaceWrong.at("area")
            principal.department_scope("case.handle").require(area, case.place[1])
            village = await projected(self._session, AreaState, village_of(area))
            if village is None or not village.is_valid_on(today):
                raise EffectPlaceWrong.at("area")
        if starts_on is not None and starts_on > today:
            raise EffectDayWrong.at("starts_on")
        given = {"effect_area": area, "effect_on": starts_on}
        return await self._moving.move(principal.subject, case, CaseAction.ENTER_EFFECT, CaseRevised, given)

    async def granted(self, principal: Principal, case: Case, effect: Mapping[str, Any] | None) -> None:
        """A case is granted: registry is asked for what the item says, if the applicant is a person of the register.

        Raises `CaseEffectIncomplete` for a place or a day that is still to be entered, `CaseEffectOutside` for a place
        in which the caller does not decide.
        """
        if effect is None or case.person_id is None:
            return
        area, day = planned(case, effect)
        if effect["day_from"] == EffectDay.DECISION and day is None:
            day = self._moving.today()
        if area is None or day is None:
            raise CaseEffectIncomplete(case.id)
        if not principal.department_scope(DECIDE).allows(area, case.place[1]):
            raise CaseEffectOutside(case.id)
        await self._effects.ask(case.id, Wanted(case.person_id, effect["kind"], area, day))

    async def ask_again(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Case:
        """再次提请登记: what registry refused was mended there. Raises `CaseEffectNotRefused`."""
        case = await self._moving.begin(principal, id, CaseAction.ASK_EFFECT, expected)
        if not case.granted:
            raise CaseHasNoEffect(id)
        await self._effects.ask_again(id)
        return await self._moving.follow(principal.subject, case, CaseAction.ASK_EFFECT, CaseRevised)

    async def take_answers(self, answers: Sequence[CaseEffectAnswerState]) -> None:
        """Registry has answered: noted in the case, once each; what is undone next stays what it was."""
        await self._moving.deadlines.hold()
        for answer in sorted(answers, key=lambda one: one.id):
            case = await self._moving.cases.locked_anywhere(answer.id)
            noted = None if case is None else await self._effects.note(answer)
            if case is not None and noted is not None:
                action = CaseAction.EFFECT_ANSWERED
                await self._moving.follow(REGISTER, case, action, CaseRevised, reason=noted.code)


def planned(case: Case, effect: Mapping[str, Any]) -> tuple[str | None, date | None]:
    """Place and first day as far as they are certain before the decision: as entered, else the counter's village."""
    is_counter = effect["place_from"] == EffectPlace.COUNTER and len(case.area) >= VILLAGE_DIGITS
    return case.effect_area or (case.area if is_counter else None), case.effect_on
