"""What steps of a marriage have in common: their days, and the line that is kept of each."""

from datetime import date

from services.registry.life_events.domain import ReversalReason
from services.registry.marriages.domain import MarriageDatesWrong, MarriageRecord, MarriageStep, Step
from shared.auth.principal import Principal
from shared.clock import Clock


def check_days(now: date, day: date, households_on: date | None, path: str, *, since: date | None = None) -> date:
    """The day from which households change: not before the step, not in the future. Raises `MarriageDatesWrong`."""
    if day > now or (since is not None and day < since):
        raise MarriageDatesWrong.at(path)
    if households_on is not None and not day <= households_on <= now:
        raise MarriageDatesWrong.at("households_on")
    return households_on or day


def taken(
    principal: Principal,
    clock: Clock,
    marriage: MarriageRecord,
    step: MarriageStep,
    on: date,
    reason: ReversalReason | None = None,
) -> Step:
    """A step that somebody has taken now."""
    why = None if reason is None else str(reason)
    return Step(marriage.id, marriage.version, step, on, why, principal.subject, clock.now())
