"""Where a consent counts: in the villages in which its person lived while it held."""

from collections.abc import Sequence
from typing import Any

from services.registry.consents.domain.consents import ConsentRecord
from services.registry.persons.domain import spans_of
from shared.contracts.envelope import Span
from shared.reference.areas import village_of

LIVED = "residence"
"""Kind of the spans: how somebody lives there is nobody's business."""


def villages(one: ConsentRecord, residence: Sequence[dict[str, Any]]) -> tuple[Span, ...]:
    """Spans by village, oldest first, of a person's stored residence from the consent's first day to its last.

    A move within a village is none. What held on no day is in the village of the day on which it was given.
    """
    found: list[Span] = []
    for span in spans_of(list(residence)):
        over = one.last is not None and span.start > max(one.last, one.given_on)
        if over or (span.end is not None and span.end <= one.given_on):
            continue
        area = village_of(span.area)
        if found and (found[-1].area, found[-1].end) == (area, span.start):
            found[-1] = found[-1].model_copy(update={"end": span.end})
        else:
            found.append(Span(area=area, kind=LIVED, start=span.start, end=span.end))
    return tuple(found)
