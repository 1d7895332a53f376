"""Refusals that an operation answered although its document does not list them, in this process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from shared.observability import metrics


def unlisted() -> Counter[tuple[str, str]]:
    """How often, by operation and code."""
    [metric] = metrics.HTTP_UNLISTED.collect()
    totals = [one for one in metric.samples if one.name.endswith("_total")]
    return Counter({(one.labels["operation"], one.labels["code"]): int(one.value) for one in totals})


@contextmanager
def every_refusal_listed() -> Iterator[None]:
    """Raises AssertionError if an operation refuses, meanwhile, with a code that its document does not list."""
    before = unlisted()
    yield
    said = sorted(f"{operation} answered {code}" for operation, code in unlisted() - before)
    assert not said, f"{', '.join(said)}: its document does not list it; the route says so with `refuses=(…)`"
