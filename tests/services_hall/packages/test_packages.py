"""一件事: packages that ship, matters with several cases for one applicant, materials brought once, one answer."""

from asyncio import gather
from collections.abc import Callable
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from services.services_hall.features import SPEC
from services.services_hall.packages.domain import (
    ENDED,
    MatterNotDecided,
    PackageTransitionError,
    one_answer,
    require_move,
)
from services.services_hall.packages.service.packages import templates
from shared.auth.principal import Grant, Principal
from shared.contracts.services_hall.cases import CaseStatus
from shared.contracts.services_hall.packages import MatterStatus
from shared.db.engine import Database
from shared.ids import new_id
from shared.reference.departments import DEPARTMENTS, ITEM_CATEGORIES
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door, a_principal
from tests.services_hall.conftest import CLERK, COUNTY_OFFICER, NOT_FOUND, OTHER_CLERK, VILLAGE, Facts, refusal

HEALTH = Principal("health", (Grant("department_officer", "450481", "health"),))
SECURITY = Principal("security", (Grant("department_officer", "450481", "public_security"),))

READS_HERE_DECIDES_ELSEWHERE = Principal("mixed", (*SECURITY.grants, Grant("village_clerk", VILLAGE, None)))


def test_five_matters_ship_with_departments_and_categories_of_the_lists_and_materials_that_are_shared() -> None:
    assert [*templates()] == ["birth", "employment", "retirement", "death", "disability"]
    codes = [item.code for one in templates().values() for item in one.items]
    assert len(set(codes)) == len(codes) >= 15
    for one in templates().values():
        assert {one.lead_department, *(item.department for item in one.items)} <= DEPARTMENTS.keys()
        assert {item.category for item in one.items} <= ITEM_CATEGORIES.keys()
        assert one.lead_department in {item.department for item in one.items}
        for name in one.shared:
            wanted = [item.code for item in one.items if name in item.materials]
            assert len(wanted) > 1 or one.code in ("employment", "retirement", "disability"), (one.code, name)
            assert wanted, name


def test_a_matter_moves_along_its_table_and_its_answer_waits_for_every_case() -> None:
    allowed = {("open", "answered"), ("open", "withdrawn"), ("answered", "open"), ("withdrawn", "open")}
    for was, to in product(MatterStatus, MatterStatus):
        if (was, to) in allowed:
            require_move(was, to, new_id())
        else:
            with pytest.raises(PackageTransitionError):
                require_move(was, to, new_id())
    for status in CaseStatus:
        cases: list[tuple[CaseStatus, bool | None]] = [(CaseStatus.CLOSED, True), (status, True)]
        if status in ENDED:
            assert one_answer(cases)
        else:
            with pytest.raises(MatterNotDecided):
                one_answer(cases)
    assert not one_answer([(CaseStatus.CLOSED, True), (CaseStatus.REFUSED, None)])
    assert not one_answer([(CaseStatus.CLOSED, True), (CaseStatus.DECIDED, False)])


@pytest.fixture
async def package(door: Door, person: UUID) -> Any:
    """The package of a birth, offered in the county."""
    async with door.client(COUNTY_OFFICER) as client:
        answer = await client.post("/packages", json={"template": "birth"})
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def opened(door: Door, package: Any, person: UUID, extract_of: Callable[..., str]) -> Callable[..., Any]:
    async def send(who: Principal = CLERK, **what_matters: Any) -> Any:
        body = {"package_id": package["id"], "area": VILLAGE, "items": package["items"][:3], "consent": "signed"}
        async with door.client(who) as client:
            return await client.post("/matters", json={**body, "extract": extract_of(person), **what_matters})

    return send


async def ask(
    door: Door, path: str, who: Principal = COUNTY_OFFICER, *, body: Any = None, tag: int | None = None
) -> Any:
    headers = {} if tag is None else {"If-Match": f'"{tag}"'}
    async with door.client(who) as client:
        return await client.post(path, json=body, headers=headers)


async def read(door: Door, path: str, who: Principal = CLERK) -> Any:
    async with door.client(who) as client:
        answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_package_that_ships_is_offered_once_with_its_items(door: Door, package: Any, facts: Facts) -> None:
    items = [await read(door, f"/items/{one}") for one in package["items"]]
    assert [(one["code"], one["department"], one["published"]["promised_days"]) for one in items] == [
        ("OT-BIRTH-01", "health", 3), ("OT-BIRTH-02", "public_security", 5), ("OT-BIRTH-03", "medical_insurance", 5),
        ("OT-BIRTH-04", "health", 3),
    ]  # fmt: skip
    assert [one["name"] for one in items[2]["published"]["materials"]] == ["父母居民身份证", "出生医学证明"]
    again = await ask(door, "/packages", body={"template": "birth"})
    assert refusal(again)[:2] == (409, "package_code_taken")
    assert refusal(await ask(door, "/packages", body={"template": "none"}))[:2] == (422, "package_template_unknown")
    assert refusal(await ask(door, "/packages", HEALTH, body={"template": "death"}))[:2] == (403, "forbidden")
    assert [one["id"] for one in (await read(door, "/packages"))["items"]] == [package["id"]]
    assert [fact.state.status for fact in await facts("services_hall.package")] == ["active"]


async def test_an_item_that_the_county_has_already_stays_as_it_published_it(door: Door, package: Any) -> None:
    assert (await ask(door, "/packages", body={"template": "employment"})).status_code == 201
    item = await read(door, f"/items/{package['items'][0]}")
    assert item["published"]["number"] == 1


async def test_a_package_that_is_retired_takes_nothing_new_until_it_is_offered_again(
    door: Door, package: Any, opened: Callable[..., Any]
) -> None:
    path = f"/packages/{package['id']}"
    assert (await ask(door, f"{path}/retire", tag=1)).json()["status"] == "retired"
    assert refusal(await opened())[:2] == (409, "package_transition_not_allowed")
    assert refusal(await ask(door, f"{path}/retire"))[:2] == (409, "package_transition_not_allowed")
    assert refusal(await ask(door, f"{path}/reopen", tag=1))[:2] == (412, "version_mismatch")
    assert refusal(await ask(door, f"{path}/reopen", SECURITY))[:2] == (403, "forbidden")
    assert (await ask(door, f"{path}/reopen", HEALTH)).json()["version"] == 3
    assert (await opened()).status_code == 201


async def test_one_applicant_has_a_case_for_each_item_and_no_material_is_brought_twice(
    door: Door, opened: Callable[..., Any], package: Any, person: UUID, clock: FrozenClock, facts: Facts
) -> None:
    matter = (await opened()).json()
    assert (matter["status"], matter["person_id"], len(matter["cases"])) == ("open", str(person), 3)
    cases = [await read(door, f"/cases/{one}") for one in matter["cases"]]
    assert [one["item_id"] for one in cases] == package["items"][:3]
    assert {one["person_id"] for one in cases} == {str(person)}
    for case in matter["cases"]:
        assert (await ask(door, f"/cases/{case}/receive", CLERK)).status_code == 200
    path = f"/matters/{matter['id']}"
    for number in (1, 2, 3):
        answer = await ask(door, f"{path}/check-material", CLERK, body={"number": number, "status": "given"})
        assert answer.status_code == 200, answer.text
    wrong = await ask(door, f"{path}/check-material", CLERK, body={"number": 4, "status": "given"})
    assert refusal(wrong)[:2] == (422, "shared_material_unknown")
    standing = [(await read(door, f"/cases/{one}"))["materials"] for one in matter["cases"]]
    assert [[one["status"] for one in each] for each in standing] == [
        ["given", "given"], ["given", "given", "given", "missing"], ["given", "given"],
    ]  # fmt: skip
    answers = [await ask(door, f"/cases/{one}/accept", CLERK) for one in matter["cases"]]
    assert [one.status_code for one in answers] == [200, 409, 200]  # the household's own book is still wanted
    own = await ask(door, f"/cases/{matter['cases'][1]}/check-material", body={"number": 4, "status": "given"})
    assert own.status_code == 200
    assert (await ask(door, f"/cases/{matter['cases'][1]}/accept")).status_code == 200
    assert refusal(await ask(door, f"{path}/answer"))[:2] == (409, "matter_not_decided")
    bodies = [{"granted": True}, {"granted": True}, {"granted": False, "reason": "conditions_not_met"}]
    for case, body in zip(matter["cases"], bodies, strict=True):
        assert (await ask(door, f"/cases/{case}/decide", body=body)).status_code == 200
    for who in (SECURITY, READS_HERE_DECIDES_ELSEWHERE):
        assert refusal(await ask(door, f"{path}/answer", who)) == NOT_FOUND
    assert refusal(await ask(door, f"{path}/answer", CLERK))[:2] == (403, "forbidden")
    clock.advance(hours=1)
    answered = (await ask(door, f"{path}/answer", HEALTH, tag=1)).json()
    assert (answered["status"], answered["granted"], answered["answered_at"]) == (
        "answered", False, "2026-03-16T11:00:00+08:00",
    )  # fmt: skip
    assert refusal(await ask(door, f"{path}/undo", HEALTH, body={"reason": "too_early"}))[0] == 428
    undone = (await ask(door, f"{path}/undo", HEALTH, body={"reason": "too_early"}, tag=2)).json()
    assert (undone["status"], undone["granted"], undone["answered_at"]) == ("open", None, None)
    shown = await read(door, path)
    assert [(one["step"], one["actor"], one["reason"]) for one in shown["steps"]] == [
        ("open", CLERK.subject, None), ("answer", "health", None), ("undo", "health", "too_early"),
    ]  # fmt: skip
    assert [(one["status"], one["granted"]) for one in shown["results"]] == [
        ("decided", True), ("decided", True), ("decided", False),
    ]  # fmt: skip
    told = [(fact.type.rsplit(".", 1)[1], fact.state.granted) for fact in await facts("services_hall.matter")]
    assert told == [("opened", None), ("answered", False), ("undone", None)]


async def test_what_does_not_belong_together_is_not_brought_and_nothing_is_half_opened(
    door: Door, opened: Callable[..., Any], package: Any, item: str, extract_of: Callable[..., str], person: UUID
) -> None:
    answer = await opened(items=[package["items"][0], item])
    assert (refusal(answer)[:2], answer.json()["errors"][0]["path"]) == ((422, "item_not_in_package"), "items.1")
    assert refusal(await opened(package_id=str(new_id()))) == NOT_FOUND
    assert refusal(await opened(HEALTH)) == NOT_FOUND  # one of the items is the police's
    assert refusal(await opened(OTHER_CLERK)) == NOT_FOUND
    extract = extract_of(person)
    assert (await opened(extract=extract)).status_code == 201
    assert refusal(await opened(extract=extract))[:2] == (409, "extract_used")
    async with door.client(CLERK) as client:
        assert (await client.get("/cases/count")).json() == {"count": 3}
        assert (await client.get("/matters/count")).json() == {"count": 1}
        assert len((await client.get("/matters")).json()["items"]) == 1
    async with door.client(OTHER_CLERK) as client:
        assert (await client.get("/matters/count")).json() == {"count": 0}
        assert (await client.get("/matters")).json()["items"] == []


async def test_the_applicant_takes_back_what_is_not_decided(door: Door, opened: Callable[..., Any]) -> None:
    matter = (await opened()).json()
    first = matter["cases"][0]
    for verb, body in (("receive", None), ("check-material", {"number": 1, "status": "given"}),
                       ("check-material", {"number": 2, "status": "given"}), ("accept", None),
                       ("decide", {"granted": True})):  # fmt: skip
        assert (await ask(door, f"/cases/{first}/{verb}", body=body)).status_code == 200
    answer = await ask(door, f"/matters/{matter['id']}/withdraw", CLERK)
    assert answer.json()["status"] == "withdrawn"
    statuses = [(await read(door, f"/cases/{one}"))["status"] for one in matter["cases"]]
    assert statuses == ["decided", "withdrawn", "withdrawn"]
    assert refusal(await ask(door, f"/matters/{matter['id']}/answer"))[:2] == (409, "package_transition_not_allowed")
    undone = await ask(door, f"/matters/{matter['id']}/undo", CLERK, body={"reason": "wrong_case"}, tag=2)
    assert (undone.status_code, undone.json()["status"]) == (200, "open")
    again = await ask(door, f"/cases/{matter['cases'][1]}/undo", CLERK, body={"reason": "wrong_case"}, tag=2)
    assert again.json()["status"] == "submitted"


async def test_who_takes_an_answer_back_decides_and_who_opens_a_matter_reaches_its_lead(
    door: Door, opened: Callable[..., Any], package: Any
) -> None:
    answer = await opened(SECURITY, items=[package["items"][1]])  # its own item, health leads
    assert refusal(answer) == NOT_FOUND
    matter = (await opened()).json()
    for case in matter["cases"]:
        assert (await ask(door, f"/cases/{case}/withdraw", CLERK)).status_code == 200
    assert (await ask(door, f"/matters/{matter['id']}/answer", HEALTH)).status_code == 200
    answer = await ask(door, f"/matters/{matter['id']}/undo", CLERK, body={"reason": "wrong_entry"}, tag=2)
    assert refusal(answer)[:2] == (403, "forbidden")


async def test_what_an_answer_rests_on_is_taken_back_after_the_answer(door: Door, opened: Callable[..., Any]) -> None:
    matter = (await opened()).json()
    first, path = matter["cases"][0], f"/matters/{matter['id']}"
    for case in matter["cases"]:
        assert (await ask(door, f"/cases/{case}/withdraw", CLERK)).status_code == 200
    assert (await ask(door, f"/cases/{first}/archive", CLERK, body={"retention": "years_10"})).status_code == 200
    assert (await ask(door, f"{path}/answer", HEALTH)).json()["granted"] is False
    back: dict[str, Any] = {"body": {"reason": "wrong_case"}}
    assert (await ask(door, f"/cases/{first}/undo", CLERK, tag=3, **back)).json()["status"] == "withdrawn"
    assert refusal(await ask(door, f"/cases/{first}/undo", CLERK, tag=4, **back))[:2] == (409, "case_answered_together")
    assert (await ask(door, f"{path}/undo", HEALTH, tag=2, **back)).status_code == 200
    both = await gather(ask(door, f"/cases/{first}/undo", CLERK, tag=4, **back), ask(door, f"{path}/answer", HEALTH))
    assert sorted(one.status_code for one in both) == [200, 409]


async def test_of_several_who_answer_at_once_one_answer_stands(door: Door, opened: Callable[..., Any]) -> None:
    matter = (await opened()).json()
    for case in matter["cases"]:
        assert (await ask(door, f"/cases/{case}/withdraw", CLERK)).status_code == 200
    answers = await gather(*(ask(door, f"/matters/{matter['id']}/answer") for _ in range(3)))
    assert sorted(one.status_code for one in answers) == [200, 409, 409]


async def test_packages_and_matters_are_said_again(
    opened: Callable[..., Any], package: Any, committed: Database, facts: Facts
) -> None:
    await opened()
    async with committed.session() as session:
        for noun in ("services_hall.package", "services_hall.matter"):
            (said,) = await SPEC.restate[noun](session, None, 10)
            assert said.state == (await facts(noun))[-1].state
            assert await SPEC.restate[noun](session, said.state.subject, 10) == []


async def test_who_reads_matters_is_noted(door: Door, opened: Callable[..., Any]) -> None:
    matter = (await opened()).json()
    del door.accesses.entries[:]
    auditor = a_principal("auditor", "450481")
    await read(door, f"/matters/{matter['id']}", auditor)
    await read(door, "/matters", auditor)
    assert [(one.action, one.noun, one.object_id, one.role) for one in door.accesses.entries] == [
        ("read", "services_hall.matter", matter["id"], "auditor"),
        ("list", "services_hall.matter", matter["id"], "auditor"),
    ]
