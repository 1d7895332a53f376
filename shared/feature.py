"""What the house needs to know of a noun: one `Feature` in the folder's `feature.py`, all of them in `features.py`.

Router, restatement, routes, schedules, jobs and constraint names of a service are derived from that tuple.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from sqlalchemy import MetaData, Select

from shared.auth.lineage import LineageLoader, projected_lineage
from shared.errors import DomainError
from shared.messaging.projection.routes import Change, ConsumerContext, Hook, Reckon, Route
from shared.reference.codes import PublishedCodes
from shared.rotation.indexes import BlindIndex
from shared.schedules import Schedule
from shared.service import Restate, ServiceSpec


@dataclass(frozen=True)
class Restatement:
    """How the states of a noun are announced again, and the select of the ids of all its aggregates."""

    restate: Restate
    aggregates: Select[Any]


@dataclass(frozen=True)
class ForeignRoute:
    """An address below `/<service>/v1` that speaks a protocol of others, and so is no endpoint of ours.

    `answer` takes the request and gives the response; who calls and what is refused is its own business.
    """

    path: str
    methods: tuple[str, ...]
    answer: Callable[[Any], Awaitable[Any]]


@dataclass(frozen=True)
class Feature:
    """A noun of a service.

    `tag`: group of its endpoints in the documents, with `about`, what the group is about in Chinese and English.
    `states`: per noun of the catalogue, how it is announced again. `routes`: nouns of other services that it follows.
    `constraints`: what the database refuses, by the constraint's name. `jobs`: kinds of long work, made with the
    worker's parts (`shared.process.Worker`). `code_lists`: what its fields may hold, for pages and apps.
    """

    router: APIRouter | None = None
    tag: str = ""
    about: str = ""
    states: Mapping[str, Restatement] = field(default_factory=dict)
    routes: Sequence[Route] = ()
    schedules: Sequence[Schedule] = ()
    constraints: Mapping[str, type[DomainError]] = field(default_factory=dict)
    jobs: Callable[[Any], Sequence[Any]] | None = None
    code_lists: Sequence[PublishedCodes] = ()
    parts: Sequence[object] = ()  # what its endpoints are handed by their kind (`shared.http.kit.part_of`)
    foreign: Sequence[ForeignRoute] = ()
    indexes: Sequence[BlindIndex] = ()  # how its digests are made again for another key
    rebuild: str | None = None  # kind of the job that builds what the service read again


def service_spec(
    name: str,
    title: str,
    features: Sequence[Feature],
    *,
    metadata: MetaData,
    migrations: Path,
    lineage: LineageLoader = projected_lineage,
) -> ServiceSpec:
    """The hub of a service out of its features. `title` is Chinese, for people."""
    states = {noun: how for feature in features for noun, how in feature.states.items()}
    return ServiceSpec(
        name=name,
        title=title,
        metadata=metadata,
        migrations=migrations,
        restate={noun: how.restate for noun, how in states.items()},
        aggregates={noun: how.aggregates for noun, how in states.items()},
        lineage=lineage,
    )


def routes_of(features: Sequence[Feature]) -> tuple[Route, ...]:
    """One route for every noun that any feature follows. Hooks of one noun run in the order of the features.

    One feature at most reckons with a noun: there is one result for all hooks.
    """
    hooks: dict[str, list[Hook]] = {}
    forgotten: dict[str, list[Hook]] = {}
    reckons: dict[str, Reckon] = {}
    for route in (route for feature in features for route in feature.routes):
        hooks.setdefault(route.noun, []).extend([] if route.hook is None else [route.hook])
        forgotten.setdefault(route.noun, []).extend([] if route.forgotten is None else [route.forgotten])
        if route.reckon is not None:
            assert route.noun not in reckons, f"two features reckon with {route.noun}"
            reckons[route.noun] = route.reckon
    return tuple(
        Route(noun, _one_after_the_other(several), _one_after_the_other(forgotten[noun]), reckons.get(noun))
        for noun, several in hooks.items()
    )


def _one_after_the_other(hooks: Sequence[Hook]) -> Hook | None:
    if len(hooks) < 2:
        return hooks[0] if hooks else None

    async def each(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        for hook in hooks:
            await hook(context, changes)

    return each


def schedules_of(features: Sequence[Feature]) -> tuple[Schedule, ...]:
    """Every periodic duty."""
    return tuple(schedule for feature in features for schedule in feature.schedules)


def indexes_of(features: Sequence[Feature]) -> tuple[BlindIndex, ...]:
    """Every blind index that is made again when keys change."""
    return tuple(index for feature in features for index in feature.indexes)


def constraints_of(features: Sequence[Feature]) -> dict[str, type[DomainError]]:
    """What the database refuses, by the constraint's name."""
    return {name: refusal for feature in features for name, refusal in feature.constraints.items()}


def tags_of(features: Sequence[Feature]) -> list[dict[str, str]]:
    """The groups of endpoints for the OpenAPI document, each once."""
    about = {feature.tag: feature.about for feature in features if feature.about}
    return [{"name": name, "description": text} for name, text in about.items()]


def parts_of(features: Sequence[Feature]) -> dict[type[Any], Any]:
    """What endpoints are handed, by kind. Raises `ValueError` if two features bring the same kind."""
    found: dict[type[Any], Any] = {}
    for part in (part for feature in features for part in feature.parts):
        if found.setdefault(type(part), part) is not part:
            raise ValueError(f"two features bring a {type(part).__name__}")
    return found


def code_lists_of(features: Sequence[Feature]) -> dict[str, PublishedCodes]:
    """Every code list by its id. Raises `ValueError` if two features publish different lists under one id."""
    found: dict[str, PublishedCodes] = {}
    for one in (one for feature in features for one in feature.code_lists):
        if found.setdefault(one.id, one) != one:
            raise ValueError(f"two code lists are called {one.id}")
    return found
