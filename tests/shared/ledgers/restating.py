"""What grid announces again of a noun, page by page."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.grid.features import SPEC
from shared.db.engine import Database


async def require_restated(database: Database, noun: str, told: Mapping[str, Any], *, count: int, page_of: int) -> None:
    """Each object of the noun is announced again once, with the state that was `told` last. `told`: by subject."""
    again: list[Any] = []
    after: str | None = None
    async with database.session() as session:
        while page := await SPEC.restate[noun](session, after, page_of):
            again += page
            after = page[-1].state.subject
        ids = set(await session.scalars(SPEC.aggregates[noun]))
    assert {fact.type for fact in again} == {f"{noun}.restated"}
    assert ids == {UUID(fact.state.subject) for fact in again}
    assert len(again) == count == len(ids)
    for fact in again:
        assert fact.state == told[fact.state.subject]
