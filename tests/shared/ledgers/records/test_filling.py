"""A field becomes a search field: until its index is filled nobody searches by it; then every record is found."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.grid.features import SPEC
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ledgers.records.wiring import LedgerParts, record_use_cases
from shared.process import plain_context
from shared.testing.clock import FrozenClock
from tests.grid.builders import CLERK, VILLAGE, WORKER
from tests.shared.ledgers.builders import choices, definition, field
from tests.shared.ledgers.definitions.conftest import DRAFTER, PUBLISHER
from tests.shared.ledgers.records.conftest import Facts, Send, code_of

RECORDS = "/ledgers/rounds/records"
Fill = Callable[..., Awaitable[bool]]


def rounds(*searched: str, without: str = "") -> dict[str, Any]:
    """A ledger of which these fields are search fields."""
    fields = [
        field("kind", "choice", choices=choices("street", "river")),
        field("bins", "integer"),
        field("keeper", "name", privacy="personal"),
        field("found_on", "date"),
    ]
    shown = [one | {"search": one["name"] in searched} for one in fields if one["name"] != without]
    return definition(fields=shown)


async def publish(send: Send, drafted: dict[str, Any], **how: Any) -> dict[str, Any]:
    answer = await send(DRAFTER, "post", "/ledger-drafts", {"definition": drafted, **how})
    assert answer.status_code == 201, answer.text
    answer = await send(PUBLISHER, "post", "/ledger-drafts/rounds/publish", seen=1)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def opened(send: Send, **values: Any) -> str:
    answer = await send(WORKER, "post", RECORDS, {"area": VILLAGE, "values": {"kind": "street", **values}})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.fixture
def fill(committed: Database, clock: FrozenClock, crypto: Crypto, parts: LedgerParts) -> Fill:
    """One step of the schedule."""

    async def run(limit: int = 2) -> bool:
        async with committed.session() as session:
            more = await record_use_cases(plain_context(session, SPEC, clock, crypto), parts).filling.next(limit)
            await session.commit()
        return more

    return run


async def listed(send: Send, criterion: str) -> list[str]:
    answer = await send(CLERK, "get", RECORDS, params={"filter": criterion})
    assert answer.status_code == 200, answer.text
    return sorted(one["id"] for one in answer.json()["items"])


async def searched(send: Send, name: str, value: Any) -> Any:
    body = {"field": name, "value": value, "purpose": "verification"}
    return await send(CLERK, "post", f"{RECORDS}/search", body)


async def test_until_it_is_filled_a_search_is_refused_and_then_finds_everything(
    send: Send, villages: None, clock: FrozenClock, fill: Fill, facts: Facts
) -> None:
    await publish(send, rounds())
    old = [await opened(send, bins=number, keeper="张三丰") for number in (1, 2, 2, 3, 2)]
    assert (await send(CLERK, "post", f"{RECORDS}/{old[2]}/steps/close", {})).status_code == 200
    said = len(await facts())
    told = await publish(send, rounds("bins", "keeper"))
    assert [one["additive"] for one in told["versions"]] == [True, True], "it only adds"
    new = await opened(send, bins=2, keeper="张三丰")

    async def refused() -> None:
        for path in (RECORDS, f"{RECORDS}/count"):
            answer = await send(CLERK, "get", path, params={"filter": "bins>=2"})
            assert code_of(answer) == (503, "record_search_unfilled")
            assert answer.headers["retry-after"] == "60"
        assert code_of(await searched(send, "keeper", "张三丰")) == (503, "record_search_unfilled")

    await refused()
    assert not await fill(), "whoever still writes by the version before is waited for"
    clock.advance(minutes=3)
    assert await fill()  # in steps of two
    corrected = await send(WORKER, "post", f"{RECORDS}/{old[4]}/correct", {"values": {"bins": 7}}, seen=1)
    assert corrected.status_code == 200
    corrected = await send(WORKER, "post", f"{RECORDS}/{old[0]}/correct", {"values": {"bins": 2}}, seen=1)
    assert corrected.status_code == 200
    await refused()
    while await fill():
        pass
    assert await listed(send, "bins=2") == sorted([old[0], old[1], old[2], new]), "those that ended, too"
    assert await listed(send, "bins>=3") == sorted([old[3], old[4]])
    found = (await searched(send, "keeper", "张三丰")).json()["items"]
    assert len(found) == 6
    assert [fact.type for fact in await facts()][said:] == [
        "grid.record.opened", "grid.record.corrected", "grid.record.corrected",
    ], "nothing is announced of it"  # fmt: skip


async def test_a_field_that_was_no_search_field_for_a_while_is_filled_anew(
    send: Send, villages: None, clock: FrozenClock, fill: Fill
) -> None:
    await publish(send, rounds("bins"))
    record = await opened(send, bins=1)
    await publish(send, rounds())
    assert code_of(await send(CLERK, "get", RECORDS, params={"filter": "bins=1"})) == (422, "record_search_refused")
    answer = await send(WORKER, "post", f"{RECORDS}/{record}/correct", {"values": {"bins": 5}}, seen=1)
    assert answer.status_code == 200
    await publish(send, rounds("bins"))
    clock.advance(minutes=3)
    while await fill():
        pass
    assert (await listed(send, "bins=1"), await listed(send, "bins=5")) == ([], [record])


async def test_a_version_that_opens_later_is_filled_when_it_is_open(
    send: Send, villages: None, clock: FrozenClock, fill: Fill
) -> None:
    await publish(send, rounds("kind"))
    record = await opened(send, bins=4)
    day = clock.now().date().isoformat()
    clock.advance(days=-1)
    await publish(send, rounds("kind", "bins"), opens_on=day)
    assert code_of(await send(CLERK, "get", RECORDS, params={"filter": "bins=4"})) == (422, "record_search_refused")
    assert not await fill()
    assert await listed(send, "kind=street") == [record], "others are not touched"
    clock.advance(days=1)
    assert code_of(await send(CLERK, "get", RECORDS, params={"filter": "bins=4"})) == (503, "record_search_unfilled")
    while await fill():
        pass
    assert await listed(send, "bins=4") == [record]


async def test_without_records_there_is_nothing_to_wait_for(send: Send, villages: None) -> None:
    await publish(send, rounds())
    await publish(send, rounds("bins"))
    assert await listed(send, "bins=1") == []


async def test_what_a_mapping_renames_is_searched_once_the_records_are_moved(
    send: Send, villages: None, clock: FrozenClock, fill: Fill
) -> None:
    await publish(send, rounds("bins"))
    await opened(send, bins=1)
    renamed = rounds("bins", "barrels", without="bins")
    renamed["fields"].append(field("barrels", "integer", search=True))
    await publish(send, renamed, mapping={"fields": [{"old": "bins", "new": "barrels"}]})
    clock.advance(minutes=3)
    assert not await fill()
    answer = await send(CLERK, "get", RECORDS, params={"filter": "barrels=1"})
    assert code_of(answer) == (503, "record_search_unfilled"), "tests/shared/ledgers/moves says when"
