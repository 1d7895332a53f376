"""Standing of a record of a paper register (纸质台账): its status and since when, judged by the ledger's lifecycle.

Pure: the days on which statuses were entered must lie on one way from the initial status to the present one, along
steps that its importer may take. What figures or running limits rest on must be told; what nobody knows is left out.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache

from shared.clock import SHANGHAI
from shared.errors import FieldError
from shared.ledgers.compiler.counting import ENTERED
from shared.ledgers.compiler.ledger import Ledger

STANDS, SINCE = "status", "entered."
"""Paths of errors: of the status, and before the name of a status of the day on which it was entered."""

_FUTURE = "日期不得晚于今天"
_NOT_YOURS = "您没有办理到此状态所需的权限"
_FINAL = "记录不在此终结状态，不能填写它的日期"
_ORDER = "按台账的操作，到达记录现在的状态不经过此状态，或日期先后不符"
_MISSING = "此日期用于统计或计算时限，须填写"
_NO_STATUS = "填写了状态日期的，须同时填写状态"


@dataclass(frozen=True)
class Standing:
    """Where a record stands, and on which days it entered statuses, as far as that is known."""

    status: str | None = None
    entered: Mapping[str, date] = field(default_factory=dict)


class Lifecycle:
    """The ways through the statuses of a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._counted = {
            day.removeprefix(ENTERED)
            for measure in ledger.definition.measures
            for day in (measure.date, *measure.until)
            if day.startswith(ENTERED)
        }
        self._timed = {limit.starts for limit in ledger.limits}
        self._reached: dict[frozenset[str], Mapping[str, frozenset[str]]] = {}
        self._needed: dict[str, frozenset[str]] = {}

    def problems(self, standing: Standing, may: Collection[str], *, today: date) -> list[FieldError]:
        """What is wrong with a standing for somebody who may take the steps with these verbs."""
        ledger, errors = self._ledger, list[FieldError]()
        status = standing.status or ledger.initial
        if standing.status is None and set(standing.entered) - {ledger.initial}:
            errors.append(FieldError(STANDS, "missing", _NO_STATUS))
        if status not in self._reach(frozenset(may))[ledger.initial]:
            errors.append(FieldError(STANDS, "status_not_yours", _NOT_YOURS))
        for name, day in standing.entered.items():
            if day > today:
                errors.append(FieldError(_place(name), "date_in_future", _FUTURE))
            elif name in ledger.finals and name != status:
                errors.append(FieldError(_place(name), "status_not_entered", _FINAL))
        for name in sorted(self._must_be_told(status) - standing.entered.keys()):
            errors.append(FieldError(_place(name), "missing", _MISSING))
        return errors or list(self._astray(standing, status, frozenset(may)))

    def entries(self, standing: Standing | None, now: datetime) -> list[tuple[str, datetime]]:
        """The statuses that are known to have been entered, in their order, the present one last.

        A day is entered at its beginning in Asia/Shanghai; what has no day is entered now if the record stands there.
        """
        if standing is None:
            return [(self._ledger.initial, now)]
        status = standing.status or self._ledger.initial
        told = [(name, _instant(standing.entered[name])) for name in self._ordered(standing, status)]
        return told if status in standing.entered else [*told, (status, now)]

    def _astray(self, standing: Standing, status: str, may: frozenset[str]) -> Iterator[FieldError]:
        """Days that lie on no way from the initial status to the present one."""
        every = self._reach(frozenset(self._ledger.steps))
        mine, at = self._reach(may), self._ledger.initial
        last = standing.entered.get(status)
        for name in [*self._ordered(standing, status), status]:
            late = last is not None and name in standing.entered and standing.entered[name] > last
            if late or name not in every[at]:
                yield FieldError(_place(name) if name in standing.entered else STANDS, "status_not_on_the_way", _ORDER)
                return
            if name not in mine[at]:
                yield FieldError(_place(name) if name in standing.entered else STANDS, "status_not_yours", _NOT_YOURS)
                return
            at = name

    def _ordered(self, standing: Standing, status: str) -> Sequence[str]:
        """Statuses by their days; of one day the present one last, and before it first what leads to most others."""
        reach = self._reach(frozenset(self._ledger.steps))
        return sorted(standing.entered, key=lambda name: (standing.entered[name], name == status, -len(reach[name])))

    def _must_be_told(self, status: str) -> frozenset[str]:
        """Statuses on every way to this one whose days figures are counted by, or from which a limit may still run."""
        if status not in self._needed:
            running = {
                limit.starts
                for limit in self._ledger.limits
                if status not in self._ledger.finals and status in self._closure_without(limit.ends)[limit.starts]
            }
            asked = {name for name in self._counted | running if name == status or self._cannot_avoid(name, status)}
            self._needed[status] = frozenset(asked) if status != self._ledger.initial else frozenset()
        return self._needed[status]

    def _cannot_avoid(self, name: str, status: str) -> bool:
        initial = self._ledger.initial
        return name == initial or status not in self._closure_without([name])[initial]

    def _closure_without(self, statuses: Collection[str]) -> Mapping[str, frozenset[str]]:
        """From each status those that any steps lead to without entering these."""
        return self._closure(frozenset(self._ledger.steps), without=statuses)

    def _reach(self, verbs: frozenset[str]) -> Mapping[str, frozenset[str]]:
        if verbs not in self._reached:
            self._reached[verbs] = self._closure(verbs)
        return self._reached[verbs]

    def _closure(self, verbs: frozenset[str], without: Collection[str] = ()) -> Mapping[str, frozenset[str]]:
        """From each status those that these steps lead to, itself included."""
        leads: dict[str, set[str]] = {name: set() for name in self._ledger.statuses}
        for verb in verbs:
            step = self._ledger.steps[verb]
            for origin in step.origins:
                leads[origin].add(step.to)
        found = {}
        for name in leads:
            reached, queue = {name}, [name]
            while queue:
                fresh = leads[queue.pop()] - reached - set(without)
                reached |= fresh
                queue.extend(fresh)
            found[name] = frozenset(reached)
        return found


@lru_cache(maxsize=64)
def lifecycle_of(ledger: Ledger) -> Lifecycle:
    """The ways through the statuses of a compiled ledger."""
    return Lifecycle(ledger)


def _place(status: str) -> str:
    return f"{SINCE}{status}"


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
