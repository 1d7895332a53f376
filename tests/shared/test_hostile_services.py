"""Whatever stands in a record of a topic that a service follows: its hooks take it, wait or refuse it by a rule.

A record that its schema lets pass breaks none of them: a letter of a defect would be one of ours. Checksums, questions,
effects and answers come over topics like any other, and whoever may write to one may write all of this.
"""

import importlib
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from shared.testing.plugin import DatabaseOf
from tests.shared.hostile_records import Chance
from tests.shared.test_hostile_records import processor_on, view_of

RECORDS, AT_ONCE = 200, 100
DEFECTS = text("SELECT code, topic FROM dead_letters WHERE code LIKE 'defect%'")


async def defects_after(service: str, committed_of: DatabaseOf, seeds: range) -> Counter[tuple[Any, ...]]:
    """Letters of defects after records by chance to all that a service follows, by code and topic."""
    features: Any = importlib.import_module(f"services.{service}.features")
    database = (await committed_of(service)).database
    processor = processor_on(database, *features.ROUTES, owner=service)
    nouns = tuple(route.noun for route in features.ROUTES)
    for seed in seeds:
        records = Chance(seed, nouns).records(AT_ONCE)
        await processor.process(records, view_of(records))
    async with database.session() as session:
        return Counter(tuple(row) for row in await session.execute(DEFECTS))


@pytest.mark.parametrize("service", ["grid", "registry", "services_hall"])
async def test_no_record_by_chance_breaks_a_hook(service: str, committed_of: DatabaseOf) -> None:
    assert await defects_after(service, committed_of, range(1, 1 + RECORDS // AT_ONCE)) == Counter()
