"""Joining all that a county system may read names nobody in a ledger about people: the bus is the same without them."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from shared.contracts.catalogue import TOPICS
from shared.messaging.outbox.tables import OutboxMessage
from shared.testing.clock import FrozenClock
from tests.shared.ledgers.compiler.test_counting import ledger_of
from tests.shared.ledgers.shipped.conftest import HouseOf
from tests.shared.ledgers.shipped.house import FIRST, SECOND, SHIPPED, VILLAGES, House, definition_of, owner_of
from tests.shared.ledgers.shipped.test_planted import everything_is_done

ABOUT_PEOPLE = [path for path in SHIPPED if ledger_of(path).about_persons]
ROUNDS: dict[str, Any] = {
    "code": "open_rounds",
    "title": "公开巡查台账",
    "source": "测试",
    "levels": ["village"],
    "fields": [
        {"name": "kind", "title": "类型", "type": "choice", "choices": [{"code": "a", "title": "甲"}]},
        {"name": "bins", "title": "桶数", "type": "integer"},
        {"name": "on", "title": "日期", "type": "date"},
    ],
    "statuses": [
        {"code": "begun", "title": "巡查中", "initial": True},
        {"code": "done", "title": "完成", "final": True},
    ],
    "steps": [{"verb": "end", "title": "完成", "from": ["begun"], "to": "done", "permission": "record.write"}],
    "published": ["kind", "bins", "on"],
    "measures": [
        {"code": "all", "title": "次数", "meaning": "次数", "kind": "flow", "date": "on", "dimension": "kind"}
    ],
}
"""A ledger about nobody, which travels openly in the same service."""


def plain(value: Any) -> Any:
    """A value without ids, which differ for every record."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items() if name not in ("id", "event_id")}
    return [plain(one) for one in value] if isinstance(value, list) else value


async def published(house: House, after: int) -> tuple[list[Any], list[str], int]:
    """What county systems read since then, without ids, with its order and numbers; the nouns that they do not read."""
    async with house.database.session() as session:
        statement = select(OutboxMessage).where(OutboxMessage.id > after).order_by(OutboxMessage.id)
        rows = (await session.scalars(statement)).all()
    told = [
        (row.type, row.noun, row.sequence, row.occurred_at, plain(json.loads(row.payload)))
        for row in rows
        if TOPICS[row.noun].published
    ]
    hidden = [row.noun for row in rows if not TOPICS[row.noun].published]
    return told, hidden, max((row.id for row in rows), default=after)


async def money_moves(house: House, code: str) -> None:
    """Postings, a reversal, a closed month: of a ledger that keeps accounts about people."""
    base = f"/ledgers/{code}"
    async with house.door.client(FIRST) as one, house.door.client(SECOND) as other:
        held = (await one.get(f"{base}/records", params={"limit": 100, "status": "registered"})).json()["items"] or (
            await one.get(f"{base}/records")
        ).json()["items"]
        record = held[0]["id"]
        kinds = {
            "relief_fund": ("donate", [("fund", None), ("donors", None)]),
            "volunteer_hours": ("serve", [("volunteer", record), ("community", None)]),
            "dividends": ("earn", [("pool", None), ("income", None)]),
        }
        kind, sides = kinds[code]
        sent = [
            {"account": account, "amount": 60, **({"area": VILLAGES[0]} if holder is None else {"record_id": holder})}
            for account, holder in sides
        ]
        posting = await one.post(f"{base}/postings", json={"kind": kind, "day": "2026-11-20", "sides": sent})
        assert posting.status_code in (201, 409), posting.text  # 409: the step has ended the record
        if posting.status_code == 201:
            path = f"{base}/postings/{posting.json()['id']}/reverse"
            back = await other.post(path, json={"reason": "录错"}, headers={"If-Match": "*"})
            assert back.status_code == 200, back.text
        closed = await one.post(f"{base}/closings", json={"area": VILLAGES[0], "month": "2026-10"})
        assert closed.status_code == 201, closed.text


@pytest.mark.parametrize("owner", sorted({owner_of(path) for path in ABOUT_PEOPLE}))
async def test_what_county_systems_read_is_the_same_whether_anybody_stands_in_a_ledger_about_people_or_not(
    owner: str, house_of: HouseOf, clock: FrozenClock
) -> None:
    """Message by message: topic, order, number, time, content. There is nothing to count, to time or to subtract."""
    house = await house_of(owner)
    people = [path for path in ABOUT_PEOPLE if owner_of(path) == owner]
    for definition in (ROUNDS | {"owner": owner}, *map(definition_of, people)):
        await house.publish(definition)
    _, _, last = await published(house, 0)
    worlds, unread, answers = [], [], []
    begun, base = clock.now(), "/ledgers/open_rounds/records"
    for with_people in (False, True):
        clock.set(begun)
        said: list[Any] = []
        async with house.door.client(FIRST) as one:
            values = {"kind": "a", "bins": 3, "on": "2026-11-20"}
            record = await one.post(base, json={"area": VILLAGES[0], "values": values})
            said.append(record)
            for path in people if with_people else ():
                await everything_is_done(house, ledger_of(path))
                if definition_of(path).get("accounts"):
                    await money_moves(house, path.name)
            at = f"{base}/{record.json()['id']}"
            said.append(await one.post(f"{at}/correct", json={"values": {"bins": 4}}, headers={"If-Match": "*"}))
            clock.advance(hours=1)
            said.append(await one.post(f"{at}/steps/end", json={"values": {}}, headers={"If-Match": "*"}))
        assert [answer.status_code for answer in said] == [201, 200, 200], [answer.text for answer in said]
        answers.append([(len(answer.headers["xiangli-position"]), plain(answer.json())) for answer in said])
        told, hidden, last = await published(house, last)
        worlds.append(told)
        unread.append(hidden)
    assert len(worlds[0]) == 3
    assert worlds[1] == worlds[0]
    assert answers[1] == answers[0]
    assert unread[0] == []
    expected = {"restricted_record"} | ({"restricted_ledger_posting"} if owner in ("grid", "registry") else set())
    assert {noun.rpartition(".")[2] for noun in unread[1]} == expected
    assert len(unread[1]) >= 2 * len(people)


def test_the_ledgers_about_people_that_ship_are_among_those() -> None:
    assert {path.name for path in ABOUT_PEOPLE} == {
        *("relief_fund", "volunteer_hours", "job_seekers", "job_offers", "migrant_work", "resettlement_households"),
        *("collective_members", "dividends", "rehabilitation_files", "health_files", "immunisations"),
    }
    assert all(isinstance(path, Path) for path in ABOUT_PEOPLE)
