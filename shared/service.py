"""What the doors know of a service: one value per service, put together in `services/<service>/features.py`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, Select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.lineage import LineageLoader, projected_lineage
from shared.contracts.envelope import Fact

Restate = Callable[[AsyncSession, str | None, int], Awaitable[Sequence[Fact[Any]]]]
"""`(session, after, limit)` → the next `restated` facts of a noun in id order, their rows locked FOR UPDATE."""


@dataclass(frozen=True)
class ServiceSpec:
    """Name, schema and the ways to say everything again."""

    name: str  # registry | services_hall | grid | indicators: package, owner, consumer group, database
    title: str  # Chinese, for people
    metadata: MetaData  # the service's own tables
    migrations: Path  # services/<name>/migrations
    restate: Mapping[str, Restate] = field(default_factory=dict)  # by noun
    aggregates: Mapping[str, Select[Any]] = field(default_factory=dict)  # by noun: the ids of what `restate` says
    lineage: LineageLoader = projected_lineage  # the tree through which grants open areas, at every door

    def __post_init__(self) -> None:
        if set(self.restate) != set(self.aggregates):
            raise ValueError(f"{self.name}: restate and aggregates must name the same nouns")

    @property
    def path(self) -> str:
        """The first segment of every API path."""
        return self.name.replace("_", "-")
