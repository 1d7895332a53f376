"""Every request example of the published document is sent to a running county and does what its operation is for."""

import json
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from deploy.local.stack.deployment import ROOT
from deploy.local.story.client import StoryClient
from deploy.local.story.household import Story
from tests.e2e.examples_grid import EXAMPLES
from tests.e2e.examples_sent import Sent
from tests.e2e.examples_walk import Walk
from tests.e2e.stack import Running

pytestmark = [pytest.mark.county, pytest.mark.embedded, pytest.mark.xdist_group("stack")]

DOCUMENT = json.loads((ROOT / "docs/api/openapi.json").read_text(encoding="utf-8"))


async def differ(county: Running) -> None:
    """A discrepancy to be explained, and unusual reading: no request makes one, so its row is written.

    The check of the walk ends other discrepancies.
    """
    connection = await asyncpg.connect(county.stack.postgres.dsn(database="registry"))
    try:
        await connection.execute(
            "INSERT INTO discrepancies (id, version, area, book, ledger, stock, status, found_at, changed_at)"
            " VALUES (gen_random_uuid(), 1, '450481100201', 'residence', 2, 1, 'open', now(), now())"
        )
        await connection.execute(
            "INSERT INTO reading_findings (id, version, status, rule, reader, day, area, measured, bound, villages,"
            " found_at) VALUES (gen_random_uuid(), 1, 'open', 'full', 'somebody', current_date, '450481100201', 51, 50,"
            " ARRAY['450481100201'], now())"
        )
    finally:
        await connection.close()


async def miss(county: Running) -> None:
    """Two benefits that a list has no more: departments deliver on the bus, so their rows are written."""
    connection = await asyncpg.connect(county.stack.postgres.dsn(database="registry"))
    try:
        await connection.execute(
            "INSERT INTO benefits (id, version, person_id, kind, source, area, list_id, as_of, since, status,"
            " missing_on, tag_id, tag_ended, recorded_at)"
            " SELECT gen_random_uuid(), 1, person_id, 'minimum_living', 'urn:county:450481:civil-affairs', '450481',"
            " 'DB-1', started_on, started_on, 'missing', started_on, id, false, now()"
            " FROM tags WHERE family = 'care' AND ended_on IS NULL ORDER BY id DESC LIMIT 2"
        )
    finally:
        await connection.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def walk(second: Running) -> AsyncIterator[Walk]:
    """One county for all examples: what one makes, a later one uses. Its figures have caught up."""
    asking = StoryClient(second.stack.ports)
    await Story(second.stack, asking).settles()
    await asking.close()
    await differ(second)
    await miss(second)
    one = Walk(DOCUMENT, second.stack.ports)
    yield one
    one.close()


@pytest.mark.parametrize("sent", EXAMPLES, ids=[f"{number:02}-{one.operation}" for number, one in enumerate(EXAMPLES)])
async def test_an_example_is_accepted_as_it_stands(walk: Walk, sent: Sent) -> None:
    answer = walk.send(sent)
    assert answer.status_code in walk.documented(sent), answer.text


def test_the_walk_sends_the_example_of_every_operation_that_takes_a_body() -> None:
    bodies = {
        item[verb]["operationId"]
        for item in DOCUMENT["paths"].values()
        for verb in ("post", "put", "patch")
        if "requestBody" in item.get(verb, {})
    }
    assert bodies <= {one.operation for one in EXAMPLES}
