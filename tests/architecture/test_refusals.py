"""What a clerk is told when something is refused: what is wrong, and what to do next, in words of the counter."""

import importlib
import pkgutil
import re
from collections.abc import Iterator, Sequence
from functools import cache

import services
import shared
from shared.errors import DomainError
from tests.each import of_each

WORDS_OF_PROGRAMMERS = re.compile(r"请求头|幂等|令牌|字段|参数|JSON|ETag|If-Match|HTTP|[a-z]+_[a-z]+")


def every_module() -> Iterator[str]:
    """All modules of the product that can be imported by themselves."""
    for package in (services, shared):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if not re.search(r"[.](__main__|migrations|environment)([.]|$)", module.name):
                yield module.name


@cache
def refusals() -> Sequence[type[DomainError]]:
    """Every kind of refusal in the product."""
    for name in every_module():
        importlib.import_module(name)
    found: set[type[DomainError]] = set()
    waiting: list[type[DomainError]] = [DomainError]
    while waiting:
        below = [one for one in waiting.pop().__subclasses__() if one.__module__.startswith(("services.", "shared."))]
        found.update(below)
        waiting.extend(below)
    return sorted(found, key=lambda kind: (kind.__module__, kind.__qualname__))


def test_there_are_refusals_of_the_kit_and_of_every_service() -> None:
    found = {kind.__module__.split(".")[1] for kind in refusals() if kind.__module__.startswith("services.")}
    assert found == {"registry", "services_hall", "grid", "indicators"}
    assert len(refusals()) > 70


@of_each(refusals, lambda kind: kind.__qualname__)
def test_a_refusal_says_what_is_wrong_and_what_to_do_next(kind: type[DomainError]) -> None:
    assert kind.title
    assert not WORDS_OF_PROGRAMMERS.search(kind.title)
    assert kind.advice not in (kind.title, DomainError.advice)
    if "advice" not in kind.__dict__:
        assert kind.code == getattr(kind.__bases__[0], "code", None), "another code has an advice of its own"
    assert not WORDS_OF_PROGRAMMERS.search(kind.advice.partition("；开发人员")[0]), "what programmers do comes last"


def test_one_code_is_one_sentence_with_one_advice() -> None:
    said: dict[str, set[tuple[str, str]]] = {}
    for kind in refusals():
        said.setdefault(kind.code, set()).add((kind.title, kind.advice))
    assert not {code: told for code, told in said.items() if len(told) > 1}
