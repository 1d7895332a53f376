"""Originals in custody: one holder at any time, each hand-over with a receipt, back to the applicant, lost and told."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from services.services_hall.originals.domain import (
    RECEIPTED,
    STEPS,
    OriginalTransitionError,
    Taker,
    require_allowed,
)
from services.services_hall.originals.service.reads import restate
from shared.contracts.services_hall.originals import OriginalStatus
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import a_principal
from tests.services_hall.agencies.carrying import AGENT, AUDITOR, SUBSTITUTE, TOWN, TOWN_OFFICER, Carrying
from tests.services_hall.agencies.carrying import carrying as carrying
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    FORBIDDEN,
    NAME,
    NOT_FOUND,
    OTHER_CLERK,
    VILLAGE,
    Facts,
    publish_item,
    refusal,
)
from tests.shared.papers.test_typesetting import text_of

SECOND = a_principal("town_officer", TOWN, "town-second")
TO_TOWN = {"to_area": TOWN}
BACK = {"returned_on": "2026-03-16", "recipient": "applicant"}
LOST = {"lost_on": "2026-03-16"}
ALLOWED: dict[tuple[str, str], str | None] = {
    ("held", "hand_over"): "sent",
    ("sent", "take"): "held",
    ("sent", "decline"): "held",
    ("held", "return"): "returned",
    ("held", "lose"): "lost",
    ("sent", "lose"): "lost",
    ("lost", "tell_loss"): None,
    ("lost", "find"): "held",
    ("held", "annul"): "annulled",
}
"""From where each step leads where, by hand."""


@pytest.mark.parametrize("status", list(OriginalStatus))
def test_a_step_is_taken_from_where_the_table_says_and_nowhere_else(status: OriginalStatus) -> None:
    for step in STEPS:
        if (str(status), str(step)) in ALLOWED:
            assert require_allowed(status, step).to == ALLOWED[str(status), str(step)]
        else:
            with pytest.raises(OriginalTransitionError):
                require_allowed(status, step)


def test_who_takes_which_step_by_hand() -> None:
    takers = {str(step): rule.taker for step, rule in STEPS.items()}
    assert {step for step, taker in takers.items() if taker is Taker.RECEIVER} == {"take", "decline"}
    assert [step for step, taker in takers.items() if taker is Taker.COUNTER] == ["tell_loss"]
    assert {str(step) for step in RECEIPTED} == {"receive", "take", "return"}


async def held(carrying: Carrying) -> Any:
    return await carrying.received(await carrying.accepted())


async def step(carrying: Carrying, original: Any, verb: str, who: Any = AGENT, body: Any = None) -> Any:
    return await carrying.done(who, f"/originals/{original['id']}/{verb}", body)


async def refused(carrying: Carrying, original: Any, verb: str, who: Any = AGENT, body: Any = None) -> tuple[int, str]:
    return refusal(await carrying.ask(who, f"/originals/{original['id']}/{verb}", body))[:2]


async def paper(carrying: Carrying, original: Any, version: int, who: Any = AGENT) -> str:
    async with carrying.door.client(who) as client:
        answer = await client.get(f"/originals/{original['id']}/receipts/{version}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
    assert answer.headers["cache-control"] == "no-store"
    return text_of(answer.content)


async def test_the_whole_chain_from_the_applicant_through_two_levels_and_back(
    carrying: Carrying, facts: Facts, committed: Database
) -> None:
    original = await held(carrying)
    assert (original["holder"], original["holder_area"], original["hand_overs"]) == (AGENT.subject, VILLAGE, 0)
    sent = await step(carrying, original, "hand-over", body=TO_TOWN)
    assert (sent["status"], sent["holder"], sent["sent_area"]) == ("sent", AGENT.subject, TOWN), "still the sender's"
    taken = await step(carrying, original, "take", TOWN_OFFICER)
    assert (taken["status"], taken["holder"], taken["holder_area"]) == ("held", TOWN_OFFICER.subject, TOWN)
    assert (taken["sent_area"], taken["hand_overs"]) == (None, 1)
    await step(carrying, original, "hand-over", TOWN_OFFICER, {"to_area": VILLAGE})
    await step(carrying, original, "take", AGENT)
    back = await step(carrying, original, "return", body=BACK)
    assert (back["status"], back["holder"], back["returned_on"]) == ("returned", None, "2026-03-16")
    chain = (await carrying.read(CLERK, f"/originals/{original['id']}"))["chain"]
    assert [(one["step"], one["by"], one["holder"]) for one in chain] == [
        ("receive", AGENT.subject, AGENT.subject),
        ("hand_over", AGENT.subject, AGENT.subject),
        ("take", TOWN_OFFICER.subject, TOWN_OFFICER.subject),
        ("hand_over", TOWN_OFFICER.subject, TOWN_OFFICER.subject),
        ("take", AGENT.subject, AGENT.subject),
        ("return", AGENT.subject, None),
    ]
    numbers = ["原收〔2026〕1 号", None, "原移〔2026〕1 号", None, "原移〔2026〕2 号", "原还〔2026〕1 号"]
    assert [one["receipt"] for one in chain] == numbers
    assert [one["receipt_holds"] for one in chain] == [True, False, True, False, True, True]
    told = await facts(subject=original["id"])
    assert [one.type.rsplit(".", 1)[1] for one in told] == ["received", "sent", "taken", "sent", "taken", "returned"]
    assert AGENT.subject not in "".join(one.model_dump_json() for one in told)
    assert "household_register" not in "".join(one.model_dump_json() for one in told)
    async with committed.session() as session:
        assert {str(one.state.id): one.state for one in await restate(session, None, 5)} == {
            original["id"]: told[-1].state
        }


async def test_receipts_say_who_gave_what_to_whom_and_are_verified(carrying: Carrying) -> None:
    original = await held(carrying)
    await step(carrying, original, "hand-over", body=TO_TOWN)
    await step(carrying, original, "take", TOWN_OFFICER)
    first, second = await paper(carrying, original, 1), await paper(carrying, original, 3, TOWN_OFFICER)
    for words in ("原件收讫凭证", "居民户口簿", "申请人", AGENT.subject, NAME, "原收〔2026〕1号", "不收取任何费用"):
        assert words in first, words
    for words in ("原件移交凭证", AGENT.subject, TOWN_OFFICER.subject, "2026年3月16日10:00"):
        assert words in second, words
    async with carrying.door.client(CLERK) as client:
        listed = (await client.get(f"/cases/{original['case_id']}/documents")).json()["items"]
        missing = await client.get(f"/originals/{original['id']}/receipts/2")
    assert refusal(missing) == NOT_FOUND, "a step that hands nothing over has no receipt"
    assert [(one["kind"], one["original_id"]) for one in listed] == [
        ("custody_receipt", original["id"]),
        ("custody_hand_over", original["id"]),
    ]
    asked = {"token": listed[1]["token"], "check_code": listed[1]["check_code"]}
    assert (await carrying.done(AUDITOR, "/document-verifications", asked))["outcome"] == "genuine"
    undone = await carrying.undo(TOWN_OFFICER, f"/originals/{original['id']}", 3)
    assert (undone.json()["status"], undone.json()["holder"]) == ("sent", AGENT.subject)
    assert (await carrying.done(AUDITOR, "/document-verifications", asked))["outcome"] == "voided"
    for path, body in (
        (f"/documents/{listed[0]['id']}/void", {"reason": "lost"}),
        (f"/cases/{original['case_id']}/documents", {"kind": "custody_return"}),
    ):
        assert refusal(await carrying.ask(COUNTY_OFFICER, path, body))[:2] == (409, "document_with_custody")
    looks = [one for one in carrying.door.accesses.entries if one.action == "fetch_receipt"]
    assert {one.detail for one in looks} == {"full"}


async def test_who_does_not_hold_it_hands_nothing_over(carrying: Carrying) -> None:
    original = await held(carrying)
    for verb, body in (("hand-over", TO_TOWN), ("return", BACK), ("lose", LOST), ("annul", None)):
        for who in (CLERK, SUBSTITUTE, TOWN_OFFICER, COUNTY_OFFICER):
            assert await refused(carrying, original, verb, who, body) == (403, "original_not_held"), (verb, who)
        assert await refused(carrying, original, verb, OTHER_CLERK, body) == NOT_FOUND[:2]
        assert await refused(carrying, original, verb, AUDITOR, body) == FORBIDDEN[:2]
    assert await refused(carrying, original, "take", TOWN_OFFICER) == (409, "original_transition_not_allowed")


async def test_the_receipt_has_two_sides(carrying: Carrying) -> None:
    original = await held(carrying)
    await step(carrying, original, "hand-over", body={"to_area": VILLAGE})
    for verb in ("take", "decline"):
        assert await refused(carrying, original, verb) == (409, "original_handed_to_oneself")
    declined = await step(carrying, original, "decline", CLERK)
    assert (declined["status"], declined["holder"], declined["sent_area"]) == ("held", AGENT.subject, None)
    await step(carrying, original, "hand-over", body=TO_TOWN)
    assert await refused(carrying, original, "take", CLERK) == NOT_FOUND[:2], "it is on its way to the town"
    assert await carrying.listed(TOWN_OFFICER, "/originals", desk="arriving") == [original["id"]]
    assert await carrying.listed(CLERK, "/originals", desk="arriving") == []


async def test_two_hand_overs_at_once_and_two_who_take_at_once_exactly_one_wins(
    carrying: Carrying, committed: Database
) -> None:
    original = await held(carrying)
    path = f"/originals/{original['id']}"
    targets = [{"to_area": TOWN}, {"to_area": "450481114201"}, {"to_area": TOWN, "to_department": "health"}]
    answers = await asyncio.gather(*(carrying.ask(AGENT, f"{path}/hand-over", one) for one in targets))
    assert sorted(one.status_code for one in answers) == [200, 409, 409]
    won = next(one.json() for one in answers if one.status_code == 200)
    takers = (
        COUNTY_OFFICER,
        a_principal("county_officer", "450481", "c2"),
        a_principal("county_officer", "450481", "c3"),
    )
    answers = await asyncio.gather(*(carrying.ask(one, f"{path}/take") for one in takers))
    assert sorted(one.status_code for one in answers) == [200, 409, 409]
    taken = next(one.json() for one in answers if one.status_code == 200)
    assert (taken["holder_area"], taken["hand_overs"]) == (won["sent_area"], 1)
    async with committed.session() as session:
        steps = (await session.scalars(text("SELECT step FROM original_versions ORDER BY version"))).all()
        papers = await session.scalar(text("SELECT count(*) FROM case_documents WHERE original_id IS NOT NULL"))
    assert (list(steps), papers) == (["receive", "hand_over", "take"], 2)


async def test_a_hand_over_and_a_return_at_once_leave_one_holder_or_none(carrying: Carrying) -> None:
    original = await held(carrying)
    path = f"/originals/{original['id']}"
    asked = (carrying.ask(AGENT, f"{path}/hand-over", TO_TOWN), carrying.ask(AGENT, f"{path}/return", BACK))
    answers = await asyncio.gather(*asked)
    assert sorted(one.status_code for one in answers) == [200, 409]


async def test_what_is_lost_is_told_and_keeps_its_agency_open_until_then(
    carrying: Carrying, facts: Facts, clock: FrozenClock
) -> None:
    agency = await carrying.accepted()
    original = await carrying.received(agency)
    await step(carrying, original, "hand-over", body=TO_TOWN)
    for day in ("2026-03-15", "2026-03-17"):
        assert await refused(carrying, original, "lose", body={"lost_on": day}) == (422, "original_dates_wrong")
    lost = await step(carrying, original, "lose", body=LOST)
    assert (lost["status"], lost["holder"], lost["sent_area"]) == ("lost", AGENT.subject, None), "who had it answers on"
    assert (await facts(subject=original["id"]))[-1].type == "services_hall.original.lost"
    assert await carrying.listed(TOWN_OFFICER, "/originals", desk="lost_untold") == [original["id"]]
    await carrying.ended(agency)
    await carrying.step(agency, "deliver")
    archive = f"/agencies/{agency['id']}/archive"
    assert refusal(await carrying.ask(CLERK, archive))[:2] == (409, "originals_outstanding")
    assert await refused(carrying, original, "tell-loss", CLERK, {"told_on": "2026-03-15"}) == (
        422,
        "original_dates_wrong",
    )
    told = await step(carrying, original, "tell-loss", CLERK, {"told_on": "2026-03-16"})
    assert told["told_on"] == "2026-03-16"
    assert await refused(carrying, original, "tell-loss", CLERK, {"told_on": "2026-03-16"}) == (
        409,
        "original_transition_not_allowed",
    )
    assert await carrying.listed(TOWN_OFFICER, "/originals", desk="lost_untold") == []
    found = await step(carrying, original, "find")
    assert (found["status"], found["lost_on"], found["told_on"]) == ("held", None, None)
    assert refusal(await carrying.ask(CLERK, archive))[1] == "originals_outstanding"
    await step(carrying, original, "return", body=BACK)
    await carrying.done(CLERK, archive)
    assert refusal(await carrying.undo(AGENT, f"/originals/{original['id']}", found["version"] + 1))[:2] == (
        409,
        "original_agency_ended",
    ), "what was returned before the archive is not out again"


async def test_a_step_is_undone_by_whose_it_was_or_who_supervises(carrying: Carrying) -> None:
    original = await held(carrying)
    path = f"/originals/{original['id']}"
    assert refusal(await carrying.undo(AGENT, path, 1))[:2] == (409, "original_nothing_to_undo")
    await step(carrying, original, "hand-over", body=TO_TOWN)
    assert refusal(await carrying.undo(SUBSTITUTE, path, 2)) == FORBIDDEN
    back = await carrying.undo(AGENT, path, 2)
    assert (back.json()["status"], back.json()["sent_area"]) == ("held", None)
    returned = await step(carrying, original, "return", body=BACK)
    again = await carrying.undo(TOWN_OFFICER, path, returned["version"])
    assert (again.json()["status"], again.json()["holder"], again.json()["recipient"]) == ("held", AGENT.subject, None)
    second = await step(carrying, original, "return", body=BACK)
    chain = (await carrying.read(CLERK, path))["chain"]
    receipts = {one["version"]: (one["receipt"], one["receipt_holds"]) for one in chain if one["receipt"]}
    assert receipts == {
        1: ("原收〔2026〕1 号", True),
        returned["version"]: ("原还〔2026〕1 号", False),
        second["version"]: ("原还〔2026〕2 号", True),
    }


async def test_what_was_never_received_is_annulled_with_its_receipt_and_that_is_undone(carrying: Carrying) -> None:
    original = await held(carrying)
    path = f"/originals/{original['id']}"
    gone = await step(carrying, original, "annul")
    assert (gone["status"], gone["holder"]) == ("annulled", None)
    assert (await carrying.read(CLERK, path))["chain"][0]["receipt_holds"] is False
    back = await carrying.undo(AGENT, path, gone["version"])
    assert (back.json()["status"], back.json()["holder"]) == ("held", AGENT.subject)
    assert (await carrying.read(CLERK, path))["chain"][0]["receipt_holds"] is True
    await step(carrying, original, "hand-over", body=TO_TOWN)
    await step(carrying, original, "take", TOWN_OFFICER)
    assert await refused(carrying, original, "annul", TOWN_OFFICER) == (409, "original_transition_not_allowed")


async def test_what_may_be_received_and_where_it_may_go(carrying: Carrying) -> None:
    item = await publish_item(carrying.door, "WITH-PAPERS", materials=[{"name": "户口簿", "form": "original"}])
    agency = await carrying.entrusted(case=await carrying.case(item_id=item))
    body = {"agency_id": agency["id"], "kind": "household_register"}
    assert (await carrying.done(AGENT, "/originals", {**body, "material": 1}))["material"] == 1
    assert refusal(await carrying.ask(AGENT, "/originals", {**body, "material": 2}))[:2] == (422, "material_unknown")
    assert refusal(await carrying.ask(OTHER_CLERK, "/originals", body)) == NOT_FOUND
    original = await carrying.received(agency)
    for to in ("450482", "4504", "450481113"):
        assert await refused(carrying, original, "hand-over", body={"to_area": to}) == (422, "original_place_wrong")
    unlisted = {"to_area": TOWN, "to_department": "tea_office"}
    assert await refused(carrying, original, "hand-over", body=unlisted) == (422, "code_unlisted")
    for out in (AGENT, TOWN_OFFICER):
        assert refusal(await carrying.ask(out, f"/agencies/{agency['id']}/decline", {"reason": "in_person"}))[0] in (
            409,
            403,
        )
    for _ in range(18):
        await carrying.received(agency, kind="other")
    assert refusal(await carrying.ask(AGENT, "/originals", body))[:2] == (409, "originals_too_many")


async def test_nothing_is_received_for_what_has_ended(carrying: Carrying) -> None:
    agency = await carrying.step(await carrying.entrusted(), "decline")
    body = {"agency_id": agency["id"], "kind": "household_register"}
    assert refusal(await carrying.ask(AGENT, "/originals", body))[:2] == (409, "original_agency_ended")


async def test_who_has_originals_is_seen_in_scope_and_does_not_leave_with_them(carrying: Carrying) -> None:
    agent = await carrying.appointed()
    agency = await carrying.entrusted(agent)
    original = await carrying.received(agency)
    mine = {"desk": "mine"}
    assert await carrying.listed(AGENT, "/originals", **mine) == [original["id"]]
    assert await carrying.listed(CLERK, "/originals", **mine) == []
    assert await carrying.listed(AUDITOR, "/originals", agency=agency["id"], status="held") == [original["id"]]
    assert await carrying.listed(OTHER_CLERK, "/originals") == []
    other = await carrying.appointed(SUBSTITUTE)
    await carrying.step(agency, "reassign", TOWN_OFFICER, agent_id=other["id"])
    leaving = await carrying.ask(TOWN_OFFICER, f"/agents/{agent['id']}/end", {"until": "2026-03-16"})
    assert refusal(leaving)[:2] == (409, "agent_still_carries"), "the original is still in these hands"
    await step(carrying, original, "hand-over", body={"to_area": VILLAGE})
    await step(carrying, original, "take", SUBSTITUTE)
    await carrying.done(TOWN_OFFICER, f"/agents/{agent['id']}/end", {"until": "2026-03-16"})


async def test_an_original_at_another_departments_office_is_seen_there(carrying: Carrying) -> None:
    original = await held(carrying)
    health = a_principal("department_officer", "450481", department="health")
    assert await carrying.listed(health, "/originals") == []
    await step(carrying, original, "hand-over", body={"to_area": TOWN, "to_department": "health"})
    assert await carrying.listed(health, "/originals", desk="arriving") == [original["id"]]
    taken = await step(carrying, original, "take", health)
    assert (taken["holder"], taken["holder_department"]) == (health.subject, "health")
    assert NAME in await paper(carrying, original, 3, health)
    async with carrying.door.client(a_principal("department_officer", "450481", department="water")) as client:
        assert refusal(await client.get(f"/originals/{original['id']}")) == NOT_FOUND
        assert refusal(await client.get(f"/originals/{original['id']}/receipts/1")) == NOT_FOUND
