"""Use cases of checks (数值核对): area by area, daily and when an operator asks."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from services.indicators.contributions.domain.base import CONTRIBUTIONS
from services.indicators.contributions.service.nouns import COUNTED
from services.indicators.countings.repository import CountingRepository
from services.indicators.definitions.repository import DefinitionRepository
from services.indicators.deltas.service import counted_by
from services.indicators.explanations.repository import ExplanationRepository
from services.indicators.figure_checks.domain import Key, counted_in, differing
from services.indicators.figure_checks.models import FigureCheck, FigureDifference
from services.indicators.figure_checks.repository import FigureCheckRepository
from shared.clock import today
from shared.messaging.context import UseCaseContext
from shared.observability.logging import get_logger
from shared.reference.areas import VILLAGE_DIGITS

log = get_logger(__name__)

EVERY = timedelta(days=1)
KEPT = timedelta(days=90)
"""Differences that were mended are told so long."""
PAGE = 2_000
"""States that are counted at once."""


class FigureChecks:
    """A check walks through all areas, one in each transaction, while nothing is counted."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._checks = FigureCheckRepository(context.session)
        self._definitions = DefinitionRepository(context.session)
        self._countings = CountingRepository(context.session)
        self._states = ExplanationRepository(context.session)

    async def begin(self) -> FigureCheck:
        """Check everything from now on, whatever was being checked."""
        return await self._checks.begin(self._clock.now())

    async def read(self) -> tuple[FigureCheck | None, int]:
        """The last check, and how many differences stand."""
        return await self._checks.read(), await self._checks.standing()

    async def page(self, *, standing: bool, before: int | None, limit: int) -> Sequence[FigureDifference]:
        """What was found to differ, the newest first. Of restricted and guarded indicators nothing is told: that there
        is something in a village says that there is somebody."""
        return await self._checks.page(standing=standing, before=before, limit=limit)

    async def check_next(self) -> bool:
        """Check the next area of a check that is under way or due. False: there is nothing to do."""
        now = self._clock.now()
        await self._checks.hold()
        check = await self._checks.last()
        if check is None or (check.ended_at is not None and check.begun_at <= now - EVERY):
            check = await self._checks.begin(now)
        if check.ended_at is not None:
            return False
        area = await self._checks.next_area(check.after)
        if area is None:
            check.ended_at = now
            await self._checks.forget(now - KEPT)
            return False
        await self._check(area)
        check.after, check.areas = area, check.areas + 1
        return True

    async def _check(self, area: str) -> None:
        filling = await self._countings.filling()
        expected = await self._counted(area)
        if len(area) < VILLAGE_DIGITS:
            expected.update(await self._checks.stored_below(area))
        parts = differing(expected, await self._checks.stored(area), filling)
        if parts:
            log.error("figures_differ", area=area, measures=len(parts))
        await self._checks.note(area, parts, await self._guarded() if parts else (), self._clock.now())

    async def _counted(self, area: str) -> Counter[Key]:
        """What the states count in a village, or at a larger area's own level."""
        counters = await self._countings.live(None)
        found = Counter[Key]()
        for noun in sorted({*CONTRIBUTIONS, *COUNTED}):
            after, more = "", True
            while more:
                held = await self._states.states(noun, area, after, PAGE)
                for one in held:
                    found.update(counted_in(area, counted_by(one.state, counters)))
                after, more = held[-1].state.subject if held else after, len(held) == PAGE
        return found

    async def _guarded(self) -> frozenset[str]:
        versions = await self._definitions.versions()
        day = today(self._clock)
        known = [versions.on(code, day) for code in versions.codes]
        guarded = [one for one in known if one.restricted or one.least]
        totals = [total for one in guarded for total in (*one.totals, *one.made_of)]
        return frozenset(measure.code for total in totals for measure in total.measures)
