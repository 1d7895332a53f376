"""Of several who draft, change, publish or retire a ledger at the same moment one does, and the others are told so."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import httpx

from shared.db.engine import Database
from shared.ledgers.definitions.models import LedgerVersion
from tests.shared.ledgers.builders import definition, field
from tests.shared.ledgers.definitions.conftest import DRAFTER, PUBLISHER, Facts, Send, an_officer

Publish = Callable[..., Awaitable[httpx.Response]]

OFFICERS = [an_officer(f"officer-{number}") for number in range(6)]
DRAFTS, LEDGER = "/ledger-drafts", "/ledgers/rounds"


def told(answers: list[httpx.Response]) -> Counter[tuple[int, str | None]]:
    return Counter((one.status_code, None if one.is_success else one.json()["code"]) for one in answers)


async def test_of_six_drafters_one_has_the_draft(send: Send) -> None:
    bodies = [{"definition": definition(title=f"保洁{number}")} for number in range(6)]
    answers = await asyncio.gather(
        *(send(who, "post", DRAFTS, body) for who, body in zip(OFFICERS, bodies, strict=True))
    )
    assert told(answers) == {(201, None): 1, (409, "draft_exists"): 5}
    [made] = [one.json() for one in answers if one.is_success]
    assert (await send(DRAFTER, "get", f"{DRAFTS}/rounds")).json() == made


async def test_of_six_publishers_one_publishes_once(send: Send, facts: Facts, committed: Database) -> None:
    assert (await send(DRAFTER, "post", DRAFTS, {"definition": definition()})).status_code == 201
    answers = await asyncio.gather(*(send(who, "post", f"{DRAFTS}/rounds/publish", seen=1) for who in OFFICERS))
    answered = told(answers)
    assert answered.pop((200, None)) == 1
    assert set(answered) <= {(412, "version_mismatch"), (404, "not_found")}
    assert [(one.type, one.state.version) for one in await facts()] == [("grid.ledger.published", 1)]
    async with committed.session() as session:
        assert await session.get(LedgerVersion, ("rounds", 2)) is None


async def test_what_was_read_is_what_is_published_whoever_changes_the_draft_meanwhile(send: Send) -> None:
    """Never a title that its publisher has not seen, and never a draft that is lost."""
    for turn in range(4):
        code = f"rounds_{turn}"
        assert (await send(DRAFTER, "post", DRAFTS, {"definition": definition(code=code)})).status_code == 201
        changed = {"definition": definition(code=code, title="改过")}
        published, redrafted = await asyncio.gather(
            send(PUBLISHER, "post", f"{DRAFTS}/{code}/publish", seen=1),
            send(OFFICERS[0], "post", f"{DRAFTS}/{code}/redraft", changed, seen=1),
        )
        assert {published.is_success, redrafted.is_success} == {True, False}, (published.text, redrafted.text)
        if published.is_success:
            read = await send(DRAFTER, "get", f"/ledgers/{code}/versions/1")
            assert read.json()["definition"]["title"] == "保洁巡查"
        else:
            assert (await send(DRAFTER, "get", f"{DRAFTS}/{code}")).json()["definition"]["title"] == "改过"
            assert (await send(DRAFTER, "get", f"/ledgers/{code}")).status_code == 404


async def test_a_ledger_is_retired_or_gets_its_next_version_and_never_both_of_one_state(
    publish: Publish, send: Send, facts: Facts
) -> None:
    assert (await publish()).status_code == 200
    more = definition(fields=[*definition()["fields"], field("note")])
    assert (await send(DRAFTER, "post", DRAFTS, {"definition": more})).status_code == 201
    answers = await asyncio.gather(
        send(PUBLISHER, "post", f"{DRAFTS}/rounds/publish", seen=1),
        send(OFFICERS[0], "post", f"{LEDGER}/retire", seen=1),
    )
    assert sorted(one.is_success for one in answers) == [False, True], [one.text for one in answers]
    refused = next(one for one in answers if not one.is_success)
    assert (refused.status_code, refused.json()["code"]) in {(412, "version_mismatch"), (409, "ledger_retired")}
    assert [one.state.version for one in await facts()] == [1, 2]


async def test_of_two_who_retire_it_one_does(publish: Publish, send: Send, facts: Facts) -> None:
    assert (await publish()).status_code == 200
    answers = await asyncio.gather(*(send(who, "post", f"{LEDGER}/retire", seen=1) for who in OFFICERS))
    answered = told(answers)
    assert answered.pop((200, None)) == 1
    assert set(answered) <= {(412, "version_mismatch"), (409, "ledger_retired")}
    assert [one.type for one in await facts()] == ["grid.ledger.published", "grid.ledger.retired"]
