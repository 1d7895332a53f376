"""Several people at one package or matter at the same moment, on committed connections."""

import asyncio
from asyncio import gather
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from shared.db.engine import Database
from shared.testing.doors import Door, a_principal
from tests.grid.builders import until_it_waits
from tests.services_hall.cases.test_races import until_two_wait
from tests.services_hall.conftest import CLERK, COUNTY_OFFICER, SECOND_OFFICER, VILLAGE, Facts, refusal
from tests.services_hall.packages.test_packages import HEALTH, ask, opened, package, read

__all__ = ["opened", "package"]
BACK: dict[str, Any] = {"body": {"reason": "wrong_entry"}}
MATTER = text("SELECT 1 FROM matters WHERE id = CAST(:id AS uuid) FOR UPDATE")


def told(answers: Sequence[httpx.Response]) -> Counter[tuple[int, str]]:
    """How often each status came, with the code of those that were refused."""
    return Counter((one.status_code, one.json().get("code", "") if one.status_code >= 400 else "") for one in answers)


async def ended(door: Door, opened: Callable[..., Any]) -> Any:
    """A matter of which every case has its result."""
    matter = (await opened()).json()
    for case in matter["cases"]:
        assert (await ask(door, f"/cases/{case}/withdraw", CLERK)).status_code == 200
    return matter


async def test_of_those_who_offer_one_package_at_once_one_does_and_its_items_are_there_once(
    door: Door, person: UUID, facts: Facts, committed: Database
) -> None:
    officers = [a_principal("county_officer", "450481", f"officer-{n}") for n in range(4)]
    answers = await gather(*(ask(door, "/packages", who, body={"template": "birth"}) for who in officers))
    assert told(answers) == {(201, ""): 1, (409, "package_code_taken"): 3}
    [made] = [one.json() for one in answers if one.status_code == 201]
    assert (await read(door, "/packages"))["items"] == [made]
    async with committed.session() as session:
        codes = (await session.scalars(text("SELECT code FROM items ORDER BY code"))).all()
    assert codes == [f"OT-BIRTH-0{n}" for n in range(1, 5)]
    assert [fact.type for fact in await facts("services_hall.package")] == ["services_hall.package.published"]


async def test_two_packages_are_offered_at_once(door: Door, person: UUID) -> None:
    templates = ("birth", "death", "retirement")
    answers = await gather(*(ask(door, "/packages", body={"template": one}) for one in templates))
    assert [one.status_code for one in answers] == [201] * 3
    assert sorted(one["code"] for one in (await read(door, "/packages"))["items"]) == sorted(templates)


async def test_of_those_who_retire_and_offer_it_again_each_step_is_taken_by_one(
    door: Door, package: Any, facts: Facts
) -> None:
    path = f"/packages/{package['id']}"
    answers = await gather(*(ask(door, f"{path}/retire") for _ in range(4)))
    assert told(answers) == {(200, ""): 1, (409, "package_transition_not_allowed"): 3}
    answers = await gather(*(ask(door, f"{path}/reopen", tag=2) for _ in range(3)))
    assert told(answers) == {(200, ""): 1, (412, "version_mismatch"): 2}
    assert [fact.state.version for fact in await facts("services_hall.package")] == [1, 2, 3]


async def test_one_extract_opens_one_matter_or_one_case_and_nothing_is_half_opened(
    door: Door, opened: Callable[..., Any], item: str, extract_of: Callable[..., str], person: UUID
) -> None:
    extract = extract_of(person)

    async def submitted() -> httpx.Response:
        async with door.client(CLERK) as client:
            return await client.post("/cases", json={"item_id": item, "area": VILLAGE, "extract": extract})

    answers = await gather(opened(extract=extract), submitted(), opened(extract=extract), submitted())
    assert told(answers) == {(201, ""): 1, (409, "extract_used"): 3}
    async with door.client(CLERK) as client:
        cases = (await client.get("/cases/count")).json()["count"]
        matters = (await client.get("/matters/count")).json()["count"]
    assert (cases, matters) in ((3, 1), (1, 0))


async def test_a_matter_is_answered_or_withdrawn_never_both(
    door: Door, opened: Callable[..., Any], facts: Facts
) -> None:
    for _ in range(2):
        matter = await ended(door, opened)
        path = f"/matters/{matter['id']}"
        answers = await gather(ask(door, f"{path}/answer", HEALTH), ask(door, f"{path}/withdraw", CLERK))
        assert told(answers) == {(200, ""): 1, (409, "package_transition_not_allowed"): 1}
        shown = await read(door, path)
        assert (shown["version"], len(shown["steps"])) == (2, 2)
        assert len([one for one in await facts("services_hall.matter") if one.state.subject == matter["id"]]) == 2


async def test_an_answer_is_taken_back_once_and_a_case_that_is_undone_meanwhile_is_not_answered_for(
    door: Door, opened: Callable[..., Any]
) -> None:
    matter = await ended(door, opened)
    path, case = f"/matters/{matter['id']}", f"/cases/{matter['cases'][0]}"
    assert (await ask(door, f"{path}/answer", HEALTH)).status_code == 200
    answers = await gather(*(ask(door, f"{path}/undo", who, tag=2, **BACK) for who in (HEALTH, COUNTY_OFFICER)))
    assert told(answers) == {(200, ""): 1, (412, "version_mismatch"): 1}
    answer, back = await gather(ask(door, f"{path}/answer", HEALTH), ask(door, f"{case}/undo", CLERK, tag=2, **BACK))
    shown = await read(door, path)
    match answer.status_code, back.status_code:
        case 200, 409:
            assert (shown["status"], shown["results"][0]["status"]) == ("answered", "withdrawn")
            assert refusal(back)[1] == "case_answered_together"
        case 409, 200:
            assert (shown["status"], shown["results"][0]["status"]) == ("open", "submitted")
            assert refusal(answer)[1] == "matter_not_decided"
        case both:
            pytest.fail(str(both))


async def test_who_waits_for_a_withdrawal_finds_it_done_and_checks_off_nothing(
    door: Door, opened: Callable[..., Any], committed: Database
) -> None:
    matter = (await opened()).json()
    path = f"/matters/{matter['id']}"
    async with committed.session() as other:
        await other.execute(MATTER, {"id": matter["id"]})
        first = asyncio.create_task(ask(door, f"{path}/withdraw", CLERK))
        await until_it_waits(first, committed)
        second = asyncio.create_task(
            ask(door, f"{path}/check-material", COUNTY_OFFICER, body={"number": 1, "status": "given"}, tag=1)
        )
        await other.rollback()
    answers = await gather(first, second)
    standing = [await read(door, f"/cases/{one}") for one in matter["cases"]]
    if answers[1].status_code == 200:  # it came first after all: what was checked off stays, and is withdrawn with it
        assert {one["materials"][0]["status"] for one in standing} >= {"given"}
    else:
        assert refusal(answers[1])[:2] == (412, "version_mismatch")
        assert {material["status"] for one in standing for material in one["materials"]} == {"missing"}
    assert (answers[0].status_code, {one["status"] for one in standing}) == (200, {"withdrawn"})


async def test_one_key_sent_at_once_opens_one_matter(
    door: Door, package: Any, extract_of: Callable[..., str], person: UUID
) -> None:
    body = {
        "package_id": package["id"], "area": VILLAGE, "items": package["items"][:2], "consent": "signed",
        "extract": extract_of(person),
    }  # fmt: skip
    async with door.client(CLERK) as client:
        headers = {"Idempotency-Key": "matter-1"}
        answers = await gather(*(client.post("/matters", json=body, headers=headers) for _ in range(4)))
        later = await client.post("/matters", json=body, headers=headers)
        assert (await client.get("/matters/count")).json() == {"count": 1}
        assert (await client.get("/cases/count")).json() == {"count": 2}
    assert {one.content for one in answers if one.status_code == 201} == {later.content}
    assert {refusal(one)[1] for one in answers if one.status_code != 201} <= {"request_in_flight"}


async def test_a_package_is_offered_while_an_officer_drafts_one_of_its_items(door: Door, person: UUID) -> None:
    """Whoever comes first: the item is there once, and the package names it."""
    body = {"code": "OT-DEATH-01", "department": "public_security", "category": "other"}
    drafted, offered = await gather(
        ask(door, "/items", SECOND_OFFICER, body=body), ask(door, "/packages", body={"template": "death"})
    )
    match drafted.status_code, offered.status_code:
        case 409, 201:
            assert refusal(drafted)[1] == "item_code_taken"
        case 201, 409:
            assert refusal(offered)[1] == "item_code_taken"
            assert (await read(door, "/packages"))["items"] == [], "nothing is half offered"
            assert (await ask(door, "/packages", body={"template": "death"})).status_code == 201
        case 201, 201:
            assert drafted.json()["id"] in offered.json()["items"]
        case both:
            pytest.fail(str(both))


SERIAL = text("SELECT 1 FROM case_serials WHERE item_code = :code FOR UPDATE")


async def test_two_matters_that_name_their_items_in_opposite_orders_are_both_opened(
    door: Door, opened: Callable[..., Any], package: Any, committed: Database
) -> None:
    """Each case takes a serial of its item: whoever opens several takes them in one order."""
    items = package["items"][:2]
    assert (await opened(items=items)).status_code == 201
    async with committed.session() as other:
        await other.execute(SERIAL, {"code": "OT-BIRTH-02"})
        backwards = asyncio.create_task(opened(items=items[::-1]))
        await until_it_waits(backwards, committed)
        forwards = asyncio.create_task(opened(items=items))
        await until_two_wait(committed)
        await other.rollback()
    answers = await gather(backwards, forwards)
    assert [one.status_code for one in answers] == [201, 201], [one.text for one in answers]
    for answer, named in zip(answers, (items[::-1], items), strict=True):
        cases = [await read(door, f"/cases/{one}") for one in answer.json()["cases"]]
        assert [one["item_id"] for one in cases] == named, "as they were named"
        assert len({one["number"] for one in cases}) == 2
