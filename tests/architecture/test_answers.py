"""Answers tell what is stored: no view judges a code by a list, for a code that was listed once stays stored."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any, get_args

import services
import shared
from shared.http.schemas import OneOf, View


def views() -> Iterator[type[View]]:
    """Every view of the product."""
    for package in (services, shared):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".schemas" in module.name or ".http." in module.name:
                importlib.import_module(module.name)
    waiting = [View]
    while waiting:
        found = waiting.pop().__subclasses__()
        waiting += found
        yield from found


def judged(annotation: Any, metadata: Any) -> bool:
    """Whether a type, or one inside it, is judged by a list of codes."""
    inside = [*metadata, *getattr(annotation, "__metadata__", ())]
    return any(isinstance(one, OneOf) for one in inside) or any(judged(one, ()) for one in get_args(annotation))


def test_no_view_judges_a_stored_code() -> None:
    found = sorted(
        {
            f"{view.__module__}.{view.__qualname__}.{name}"
            for view in views()
            for name, field in view.model_fields.items()
            if judged(field.annotation, field.metadata)
        }
    )
    assert found == []
