"""A test of each asks them all; one that fails fails it, and that there are none is an error."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.architecture.operations import distinct, operations
from tests.each import of_each


class Recorded:
    """Subtests that go on after a failure, as pytest's do, and say which failed."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failed: list[str] = []

    @contextmanager
    def test(self, name: str) -> Iterator[None]:
        self.asked.append(name)
        try:
            yield
        except AssertionError:
            self.failed.append(name)


async def test_all_are_asked_and_each_that_fails_is_named() -> None:
    def plain(thing: str) -> None:
        assert thing != "bad"

    async def at_a_door(door: str, thing: str) -> None:
        assert thing != door

    recorded: Any = Recorded()
    await of_each(lambda: ["good", "bad", "better"])(plain)(subtests=recorded)
    await of_each(lambda: ["good", "bad"])(at_a_door)(door="good", subtests=recorded)
    assert recorded.asked == ["good", "bad", "better", "good", "bad"]
    assert recorded.failed == ["bad", "good"]


async def test_that_nothing_is_asked_is_an_error() -> None:
    with pytest.raises(AssertionError, match="nothing is asked for"):
        await of_each(list)(lambda thing: None)(subtests=Recorded())


def test_every_name_of_an_operation_is_tried_in_one_service_at_least() -> None:
    assert {one.id for one in distinct()} == {one.id for one in operations()}
