"""Persons: population by residence and by registration, by sex and age."""

from collections.abc import Iterator

from services.indicators.domain.ages import BANDS, reaches
from services.indicators.domain.contributions.base import Contribution, contributes, stay
from shared.contracts.registry import PersonState, PersonStatus


@contributes("registry.person")
def persons(state: PersonState) -> Iterator[Contribution]:
    """Stocks over the person's spans. A merged duplicate counts nothing: its twin does."""
    if state.status is PersonStatus.MERGED:
        return
    yield from stay("POP-RES", state.residence)
    yield from stay("POP-RES", state.residence, dimension=f"sex:{state.sex}")
    for span in state.residence:
        yield from stay("POP-RES", (span,), dimension=f"kind:{span.kind}")
    for band in BANDS:
        enters = reaches(state.birth_month, band.low)
        leaves = None if band.high is None else reaches(state.birth_month, band.high)
        yield from stay("POP-RES", state.residence, enters, leaves, f"age:{band.name}")
    yield from stay("POP-REG", state.registration)
    yield from stay("POP-REG", state.registration, dimension=f"sex:{state.sex}")
