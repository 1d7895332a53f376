"""Whatever is drafted is refused by place or compiles, and what compiles reads back: never a fault, never a hang."""

import copy
import signal
from collections.abc import Iterator
from types import FrameType
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import ValidationError

from shared.errors import FieldError, Invalid
from shared.http.validation import field_errors
from shared.ledgers.compiler import Ledger, compile_ledger
from shared.ledgers.definitions.reading import definition_json, digest_of
from shared.ledgers.grammar.definition import Definition
from tests.shared.ledgers.builders import TODAY
from tests.shared.ledgers.mutations import SHIPPED, definitions

HUNG = 120
"""Seconds after which one definition is taken to hang."""


@pytest.fixture(autouse=True)
def alarm() -> Iterator[None]:
    """A compile that never ends is a failure, not a test run that never ends."""

    def ring(signum: int, frame: FrameType | None) -> None:
        raise TimeoutError("a definition hangs")

    before = signal.signal(signal.SIGALRM, ring)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def tried(drafted: dict[str, Any]) -> bool:
    """Whether it compiles; if not, it was refused by its places. What compiles reads back and takes values."""
    signal.alarm(HUNG)
    told: list[FieldError] = []
    try:
        definition = Definition.model_validate(drafted)
        ledger = compile_ledger(definition)
    except ValidationError as error:
        told = field_errors(error.errors(include_url=False, include_input=False))
    except Invalid as refused:
        told = list(refused.errors)
    else:
        reads_back(definition, ledger)
        return True
    assert told
    assert all(error.message and error.path for error in told)
    return False


def reads_back(definition: Definition, ledger: Ledger) -> None:
    """What compiles is stored and read as it was, and judges an empty record in every status."""
    stored = orjson.loads(orjson.dumps(definition_json(definition)))
    again = Definition.model_validate(stored)
    assert digest_of(definition_json(again)) == digest_of(stored)
    same = compile_ledger(again, version=7)
    assert (same.privacy, same.sealed_fields, same.initial) == (ledger.privacy, ledger.sealed_fields, ledger.initial)
    empty: dict[str, Any] = {**dict.fromkeys(same.fields), **{name: [] for name in same.rows}}
    for status in same.statuses:
        assert isinstance(same.problems(empty, status, today=TODAY), list)
        assert set(same.computed(empty, status, today=TODAY)) == set(same.computed_fields)


FUZZ = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=60, derandomize=True, **FUZZ)  # type: ignore[arg-type]
@given(definitions())
def test_a_definition_that_nobody_would_write_is_refused_or_reads_back(drafted: dict[str, Any]) -> None:
    tried(drafted)


@pytest.mark.large
@settings(max_examples=10_000, **FUZZ)  # type: ignore[arg-type]
@given(definitions())
def test_ten_thousand_of_them(drafted: dict[str, Any]) -> None:
    tried(drafted)


def leaves(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all values of a definition."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    if not isinstance(part, dict | list):
        yield path
    for key, value in inner:
        yield from leaves(value, (*path, key))


def test_a_number_that_json_cannot_keep_is_refused_wherever_it_stands() -> None:
    """Every kind of place in what ships, by the names on its path."""
    places: dict[tuple[Any, ...], tuple[dict[str, Any], tuple[Any, ...]]] = {}
    for drafted in SHIPPED:
        for path in leaves(drafted):
            places.setdefault(tuple(key for key in path if not isinstance(key, int)), (drafted, path))
    assert len(places) > 100
    for drafted, path in places.values():
        for number in (2**53, -(2**53), 2**70):
            planted = copy.deepcopy(drafted)
            part = planted
            for key in path[:-1]:
                part = part[key]
            part[path[-1]] = number
            assert not tried(planted), (drafted["code"], path, number)


@pytest.mark.parametrize("drafted", SHIPPED, ids=lambda one: one["code"])
def test_what_ships_compiles_and_reads_back(drafted: dict[str, Any]) -> None:
    assert tried(drafted)
