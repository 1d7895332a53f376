"""Persons in a case: typed at the counter or of an extract, agents with proof, guardians of minors; who sees them."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from shared.contracts.registry.erasures import ErasureState, ErasureStatus
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door, a_principal
from tests.services_hall.cases.whole import BODIES, PAPERS, Whole
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    NOT_FOUND,
    OTHER_CLERK,
    VILLAGE,
    Facts,
    Submit,
    a_person,
    fields,
    refusal,
)

ADULT = "321083197812162119"
CHILD = "450481201003070013"
YOUTH = "450481200903070011"
TYPED = {"name": "录入甲乙", "document_type": "citizen_id", "document_number": ADULT, "phone": "138 0000 1234"}


def numbered(first17: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first17 + "10X98765432"[sum(int(d) * w for d, w in zip(first17, weights, strict=True)) % 11]


CHILD, YOUTH = numbered(CHILD[:17]), numbered(YOUTH[:17])  # 16 and 17 years old less some days on 2026-03-16


@pytest.fixture
def ask(door: Door, whole: Whole) -> Submit:
    async def send(path: str = "/cases", who: Any = CLERK, **body: Any) -> Any:
        async with door.client(who) as client:
            return await client.post(path, json={"item_id": whole.item, "area": VILLAGE, **body})

    return send


async def shown(door: Door, case: Any, who: Any = CLERK, **query: str) -> Any:
    async with door.client(who) as client:
        return await client.get(f"/cases/{case['id']}/persons", params=query)


async def test_somebody_typed_at_the_counter_is_sealed_and_has_agreed(
    door: Door, ask: Submit, committed: Database, crypto: Crypto, facts: Facts
) -> None:
    answer = await ask(applicant=TYPED)
    assert refusal(answer)[:2] == (422, "consent_not_recorded")
    case = (await ask(applicant=TYPED, consent="spoken")).json()
    assert (case["person_id"], case["status"]) == (None, "submitted")
    async with committed.session() as session:
        row = (await session.execute(text("SELECT * FROM applicants WHERE case_id = :id"), {"id": case["id"]})).one()
    opened = json.loads(crypto.open(bytes(row.snapshot), field="applicants.snapshot", owner=UUID(case["id"])))
    assert opened == {**TYPED, "phone": "13800001234"}
    assert (row.extract_id, row.consent) == (None, "spoken")
    (fact,) = await facts("services_hall.case")
    assert "录入" not in fact.model_dump_json()
    assert ADULT not in fact.model_dump_json()
    (one,) = (await shown(door, case)).json()["items"]
    assert one == {
        "id": None, "capacity": "applicant", "person_id": None, "proof": None, "consent": "spoken", "name": "录**乙",
        "document_type": "citizen_id", "document_number": "321083********2119", "phone": "138****1234",
    }  # fmt: skip


WRONG: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"name": "甲1"}, [("applicant.name", "symbol")]),
    ({"document_number": "321083197812162118"}, [("applicant.document_number", "checksum")]),
    ({"document_type": "passport", "document_number": "护照"}, [("applicant.document_number", "pattern")]),
    ({"phone": "12"}, [("applicant.phone", "phone")]),
]


async def test_what_is_typed_wrong_is_named_and_opens_no_case(door: Door, ask: Submit) -> None:
    for wrong, refused in WRONG:
        answer = await ask(applicant={**TYPED, **wrong}, consent="signed")
        assert fields(answer) == refused, wrong
        assert str(wrong.get("document_number", "no such")) not in answer.text
    for both in ({}, {"applicant": TYPED, "extract": "x" * 30}):
        answer = await ask(**both, consent="signed")
        assert refusal(answer)[:2] == (422, "applicant_unclear")
    async with door.client(CLERK) as client:
        assert (await client.get("/cases/count")).json() == {"count": 0}


async def test_who_acts_for_somebody_proves_it_and_nobody_else_does(whole: Whole, door: Door) -> None:
    case = await whole.bring("received")
    for part, proof in (("agent", None), ("guardian", None), ("spouse", "household_register")):
        answer = await whole.ask(case, "persons", capacity=part, proof=proof, person=BODIES["persons"]["person"])
        assert refusal(answer)[:2] == (422, "proof_needed"), part
    second = await whole.ask(case, "persons", capacity="applicant", person=TYPED)
    assert refusal(second)[:2] == (422, "applicant_stands")
    member = {"capacity": "household_member", "person": TYPED}
    case = await whole.do(case, "persons", ("persons", member))
    items = (await shown(door, case)).json()["items"]
    assert [(one["capacity"], one["name"], one["proof"]) for one in items] == [
        ("applicant", "测**某", None),
        ("agent", "代**"[:1] + "*甲", "power_of_attorney"),
        ("household_member", "录**乙", None),
    ]
    removed = await whole.do(case, f"persons/{items[1]['id']}/remove")
    assert [one["capacity"] for one in (await shown(door, removed)).json()["items"]] == [
        "applicant",
        "household_member",
    ]
    assert refusal(await whole.ask(removed, f"persons/{items[1]['id']}/remove")) == NOT_FOUND
    back = await whole.do(removed, "undo")
    assert [one["id"] for one in (await shown(door, back)).json()["items"]] == [one["id"] for one in items]


async def test_a_case_holds_thirty_persons(whole: Whole) -> None:
    case = await whole.bring("received")
    for _ in range(30):
        case = await whole.do(case, ("persons", {"capacity": "household_member", "person": TYPED}))
    answer = await whole.ask(case, "persons", capacity="household_member", person=TYPED)
    assert refusal(answer)[:2] == (409, "persons_too_many")


async def test_an_extract_puts_one_person_into_one_case(
    whole: Whole, door: Door, extract_of: Callable[..., str], arrivals: Arrivals, person: UUID
) -> None:
    spouse = new_id()
    await arrivals.take(a_person(spouse))
    case, extract = await whole.bring("received"), extract_of(spouse)
    case = await whole.do(case, ("persons", {"capacity": "spouse", "extract": extract}))
    assert [one["person_id"] for one in (await shown(door, case)).json()["items"]] == [str(person), str(spouse)]
    assert refusal(await whole.ask(case, "persons", capacity="spouse", extract=extract))[:2] == (409, "extract_used")
    async with door.client(COUNTY_OFFICER) as client:
        body = {"item_id": whole.item, "area": VILLAGE, "extract": extract}
        assert refusal(await client.post("/cases", json=body))[:2] == (409, "extract_used")
    for how, code in (({"place": "450481114"}, "extract_for_other_use"), ({"audience": "grid"}, "extract_not_valid")):
        answer = await whole.ask(case, "persons", capacity="spouse", extract=extract_of(spouse, **how))
        assert refusal(answer)[:2] == (422, code)


@pytest.mark.parametrize(
    ("number", "self_supporting", "needed"),
    [(ADULT, False, False), (YOUTH, False, True), (YOUTH, True, False), (CHILD, True, False), (CHILD, False, True)],
)
async def test_a_minor_has_a_guardian_unless_of_sixteen_and_living_on_own_labour(
    whole: Whole, ask: Submit, number: str, self_supporting: bool, needed: bool
) -> None:
    who = {"applicant": {**TYPED, "document_number": number}, "self_supporting": self_supporting}
    case = (await ask(**who, consent="by_guardian")).json()
    case = await whole.do(case, "receive", *PAPERS)
    if needed:
        assert refusal(await whole.ask(case, "accept"))[:2] == (409, "guardian_needed")
        case = await whole.do(case, "persons")  # an agent does not stand for a guardian
        assert refusal(await whole.ask(case, "accept"))[:2] == (409, "guardian_needed")
        guardian = {"capacity": "guardian", "proof": "household_register", "person": TYPED}
        case = await whole.do(case, ("persons", guardian))
    assert (await whole.do(case, "accept"))["status"] == "accepted"


async def test_a_child_under_sixteen_has_a_guardian_whatever_is_said(whole: Whole, ask: Submit) -> None:
    who = {"applicant": {**TYPED, "document_number": numbered("45048120110307001")}, "self_supporting": True}
    case = await whole.do((await ask(**who, consent="signed")).json(), "receive", *PAPERS)
    assert refusal(await whole.ask(case, "accept"))[:2] == (409, "guardian_needed")


async def test_names_in_full_are_for_who_handles_the_case_and_for_a_purpose_and_each_look_is_noted(
    whole: Whole, door: Door, person: UUID
) -> None:
    case = await whole.do(await whole.bring("received"), "persons")
    agent, auditor = a_principal("agent", VILLAGE), a_principal("auditor", "450481")
    answer = await shown(door, case, CLERK, view="full")
    assert refusal(answer)[:2] == (422, "purpose_required")
    for who in (agent, auditor):
        answer = await shown(door, case, who, view="full", purpose="case_handling")
        assert refusal(answer)[:2] == (409, "case_held_elsewhere")
        assert "测试" not in answer.text
        assert (await shown(door, case, who)).json()["items"][0]["name"] == "测**某"
    assert refusal(await shown(door, case, OTHER_CLERK)) == NOT_FOUND
    del door.accesses.entries[:]
    answer = await shown(door, case, CLERK, view="full", purpose="case_handling")
    assert [one["name"] for one in answer.json()["items"]] == ["测试甲某某", "代理甲"]
    assert answer.json()["items"][0]["document_number"] == "45048119900307019X"
    noted = [(one.action, one.noun, one.object_id, one.detail, one.role) for one in door.accesses.entries]
    assert noted == [
        ("read_persons", "registry.person", str(person), "full", "village_clerk"),
        ("read_persons", "services_hall.case", case["id"], "full", "village_clerk"),
    ]


async def test_who_was_erased_is_erased_in_cases_of_others_once_these_have_ended(
    whole: Whole,
    door: Door,
    extract_of: Callable[..., str],
    arrivals: Arrivals,
    committed: Database,
    clock: FrozenClock,
) -> None:
    spouse = new_id()
    await arrivals.take(a_person(spouse))
    ended = await whole.do(
        await whole.bring("submitted"), ("persons", {"capacity": "spouse", "extract": extract_of(spouse)}), "withdraw"
    )
    handled = await whole.do(
        await whole.bring("submitted"), ("persons", {"capacity": "spouse", "extract": extract_of(spouse)})
    )
    await arrivals.take(ErasureState(id=new_id(), version=2, status=ErasureStatus("ordered"), persons=(spouse,)))
    names = [[one["name"] for one in (await shown(door, case)).json()["items"]] for case in (ended, handled)]
    assert names == [["测**某", None], ["测**某", "测**某"]]
