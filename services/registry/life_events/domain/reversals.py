"""Reversals (撤销) of life events: what stands without an event, and which later events rest on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.registry.life_events.domain.events import LifeEvent
from services.registry.life_events.domain.history import EventHistory, in_order
from shared.errors import DomainError
from shared.reference.named_code import NamedCode


class ReversalStatus(NamedCode):
    """Where a reversal stands. `requested`: it waits for a second person."""

    REQUESTED = "requested", "待批准"
    DONE = "done", "已撤销"
    REFUSED = "refused", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"


class ReversalReason(NamedCode):
    """Why a life event is taken back, or its day corrected."""

    WRONG_PERSON = "wrong_person", "人员有误"
    WRONG_DAY = "wrong_day", "日期有误"
    WRONG_PLACE = "wrong_place", "地点有误"
    NOT_HAPPENED = "not_happened", "事项并未发生"
    RECORDED_TWICE = "recorded_twice", "重复登记"
    OTHER = "other", "其他"


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """A life event as it was recorded, and the reversal that is requested or done, if there is one."""

    event: LifeEvent
    number: int
    recorded_at: datetime
    reversal_id: UUID | None
    reversal_status: str | None
    replaced_by: UUID | None

    @property
    def stands(self) -> bool:
        """Whether it counts: it was not taken back."""
        return self.reversal_status != ReversalStatus.DONE


@dataclass(frozen=True, slots=True)
class Remaining:
    """What the life events add up to without one of them, and which of the others cannot stand without it."""

    history: EventHistory
    resting: Sequence[LifeEvent]


def remaining(
    events: Iterable[LifeEvent],
    *,
    books_opened_on: date | None,
    birth_date: date | None = None,
    corrected: UUID | None = None,
) -> Remaining:
    """The history of the events that are left. Each that contradicts those before it rests on what was taken away.

    `corrected`: the event among them whose day is new: what contradicts it by itself is raised.
    """
    left = list(in_order(events))
    resting: list[LifeEvent] = []
    while True:
        try:
            history = EventHistory.of(left, books_opened_on=books_opened_on, birth_date=birth_date)
            return Remaining(history, resting)
        except DomainError as error:
            if error.subject == corrected:
                raise
            refused = next(event for event in left if event.id == error.subject)
            left.remove(refused)
            resting.append(refused)


def redated(event: LifeEvent, on: date, *, id: UUID, reported_on: date) -> LifeEvent:
    """The event with another day, under another id, in its own place in the order of recording."""
    return replace(event, id=id, occurred_on=on, reported_on=reported_on)
