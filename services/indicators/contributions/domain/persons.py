"""Persons: population by residence and by registration, by sex and age."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from services.indicators.contributions.domain.ages import BANDS, reaches
from services.indicators.contributions.domain.base import Contribution, Part, contributes, parts_held
from shared.contracts.registry.persons import PersonState
from shared.reference.areas import VILLAGE_DIGITS

ALWAYS = date.min


@contributes("registry.person", measures=("POP-RES", "POP-REG"))
def persons(state: PersonState) -> Iterable[Contribution]:
    """Stocks over the person's spans in villages. A merged duplicate counted up to its merge, as in the ledger.

    A registered place elsewhere in the country is known down to its town at most: it counts in no book of ours.
    """
    held: list[Contribution] = []
    whole_and_sex: tuple[Part, ...] = (("", ALWAYS, None), (f"sex:{state.sex}", ALWAYS, None))
    for span in state.residence:
        kind = (f"kind:{span.kind}", ALWAYS, None)
        held += parts_held("POP-RES", span, (*whole_and_sex, kind, *_bands(state.birth_month)))
    for span in state.registration:
        if len(span.area) >= VILLAGE_DIGITS:
            held += parts_held("POP-REG", span, whole_and_sex)
    return held


@lru_cache(maxsize=4096)  # there are some 1,300 months of birth among the living, and this is the hottest line of all
def _bands(birth_month: str) -> tuple[Part, ...]:
    return tuple(
        (
            f"age:{band.name}",
            reaches(birth_month, band.low),
            None if band.high is None else reaches(birth_month, band.high),
        )
        for band in BANDS
    )
