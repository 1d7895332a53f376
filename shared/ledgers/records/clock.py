"""Limits of a record (时限): started, paused and ended by the statuses that it enters, extended, computed again.

Pure: the definition's clock, the record's runs and a calendar come in, the new runs go out. A limit that is running
goes on if its starting status is entered once more; one that ended starts anew. A final status ends them all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared.errors import DomainError, ErrorKind
from shared.ledgers.grammar.lifecycle import Clock, LimitDefinition
from shared.workdays import Pause, WorkingCalendar
from shared.worktime import ClockUnit, end_of_limit, shifted

BY_WORK = frozenset({ClockUnit.WORK_DAY, ClockUnit.WORK_HOUR})
"""Units that need the county's calendar."""

A_SECOND = timedelta(seconds=1)
"""An end is inclusive: what is said of its being over is said after it."""


class LimitNotRunning(DomainError):
    """Refusal: a limit that is not running is to be extended."""

    kind, code, title = ErrorKind.CONFLICT, "record_limit_not_running", "该时限没有在计时，不能延期"
    advice = "请刷新查看各项时限现在的情况"


class LimitOver(DomainError):
    """Refusal: a limit is extended before it ends; afterwards that would only hide that it was missed."""

    kind, code, title = ErrorKind.CONFLICT, "record_limit_over", "时限已过，不能再延期"
    advice = "请尽快办理；超期情况如实说明"


class LimitNotExtensible(DomainError):
    """Refusal: the ledger lets this limit not be extended, or not once more."""

    kind, code, title = ErrorKind.CONFLICT, "record_limit_not_extensible", "该时限不能延期，或已用完延期次数"
    advice = "请在原时限内办理"


EXTENDING = (LimitNotRunning, LimitOver, LimitNotExtensible)
"""What an extension of a limit is refused for."""


@dataclass(frozen=True)
class LimitRun:
    """One limit of a record, as it runs or ran last. `due_at` is None while it stands still with an open end."""

    limit: str
    started_at: datetime
    pauses: tuple[Pause, ...] = ()
    extensions: int = 0
    ended_at: datetime | None = None
    due_at: datetime | None = None
    provisional: bool = False
    fired: tuple[str, ...] = ()

    @property
    def running(self) -> bool:
        return self.ended_at is None

    @property
    def paused(self) -> bool:
        return self.running and any(pause.end is None for pause in self.pauses)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "LimitRun":
        """Out of its stored form."""
        return cls(
            limit=stored["limit"],
            started_at=datetime.fromisoformat(stored["started_at"]),
            pauses=tuple(
                Pause(datetime.fromisoformat(start), None if end is None else datetime.fromisoformat(end))
                for start, end in stored["pauses"]
            ),
            extensions=stored["extensions"],
            ended_at=_instant(stored["ended_at"]),
            due_at=_instant(stored["due_at"]),
            provisional=stored["provisional"],
            fired=tuple(stored["fired"]),
        )

    def stored(self) -> dict[str, Any]:
        """As it is kept with the record."""
        return {
            "limit": self.limit,
            "started_at": self.started_at.isoformat(),
            "pauses": [[one.start.isoformat(), one.end and one.end.isoformat()] for one in self.pauses],
            "extensions": self.extensions,
            "ended_at": self.ended_at and self.ended_at.isoformat(),
            "due_at": self.due_at and self.due_at.isoformat(),
            "provisional": self.provisional,
            "fired": list(self.fired),
        }


@dataclass(frozen=True)
class Deadlines:
    """What lists and schedules ask of the limits of a record."""

    due_at: datetime | None
    runs_until: datetime | None
    warn_at: datetime | None


Runs = tuple[LimitRun, ...]


def needs_calendar(clock: Clock | None) -> bool:
    """Whether a limit of this clock is counted in working time."""
    return clock is not None and any(limit.unit in BY_WORK for limit in clock.limits)


def enter(
    runs: Sequence[LimitRun],
    clock: Clock | None,
    status: str,
    now: datetime,
    calendar: WorkingCalendar,
    *,
    final: bool,
) -> Runs:
    """The runs after the record entered a status."""
    by_limit = {run.limit: run for run in runs}
    for limit in clock.limits if clock else ():
        run = by_limit.get(limit.id)
        if run is not None and run.running:
            run = _entered(run, limit, status, now, final=final)
        elif status == limit.starts and not final:
            run = LimitRun(limit.id, now)
        if run is not None:
            by_limit[limit.id] = computed(run, limit, calendar)
    return tuple(by_limit.values())


def _entered(run: LimitRun, limit: LimitDefinition, status: str, now: datetime, *, final: bool) -> LimitRun:
    pauses = tuple(pause if pause.end is not None else replace(pause, end=now) for pause in run.pauses)
    if final or status in limit.ends:
        return replace(run, pauses=pauses, ended_at=now)
    if status in limit.pauses:
        return run if run.paused else replace(run, pauses=(*pauses, Pause(now)))
    return replace(run, pauses=pauses)


def computed(run: LimitRun, limit: LimitDefinition, calendar: WorkingCalendar) -> LimitRun:
    """The run with its end by the calendar; what has ended keeps the end that it was held to."""
    if not run.running:
        return run
    amount = limit.amount + (limit.extension.amount * run.extensions if limit.extension else 0)
    end = end_of_limit(run.started_at, amount, limit.unit, run.pauses, calendar)
    due_at, provisional = (None, False) if end is None else end
    return replace(run, due_at=due_at, provisional=provisional)


def recomputed(runs: Sequence[LimitRun], clock: Clock | None, calendar: WorkingCalendar) -> Runs:
    """All runs by another calendar."""
    limits = {limit.id: limit for limit in clock.limits} if clock else {}
    return tuple(computed(run, limits[run.limit], calendar) if run.limit in limits else run for run in runs)


def carried(
    runs: Sequence[LimitRun],
    clock: Clock | None,
    status: str,
    now: datetime,
    calendar: WorkingCalendar,
    *,
    final: bool,
) -> Runs:
    """The runs under another version's clock: each goes on as it ran, none is begun. A limit that is gone ends."""
    limits = {limit.id: limit for limit in clock.limits} if clock else {}
    after = []
    for run in runs:
        limit = limits.get(run.limit)
        if not run.running:
            after.append(run)
        elif limit is None:
            after.append(replace(run, ended_at=now))
        else:
            after.append(computed(_entered(run, limit, status, now, final=final), limit, calendar))
    return tuple(after)


def extended(
    runs: Sequence[LimitRun], clock: Clock | None, limit_id: str, now: datetime, calendar: WorkingCalendar
) -> Runs:
    """The runs with one limit extended once. Raises `LimitNotExtensible`, `LimitNotRunning`, `LimitOver`."""
    limit = next((one for one in clock.limits if one.id == limit_id), None) if clock else None
    run = next((one for one in runs if one.limit == limit_id), None)
    if limit is None or limit.extension is None:
        raise LimitNotExtensible
    if run is None or not run.running:
        raise LimitNotRunning
    if run.extensions >= limit.extension.times:
        raise LimitNotExtensible
    if run.due_at is not None and now > run.due_at:
        raise LimitOver
    longer = computed(replace(run, extensions=run.extensions + 1), limit, calendar)
    return tuple(longer if one is run else one for one in runs)


def warnings_at(run: LimitRun, limit: LimitDefinition, calendar: WorkingCalendar) -> dict[str, datetime]:
    """When the warnings that were not fired yet are to be, by their id."""
    if not run.running or run.due_at is None:
        return {}
    return {
        one.id: shifted(run.due_at, one.amount, limit.unit, calendar, before=one.before)
        + (timedelta() if one.before else A_SECOND)
        for one in limit.warnings
        if one.id not in run.fired
    }


def fire(
    runs: Sequence[LimitRun], clock: Clock | None, now: datetime, calendar: WorkingCalendar
) -> tuple[Runs, tuple[tuple[str, str], ...]]:
    """The runs after what is to be warned of by now was, and which limits and warnings these are."""
    limits = {limit.id: limit for limit in clock.limits} if clock else {}
    after: list[LimitRun] = []
    fired: list[tuple[str, str]] = []
    for run in runs:
        due = warnings_at(run, limits[run.limit], calendar) if run.limit in limits else {}
        now_due = [warning for warning, at in due.items() if at <= now]
        fired += [(run.limit, warning) for warning in now_due]
        after.append(replace(run, fired=(*run.fired, *now_due)) if now_due else run)
    return tuple(after), tuple(fired)


def deadlines(runs: Sequence[LimitRun], clock: Clock | None, calendar: WorkingCalendar) -> Deadlines:
    """What is asked of them all."""
    limits = {limit.id: limit for limit in clock.limits} if clock else {}
    ends = [run.due_at for run in runs if run.running and run.due_at is not None]
    warnings = [
        at for run in runs if run.limit in limits for at in warnings_at(run, limits[run.limit], calendar).values()
    ]
    return Deadlines(min(ends, default=None), max(ends, default=None), min(warnings, default=None))


def _instant(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored)
