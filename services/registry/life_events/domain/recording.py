"""Recording of one more life event: the history after it, or why it is refused; and whose books it may write."""

from collections.abc import Callable, Collection, Sequence
from datetime import date

from services.registry.life_events.domain.events import EventOutOfOrder, LifeEvent
from services.registry.life_events.domain.history import EventHistory, in_order
from shared.errors import DomainError, Invalid
from shared.reference.areas import village_of


def record(
    events: Sequence[LifeEvent], event: LifeEvent, *, books_opened_on: date | None, birth_date: date | None = None
) -> EventHistory:
    """The history after one more event.

    Raises `EventOutOfOrder` if the event contradicts a later one, else the refusal of the event itself.
    """
    try:
        return EventHistory.of([*events, event], books_opened_on=books_opened_on, birth_date=birth_date)
    except Invalid:  # about a field of the event itself, whatever happened later
        raise
    except DomainError as error:
        later = any(event.occurred_on < other.occurred_on for other in events)
        if later:
            raise EventOutOfOrder(event.id) from error
        raise


def carried_on(events: Sequence[LifeEvent], answers_for: Callable[[str], bool]) -> Collection[str]:
    """Villages out of which changes of areas brought a person to where the caller answers for.

    What is told late of the time before is entered in their books, by whoever looks after the person now.
    """
    villages: set[str] = set()
    for event in reversed(in_order(events)):
        targets = [place.area for place in (event.residence, event.registration) if place is not None]
        if event.origin is not None and any(answers_for(one) or village_of(one) in villages for one in targets):
            villages.add(event.origin)
    return villages
