"""What the hall tells of its items: one fact for each version, the state as the API shows it, and all of it again."""

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.services_hall.features import SPEC
from shared.contracts.services_hall.items import ItemDrafted, ItemPublished, ItemRestated, ItemState
from shared.db.engine import Database
from shared.messaging.outbox.position import Position
from shared.testing.doors import Door
from shared.testing.positions import POSITIONS
from tests.grid.builders import until_it_waits
from tests.services_hall.conftest import CLERK, Facts, draft_item, publish_item, publish_version

NOUN = "services_hall.item"


def state_of(view: Any) -> dict[str, Any]:
    """The state that follows from what the API shows."""
    nothing: dict[str, Any] = {
        "levels": [],
        **dict.fromkeys(("number", "statutory_days", "promised_days", "duty", "window")),
    }
    published = view["published"] or nothing
    return {
        **{name: view[name] for name in ("id", "version", "code", "department", "category", "target", "status")},
        **{name: published[name] for name in ("levels", "statutory_days", "promised_days", "duty", "window")},
        "published_version": published["number"],
    }


async def test_each_version_of_an_item_is_one_fact_with_the_state_that_the_api_shows(door: Door, facts: Facts) -> None:
    shown = [await draft_item(door)]
    item = shown[0].json()["id"]
    second: dict[str, Any] = {"promised_days": 0, "levels": [6, 9, 12], "duty": "basic", "window": "jh_employment"}
    shown += [await publish_version(door, item, **changes) for changes in ({"levels": [12]}, second)]
    told = await facts(NOUN, item)
    assert [type(fact) for fact in told] == [ItemDrafted, ItemPublished, ItemPublished]
    assert [fact.state.version for fact in told] == [1, 2, 3]
    assert [fact.state.model_dump(mode="json") for fact in told] == [state_of(answer.json()) for answer in shown]
    assert [fact.published for fact in told if isinstance(fact, ItemPublished)] == [1, 2]
    assert await facts() == told
    positions = [Position.of([(NOUN, item, version)]) for version in (1, 2, 3)]
    assert [POSITIONS.open(answer.headers["xiangli-position"]) for answer in shown] == positions


async def test_names_conditions_and_phones_are_read_and_not_announced(door: Door, committed: Database) -> None:
    secrets: dict[str, Any] = {"name": "居住证明", "complaint_phone": "0775-8222222", "conditions": ["本村户籍"]}
    item = await publish_item(door, **secrets, materials=[{"name": "身份证", "form": "copy"}])
    async with committed.session() as session:
        rows = await session.scalars(text("SELECT convert_from(payload, 'UTF8') FROM outbox"))
    payloads = "".join(rows)
    assert item in payloads
    assert not [word for word in ("居住证明", "8222222", "户籍", "身份证") if word in payloads]


async def test_every_item_is_said_again_at_its_version_in_the_order_of_ids(
    door: Door, facts: Facts, committed: Database
) -> None:
    items = [await publish_item(door, f"ITEM-{number}") for number in range(3)]
    await publish_version(door, items[0], promised_days=1)
    await draft_item(door, "DRAFT")
    newest: dict[str, ItemState] = {fact.state.subject: fact.state for fact in await facts(NOUN)}
    said: list[Any] = []
    after: str | None = None
    async with committed.session() as session:
        while page := await SPEC.restate[NOUN](session, after, 2):
            assert len(page) <= 2
            said += page
            after = page[-1].state.subject
    assert {type(fact) for fact in said} == {ItemRestated}
    assert [fact.state for fact in said] == [newest[key] for key in sorted(newest, key=UUID)]
    assert len(said) == 4


async def test_who_says_an_item_again_keeps_its_next_version_waiting(
    door: Door, committed: Database, item: str, facts: Facts
) -> None:
    async with committed.session() as restating:
        [fact] = await SPEC.restate[NOUN](restating, None, 10)
        publishing = asyncio.create_task(publish_version(door, item, promised_days=1))
        await until_it_waits(publishing, committed)
        assert fact.state.version == 2
        await restating.rollback()
    assert (await publishing).json()["version"] == 3
    async with door.client(CLERK) as client:
        assert (await client.get(f"/items/{item}")).json()["published"]["number"] == 2
    assert [fact.state.version for fact in await facts(NOUN)] == [1, 2, 3]
