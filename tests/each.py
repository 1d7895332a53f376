"""One test for all operations, bodies or fields: each is a subtest with its name.

As parametrised tests they would be thousands, and every worker would build the four applications to count them.
"""

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest


def of_each(things: Callable[[], Iterable[Any]], name: Callable[[Any], str] = str) -> Callable[[Any], Any]:
    """Makes a test of `check(thing)` or `async check(door, thing)`, which asks for each of the things.

    Things are found when the test runs; that there are none is an error.
    """

    def decorate(check: Callable[..., Any]) -> Callable[..., Any]:
        async def ask(subtests: pytest.Subtests, *door: Any) -> None:
            found = list(things())
            assert found, "nothing is asked for"
            for thing in found:
                with subtests.test(name(thing)):
                    outcome = check(*door, thing)
                    if inspect.isawaitable(outcome):
                        await outcome

        async def alone(subtests: pytest.Subtests) -> None:
            await ask(subtests)

        async def at_a_door(door: Any, subtests: pytest.Subtests) -> None:
            await ask(subtests, door)

        test = alone if len(inspect.signature(check).parameters) == 1 else at_a_door
        test.__name__, test.__qualname__, test.__doc__ = check.__name__, check.__qualname__, check.__doc__
        return test

    return decorate
