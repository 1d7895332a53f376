"""Trials: a draft is counted over what is held, beside the version in force; nothing is changed by it."""

from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.indicators.contributions.service.counters import Counter, NounCounters
from services.indicators.definitions.domain import Measure
from services.indicators.definitions.models import DefinitionDraft
from services.indicators.definitions.repository import DefinitionRepository
from services.indicators.definitions.service.checking import as_definition, checked
from services.indicators.definitions.service.definitions import Known
from services.indicators.definitions.service.drafting import DefinitionDrafts, Drafted
from services.indicators.definitions.service.grammar import DraftContent
from services.indicators.deltas.domain import Row, add_difference, rolled_up
from services.indicators.deltas.repository import DeltaRepository
from services.indicators.figures.domain import AreaFigures
from services.indicators.figures.service.summing import FigureSums, Sum, counted_at, figures_of, pieces_of
from services.indicators.trials.domain import KEY, added, compared, told
from services.indicators.trials.repository import TrialRepository
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.contracts.catalogue import told_of
from shared.db.compare_and_set import Seen
from shared.jobs.context import JobContext
from shared.jobs.queue import Job, enqueue
from shared.messaging.context import UseCaseContext

TRIAL = "definition_trial"
"""The kind of the job."""

DRAFT = "indicators.definition_draft"
"""The noun of a draft in the access log."""

PAGE = 5_000
"""States that are counted in one step."""


class Trials:
    """Use cases of who drafts."""

    def __init__(self, context: UseCaseContext, drafts: DefinitionDrafts) -> None:
        self._session = context.session
        self._access = context.access
        self._drafts = drafts

    async def start(self, principal: Principal, code: str, expected: Seen) -> Job:
        """Try a draft out; noted, as whoever tries a condition asks of all that it counts.

        Raises `NotFound`, `VersionMismatch`, `JobAlreadyOpen`, what a draft is refused for.
        """
        draft = await self._drafts.read(code, expected)
        self._note(principal, "try_definition", draft)
        await self._drafts.checked(principal, DraftContent.model_validate(draft.content))
        params = {"code": code, "version": draft.version}
        return await enqueue(self._session, TRIAL, params, lane=f"{TRIAL}:{code}", requested_by=principal.subject)

    async def read(self, principal: Principal, code: str) -> DefinitionDraft:
        """The draft with what came of its trial; noted. Raises `NotFound`, `DefinesMore`."""
        draft = await self._drafts.read(code)
        self._note(principal, "read_trial", draft)
        await self._drafts.require_may_count(principal, DraftContent.model_validate(draft.content))
        return draft

    def _note(self, principal: Principal, action: str, draft: DefinitionDraft) -> None:
        """Under the noun that is counted; of what is made of other indicators, under the draft's own."""
        counted = DraftContent.model_validate(draft.content).counted
        self._access.note(
            principal,
            action=action,
            noun=DRAFT if counted is None else counted.noun,
            object_id=draft.code,
            purpose=Purpose.STATISTICS,
            detail=Detail.EXISTENCE,
        )


@dataclass(frozen=True)
class Running:
    """A trial at work: a draft, what is counted by it, and for which day and period."""

    context: JobContext
    day: date

    @property
    def since(self) -> date:
        return date(self.day.year, 1, 1)

    async def run(self) -> None:
        """Count all that is held by the draft's rule, page by page; then compare, and keep what came of it."""
        more = True
        while more:
            async with self.context.step() as step:
                drafted = await self._drafted(step.session)
                if drafted is None or drafted.rule is None:
                    break
                after = (step.cursor or {}).get("after", "")
                found = await TrialRepository(step.session).page(drafted.rule.noun.name, after, PAGE)
                amounts = _amounts(drafted, [state for _, state in found])
                step.counts["sums"] = added(step.counts.get("sums", {}), amounts, self.since, self.day)
                more = len(found) == PAGE
                step.reached(
                    {"after": found[-1][0] if found else after}, done=told_of(drafted.rule.noun.name, len(found))
                )
        async with self.context.step() as step:
            drafted = await self._drafted(step.session)
            if drafted is not None:
                trial = await self._compared(step.session, drafted, step.counts.get("sums", {}))
                params = self.context.params
                await TrialRepository(step.session).keep(params["code"], params["version"], trial)
            step.counts.pop("sums", None)

    async def _drafted(self, session: AsyncSession) -> Drafted | None:
        """The draft as it was asked for. None: it was changed, published or thrown away meanwhile."""
        definitions = DefinitionRepository(session)
        draft = await definitions.draft(self.context.params["code"])
        if draft is None or draft.version != self.context.params["version"]:
            return None
        known = await definitions.versions()
        version, rule = checked(DraftContent.model_validate(draft.content), known, self.day)
        return Drafted(version, rule, known)

    async def _compared(self, session: AsyncSession, drafted: Drafted, sums: dict[str, Any]) -> dict[str, Any]:
        areas = await TrialRepository(session).areas()
        openings = await DeltaRepository(session).openings()
        figures = FigureSums(session)
        opens_on = drafted.version.opens_on or self.day
        definition = as_definition(drafted.version, drafted.known, max(self.day, opens_on))
        counted = _as_sums(sums) if drafted.version.measure is not None else None
        if drafted.rule is None or counted is None:
            counted = await figures.of(areas, [definition], self.since, self.day)
        after = [
            figures_of(one, [definition], counted if openings.has_figures(one, self.day) else None) for one in areas
        ]
        code, before = drafted.version.code, None
        if drafted.known.of(code):
            pieces = pieces_of(Known(drafted.known, [code], asked=True), self.since, self.day, asked=True)
            before = await figures.figures(areas, pieces, openings, counted_at(openings))
        return self._told(before, after, drafted)

    def _told(
        self, before: Iterable[AreaFigures] | None, after: Iterable[AreaFigures], drafted: Drafted
    ) -> dict[str, Any]:
        return {
            "as_of": self.day.isoformat(),
            "since": self.since.isoformat(),
            "kind": drafted.version.kind,
            "areas": [
                {"area": one.area, "before": told(one.before), "after": told(one.after)}
                for one in compared(before, after)
            ],
        }


def _amounts(drafted: Drafted, states: Iterable[Any]) -> Tally[Row]:
    version, rule = drafted.version, drafted.rule
    assert rule is not None
    assert version.measure is not None
    counter = Counter(version.measure.code, rule, version.scale, guarded=version.least > 0)
    counters = NounCounters(rule.noun, [counter])
    amounts = Tally[Row]()
    for state in states:
        add_difference(amounts, (), counters.contributions(state))
    return rolled_up(amounts)


def _as_sums(kept: Mapping[str, Sequence[int]]) -> dict[tuple[str, Measure], Sum]:
    """What was added up, as sums of its measures."""
    found = {}
    for key, (stock, flow) in kept.items():
        area, measure, dimension = key.split(KEY)
        found[area, Measure(measure, dimension)] = Sum(stock, flow)
    return found
