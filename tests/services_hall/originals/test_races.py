"""Two at one original, one agency or one authorisation at the same moment: one wins, nothing is between two hands."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from shared.testing.doors import a_principal
from tests.services_hall.agencies.carrying import AGENT, SUBSTITUTE, TOWN, TOWN_OFFICER, Carrying
from tests.services_hall.agencies.carrying import carrying as carrying
from tests.services_hall.conftest import CLERK, NOT_FOUND, Facts, refusal
from tests.services_hall.originals.test_custody import BACK, LOST, TO_TOWN

SECOND = a_principal("town_officer", TOWN, "town-second")
REVOKED = {"revoked_on": "2026-03-16"}


async def at_once(carrying: Carrying, *asked: tuple[Any, str, Any]) -> Counter[int]:
    answers = await asyncio.gather(*(carrying.ask(who, path, body) for who, path, body in asked))
    assert all(one.status_code in (200, 201, 403, 409, 412) for one in answers), [one.text for one in answers]
    return Counter(one.status_code for one in answers)


async def receipts(committed: Database) -> list[tuple[str, str]]:
    """Kinds and states of the receipts of originals, in the order of their issue."""
    async with committed.session() as session:
        statement = "SELECT kind, status FROM case_documents WHERE original_id IS NOT NULL ORDER BY id"
        return [(row.kind, row.status) for row in await session.execute(text(statement))]


async def holders(committed: Database) -> list[tuple[str, str | None]]:
    async with committed.session() as session:
        rows = await session.execute(text("SELECT status, holder FROM originals ORDER BY id"))
        return [(row.status, row.holder) for row in rows]


@pytest.mark.parametrize("other", ["lose", "return", "annul"])
async def test_a_hand_over_and_the_end_of_custody_at_once_are_one_and_a_refusal(
    carrying: Carrying, committed: Database, other: str
) -> None:
    original = await carrying.received(await carrying.accepted())
    path = f"/originals/{original['id']}"
    body = {"lose": LOST, "return": BACK}.get(other)
    seen = await at_once(carrying, (AGENT, f"{path}/hand-over", TO_TOWN), (AGENT, f"{path}/{other}", body))
    ((status, holder),) = await holders(committed)
    if other == "lose" and seen == {200: 2}:
        assert (status, holder) == ("lost", AGENT.subject), "what is on its way may still be lost"
    else:
        assert seen == {200: 1, 409: 1}
    assert (holder is None) is (status in ("returned", "annulled"))


async def test_taken_or_lost_at_once_it_is_one_holders(carrying: Carrying, committed: Database) -> None:
    original = await carrying.received(await carrying.accepted())
    path = f"/originals/{original['id']}"
    await carrying.done(AGENT, f"{path}/hand-over", TO_TOWN)
    seen = await at_once(carrying, (TOWN_OFFICER, f"{path}/take", None), (AGENT, f"{path}/lose", LOST))
    assert seen[200] == 1
    ((status, holder),) = await holders(committed)
    assert (status, holder) in (("held", TOWN_OFFICER.subject), ("lost", AGENT.subject))
    papers = await receipts(committed)
    assert papers == [("custody_receipt", "issued"), *[("custody_hand_over", "issued")] * (status == "held")]


async def test_an_undo_of_the_hand_over_and_its_taking_at_once_leave_one_holder(
    carrying: Carrying, committed: Database
) -> None:
    original = await carrying.received(await carrying.accepted())
    path = f"/originals/{original['id']}"
    await carrying.done(AGENT, f"{path}/hand-over", TO_TOWN)
    undo, take = await asyncio.gather(carrying.undo(AGENT, path, 2), carrying.ask(TOWN_OFFICER, f"{path}/take"))
    # once it is back, the town is no place of it any more
    assert sorted((undo.status_code, take.status_code)) in ([200, 404], [200, 409], [200, 412])
    ((status, holder),) = await holders(committed)
    assert (status, holder) == ("held", AGENT.subject if undo.status_code == 200 else TOWN_OFFICER.subject)
    assert len(await receipts(committed)) == (1 if undo.status_code == 200 else 2)


async def test_a_return_that_is_sent_twice_has_one_receipt(carrying: Carrying, committed: Database) -> None:
    original = await carrying.received(await carrying.accepted())
    path = f"/originals/{original['id']}/return"
    once = {"If-Match": '"1"', "Idempotency-Key": "return-1"}
    first, second = [await carrying.ask(AGENT, path, BACK, **once) for _ in range(2)]
    assert (first.status_code, first.content) == (200, second.content)
    assert await receipts(committed) == [("custody_receipt", "issued"), ("custody_return", "issued")]
    stale = await carrying.ask(AGENT, path, BACK, **{"If-Match": '"1"'})
    assert refusal(stale)[:2] == (412, "version_mismatch")


async def test_an_archive_and_an_original_that_comes_back_out_at_once_leave_nothing_behind(
    carrying: Carrying, committed: Database
) -> None:
    """An undo of a return, or the archive: never both."""
    agency = await carrying.accepted()
    original = await carrying.received(agency)
    back = await carrying.done(AGENT, f"/originals/{original['id']}/return", BACK)
    await carrying.ended(agency)
    await carrying.step(agency, "deliver")
    archive, undo = await asyncio.gather(
        carrying.ask(CLERK, f"/agencies/{agency['id']}/archive"),
        carrying.undo(AGENT, f"/originals/{original['id']}", back["version"]),
    )
    assert sorted((archive.status_code, undo.status_code)) == [200, 409]
    code = "original_agency_ended" if archive.status_code == 200 else "originals_outstanding"
    assert refusal(undo if archive.status_code == 200 else archive)[1] == code


async def test_a_revocation_and_a_step_of_the_agent_at_once_end_with_the_revocation(
    carrying: Carrying, facts: Facts
) -> None:
    agency = await carrying.entrusted()
    revoke = f"/authorisations/{agency['authorisation_id']}/revoke"
    seen = await at_once(carrying, (CLERK, revoke, REVOKED), (AGENT, f"/agencies/{agency['id']}/accept", {}))
    assert seen[200] >= 1
    now = await carrying.read(CLERK, f"/agencies/{agency['id']}")
    assert now["status"] == "revoked", "whichever came first"
    told = [one.type.rsplit(".", 1)[1] for one in await facts(subject=agency["id"])]
    assert told == (["entrusted", "accepted", "revoked"] if seen[200] == 2 else ["entrusted", "revoked"])


async def test_a_revocation_and_another_case_entrusted_by_it_at_once_leave_nothing_carried(carrying: Carrying) -> None:
    agent, first, second = await carrying.appointed(), await carrying.case(), await carrying.case()
    given = await carrying.authorised(first, agent)
    body = {"case_id": second["id"], "authorisation_id": given["id"]}
    await at_once(carrying, (CLERK, f"/authorisations/{given['id']}/revoke", REVOKED), (CLERK, "/agencies", body))
    for status in ("entrusted", "accepted"):
        assert await carrying.listed(CLERK, "/agencies", status=status) == []


async def test_of_a_reassignment_and_the_end_of_its_agent_at_once_one_is_refused(carrying: Carrying) -> None:
    """Nobody carries a matter who has ended."""
    agent, other = await carrying.appointed(), await carrying.appointed(SUBSTITUTE)
    agency = await carrying.entrusted(agent)
    seen = await at_once(
        carrying,
        (TOWN_OFFICER, f"/agencies/{agency['id']}/reassign", {"agent_id": other["id"]}),
        (TOWN_OFFICER, f"/agents/{other['id']}/end", {"until": "2026-03-16"}),
    )
    assert seen == {200: 1, 409: 1}
    carrier = (await carrying.read(CLERK, f"/agencies/{agency['id']}"))["agent_id"]
    assert (await carrying.read(CLERK, f"/agents/{carrier}"))["status"] == "serving"


async def test_the_last_of_twenty_is_received_once(carrying: Carrying, committed: Database) -> None:
    agency = await carrying.accepted()
    original = await carrying.received(agency)
    async with committed.session() as session:
        await session.execute(
            text(
                "INSERT INTO originals"
                " SELECT (jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid()))).*"
                " FROM originals one, generate_series(1, 18)"
            )
        )
        await session.commit()
    body = {"agency_id": agency["id"], "kind": "other"}
    assert await at_once(carrying, *[(AGENT, "/originals", body)] * 3) == {201: 1, 409: 2}
    other = await carrying.ask(a_principal("agent", "450481114202"), "/originals", body)
    assert refusal(other) == NOT_FOUND
    assert original["status"] == "held"


async def test_numbers_of_receipts_run_without_a_gap_when_several_take_at_once(
    carrying: Carrying, committed: Database
) -> None:
    agency = await carrying.accepted()
    originals = [await carrying.received(agency) for _ in range(3)]
    for one in originals:
        await carrying.done(AGENT, f"/originals/{one['id']}/hand-over", TO_TOWN)
    takes = [(who, f"/originals/{one['id']}/take", None) for one in originals for who in (TOWN_OFFICER, SECOND)]
    assert (await at_once(carrying, *takes))[200] == 3
    async with committed.session() as session:
        statement = "SELECT number FROM case_documents WHERE kind = 'custody_hand_over' ORDER BY number"
        assert list(await session.scalars(text(statement))) == [f"原移〔2026〕{n} 号" for n in (1, 2, 3)]
