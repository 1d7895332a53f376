"""Garbage collection of a process: while it loads, and while it lives long."""

import gc

SELDOM = (10_000, 20, 20)
"""Objects of the youngest generation, and collections of it and the next, before the garbage is collected."""

WHILE_LOADING = (100_000, 50, 50)


def load_quickly() -> None:
    """Hardly look for garbage while modules are loaded: next to nothing is, and a fifth of a start was spent on it."""
    gc.set_threshold(*WHILE_LOADING)


def collect_seldom() -> None:
    """Leave what is there now to the end, and look for garbage among what is new, seldom.

    Modules, models and routes stay: a collection that walked through all of them would stop everything for a tenth of a
    second. And what a batch of the relay or of a consumer holds is no garbage before the batch ends.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
