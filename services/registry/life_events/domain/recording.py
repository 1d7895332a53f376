"""Recording of one more life event: the history after it, or why it is refused."""

from collections.abc import Sequence
from datetime import date

from services.registry.life_events.domain.events import EventOutOfOrder, LifeEvent
from services.registry.life_events.domain.history import EventHistory
from shared.errors import DomainError, Invalid


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
