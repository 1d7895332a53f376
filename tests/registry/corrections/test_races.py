"""Several decide on one request in the same moment, or on its person: on committed connections."""

import asyncio

from tests.registry.builders import TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.corrections.asking import (
    APPROVER,
    ASKER,
    CHECKER,
    approve,
    asked,
    asking,
    correction_of,
    refuse,
    withdraw,
)
from tests.registry.steps import CLERK, REGISTRAR, assert_refused, correct, given, person_of, register


async def test_of_those_who_approve_one_step_at_once_one_does(client_of: Client, county: None, events: Events) -> None:
    made = await asked(client_of("village_clerk", VILLAGE, subject="asks"), await register(client_of(*CLERK)))
    officers = [client_of("town_officer", TOWN, subject=f"officer-{n}") for n in range(4)]
    answers = await asyncio.gather(*(approve(one, made, "check") for one in officers))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    for answer in answers:
        if answer.status_code == 409:
            assert_refused(answer, "correction_step_not_next", [("step", "correction_step_not_next")])
    shown = await correction_of(officers[0], made)
    assert (shown["status"], len(shown["approvals"]), shown["next_step"]) == ("requested", 1, "approve")
    assert len(await events("registry.correction.approved", made["id"])) == 1


async def test_both_steps_at_once_are_taken_in_their_order_or_the_later_one_is_refused(
    client_of: Client, county: None, events: Events
) -> None:
    person = await register(client_of(*CLERK))
    for _ in range(4):
        made = await asked(client_of("village_clerk", VILLAGE, subject="asks"), person)
        checker, approver = (client_of(role, area, subject=subject) for role, area, subject in (CHECKER, APPROVER))
        later, earlier = await asyncio.gather(approve(approver, made, "approve"), approve(checker, made, "check"))
        given(earlier)
        assert later.status_code in (200, 409), later.text
        shown = await correction_of(checker, made)
        assert [one["step"] for one in shown["approvals"]] == ["check", "approve"][: 2 if later.is_success else 1]
        if later.is_success:
            break
        given(await withdraw(checker, made))
    corrected = await events("registry.person.corrected", person["id"])
    assert len(corrected) == (1 if later.is_success else 0)


async def test_of_approval_refusal_and_withdrawal_one_wins(client_of: Client, county: None, events: Events) -> None:
    person = await register(client_of(*CLERK))
    clerk = client_of("village_clerk", VILLAGE, subject="asks")
    checker = client_of(CHECKER[0], CHECKER[1], subject=CHECKER[2])
    officers = [client_of("town_officer", TOWN, subject=f"officer-{n}") for n in range(2)]
    for _ in range(3):
        made = await asked(clerk, await person_of(clerk, person["id"]))
        given(await approve(checker, made, "check"))
        answers = await asyncio.gather(
            approve(officers[0], made, "approve"), refuse(officers[1], made, "approve"), withdraw(clerk, made)
        )
        codes = [one.status_code for one in answers]
        assert sorted(codes) == [200, 409, 409], [one.text for one in answers]
        assert {one.json()["code"] for one in answers if one.status_code == 409} <= {
            "correction_decided",
            "correction_step_not_next",
        }
        status = (await correction_of(clerk, made))["status"]
        assert status == ("carried_out", "refused", "withdrawn")[codes.index(200)]
        assert len(await events("registry.person.corrected", person["id"])) == (status == "carried_out")
        if status == "carried_out":
            break


async def test_of_two_who_ask_for_one_person_the_second_is_told_of_the_first(
    client_of: Client, county: None, events: Events
) -> None:
    person = await register(client_of(*CLERK))
    clerks = [client_of("village_clerk", VILLAGE, subject=f"clerk-{n}") for n in range(3)]
    answers = await asyncio.gather(*(asking(one, person) for one in clerks))
    assert sorted(one.status_code for one in answers) == [201, 409, 409]
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"correction_pending"}
    assert len(await events("registry.correction.requested")) == 1


async def test_a_last_approval_and_a_correction_at_once(client_of: Client, county: None) -> None:
    """Either it is carried out, and the other correction is of an old version; or the person has changed before."""
    clerk, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    person = await register(clerk)
    made = await asked(client_of(ASKER[0], ASKER[1], subject=ASKER[2]), person)
    given(await approve(client_of(CHECKER[0], CHECKER[1], subject=CHECKER[2]), made, "check"))
    approver = client_of(APPROVER[0], APPROVER[1], subject=APPROVER[2])
    approval, other = await asyncio.gather(
        approve(approver, made, "approve"), correct(registrar, person, phone="13912345678")
    )
    assert sorted((approval.status_code, other.status_code)) in ([200, 409], [200, 412]), (approval.text, other.text)
    after = await person_of(clerk, person["id"])
    assert after["version"] == 2
    assert (after["name"] == "覃*瑛") is approval.is_success
