"""Several people at the documents of one case at the same moment, on committed connections."""

from asyncio import gather
from collections import Counter
from typing import Any

from shared.testing.clock import FrozenClock
from shared.testing.doors import Door, a_principal
from tests.services_hall.conftest import CLERK, COUNTY_OFFICER, CaseIn, Step, refusal
from tests.services_hall.documents.test_documents import ask, door, issue, read, verified

__all__ = ["door"]
VOID = {"reason": "wrong_content"}
TOWN_OFFICER = a_principal("town_officer", "450481114")


def numbered(documents: Any) -> list[int]:
    """Serials of documents, in order."""
    return sorted(int(one["number"].split("〕")[1].removesuffix(" 号")) for one in documents)


async def test_papers_of_several_cases_issued_at_once_have_numbers_without_a_gap_and_no_refusal_takes_one(
    door: Door, case_in: CaseIn
) -> None:
    cases = [await case_in("received") for _ in range(4)]
    answers = await gather(
        *(ask(door, f"/cases/{one['id']}/documents", {"kind": "receipt"}) for one in (*cases, *cases, *cases))
    )
    assert Counter(one.status_code for one in answers) == {201: 4, 409: 8}
    assert {refusal(one)[1] for one in answers if one.status_code == 409} == {"document_issued"}
    assert numbered(one.json() for one in answers if one.status_code == 201) == [1, 2, 3, 4]
    assert (await issue(door, await case_in("received"), "receipt"))["number"] == "收〔2026〕5 号"


async def test_serials_begin_anew_with_the_year_and_each_kind_counts_by_itself(
    door: Door, case_in: CaseIn, clock: FrozenClock
) -> None:
    first, second = await case_in("accepted"), await case_in("received")
    numbers = [(await issue(door, first, kind))["number"] for kind in ("receipt", "acceptance")]
    assert numbers == ["收〔2026〕1 号", "受〔2026〕1 号"]
    clock.advance(days=300)  # 2027-01-10
    assert (await issue(door, second, "receipt"))["number"] == "收〔2027〕1 号"


async def test_of_those_who_void_a_paper_at_once_one_does_and_one_other_is_issued_after_it(
    door: Door, case_in: CaseIn
) -> None:
    case = await case_in("received")
    document = await issue(door, case, "receipt")
    path = f"/documents/{document['id']}/void"
    answers = await gather(*(ask(door, path, VOID, who) for who in (COUNTY_OFFICER, CLERK, TOWN_OFFICER)))
    assert Counter(one.status_code for one in answers) == {200: 1, 409: 2}
    assert {refusal(one)[1] for one in answers if one.status_code == 409} == {"document_voided"}
    again = await gather(*(ask(door, f"/cases/{case['id']}/documents", {"kind": "receipt"}) for _ in range(3)))
    assert Counter(one.status_code for one in again) == {201: 1, 409: 2}
    listed = (await read(door, f"/cases/{case['id']}/documents"))["items"]
    assert [one["status"] for one in listed] == ["voided", "issued"]


async def test_who_voids_names_the_version_that_was_seen(door: Door, case_in: CaseIn) -> None:
    document = await issue(door, await case_in("received"), "receipt")
    path = f"/documents/{document['id']}/void"
    async with door.client(COUNTY_OFFICER) as client:
        stale = await client.post(path, json=VOID, headers={"If-Match": '"7"'})
        done = await client.post(path, json=VOID, headers={"If-Match": '"1"', "Idempotency-Key": "void-1"})
        again = await client.post(path, json=VOID, headers={"If-Match": '"1"', "Idempotency-Key": "void-1"})
        other = await client.post(path, json={"reason": "lost"}, headers={"Idempotency-Key": "void-1"})
    assert refusal(stale)[:2] == (412, "version_mismatch")
    assert (done.status_code, done.headers["etag"], done.json()["void_reason"]) == (200, '"2"', "wrong_content")
    assert (again.status_code, again.content) == (200, done.content), "a repetition has the first answer"
    assert other.status_code in (409, 422)
    assert done.json()["version"] == 2


async def test_a_step_that_is_undone_while_its_paper_is_issued_leaves_no_paper_that_is_held_for_genuine(
    door: Door, case_in: CaseIn, step: Step
) -> None:
    for _ in range(3):
        case = await case_in("accepted")
        undone, issued = await gather(
            step(case, "undo", headers={"If-Match": f'"{case["version"]}"'}, reason="wrong_step"),
            ask(door, f"/cases/{case['id']}/documents", {"kind": "acceptance"}),
        )
        assert undone.status_code == 200, undone.text
        if issued.status_code == 201:
            document = issued.json()
            told = await verified(door, document["token"], document["check_code"])
            assert told["outcome"] == "superseded"
        else:
            assert refusal(issued)[:2] == (409, "document_not_yet")


async def test_a_paper_of_another_kind_is_issued_at_the_same_moment(door: Door, case_in: CaseIn) -> None:
    case = await case_in("closed")
    kinds = ("receipt", "acceptance", "decision", "closing")
    answers = await gather(*(ask(door, f"/cases/{case['id']}/documents", {"kind": kind}) for kind in kinds))
    assert [one.status_code for one in answers] == [201] * 4
    listed = (await read(door, f"/cases/{case['id']}/documents"))["items"]
    assert sorted(one["kind"] for one in listed) == sorted(kinds)
    assert len({one["check_code"] for one in listed}) == len({one["id"] for one in listed}) == 4
