"""Libraries that are loaded when they are first used: those that start slowly and that most processes never ask."""

import importlib.util
import sys
from types import ModuleType


def lazily(name: str) -> ModuleType:
    """A module that loads itself with the first look at anything in it. `name`: of a package, not of a part of one.

    Raises `ModuleNotFoundError` at once for what is not installed. Two threads may not look at the same time: whoever
    uses it keeps them apart.
    """
    known = sys.modules.get(name)
    if known is not None:
        return known
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
