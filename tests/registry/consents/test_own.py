"""Consents of the person's own hand: by the own login, at a counter, for a child; withdrawn as easily as given."""

from datetime import date

from shared.db.engine import Database
from tests.registry.bindings.binding import bound, resident
from tests.registry.builders import a_number
from tests.registry.conftest import Client, Events
from tests.registry.consents.giving import (
    annul,
    at_the_counter,
    give_own,
    give_there,
    listed,
    minor,
    of_person,
    own,
    proven,
    recorded,
    steps_of,
    undo,
    withdraw,
    withdraw_own,
    withdraw_there,
)
from tests.registry.persons.test_numbers import logged
from tests.registry.proofs.proving import code_of
from tests.registry.steps import (
    CLERK,
    NOBODY,
    OWN,
    PROOFS,
    REGISTRAR,
    assert_not_found,
    assert_refused,
    found,
    given,
    register,
)


async def test_a_person_consents_reads_and_withdraws_alone(
    client_of: Client, county: None, events: Events, committed: Database
) -> None:
    clerk = client_of(*CLERK, subject="clerk")
    mine, person = await bound(client_of, clerk)
    made = given(await give_own(mine, until="2027-03-16"), 201)
    assert (made["way"], made["giver"], made["given_on"], made["until"]) == (
        *("own", "person", "2026-03-16"),
        "2027-03-16",
    )
    assert not {"person_id", "guardian_id"} & made.keys()
    assert_refused(await give_own(mine), "consent_known", [(f"consents.{made['id']}", "consent_known")])
    paper = await recorded(clerk, person)
    assert [one["id"] for one in await own(mine)] == [paper["id"], made["id"]]
    for one, headers in ((made, {"if-match": '"1"'}), (paper, {})):
        withdrawn = given(await withdraw_own(mine, one, headers=headers))
        assert (withdrawn["status"], withdrawn["ended_on"]) == ("withdrawn", "2026-03-16")
        assert_refused(await withdraw_own(mine, one), "consent_transition_not_allowed")
    assert await listed(clerk) == []
    assert [one["type"].rpartition(".")[2] for one in await events("registry.consent.", paper["id"])] == [
        *("given", "withdrawn")
    ]
    given(await give_own(mine), 201)
    noted = {entry[0] for entry in await logged(committed, "resident-1")}
    assert {"give_own_consent", "read_own_consents", "withdraw_own_consent"} <= noted


async def test_what_somebody_withdrew_alone_no_clerk_turns_round(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK, subject="clerk")
    mine, person = await bound(client_of, clerk)
    paper, made = await recorded(clerk, person), given(await give_own(mine), 201)
    given(await withdraw_own(mine, paper))
    for officer in (clerk, client_of(*REGISTRAR)):
        assert_refused(await undo(officer, paper), "consent_of_own_wish")
        assert_refused(await annul(officer, made), "consent_of_own_wish")
    assert given(await withdraw(clerk, made, "2026-03-16"))["status"] == "withdrawn"


async def test_nobody_reaches_the_consents_of_another(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    mine, _ = await bound(client_of, clerk)
    theirs = await recorded(clerk, await register(clerk, name="韦小妹"))
    assert_not_found(await withdraw_own(mine, theirs))
    assert_not_found(await withdraw_own(mine, {"id": NOBODY}))
    assert await own(mine) == []
    unbound = resident(client_of, "unbound")
    assert_refused(await give_own(unbound), "account_not_bound")
    assert_refused(await unbound.get(f"{OWN}/consents"), "account_not_bound")


async def test_a_child_does_not_consent_alone(client_of: Client, county: None) -> None:
    number = a_number(date(2016, 5, 17))
    clerk = client_of(*CLERK)
    child = await register(clerk, birth_date="2016-05-17", name="覃小宝", document={"number": number})
    mine = resident(client_of, "child")
    body = {"document_number": number, "code": await code_of(clerk, child["id"])}
    assert given(await mine.post(f"{OWN}/binding", json=body), 201)["status"] == "bound"
    assert_refused(await give_own(mine), "consent_by_guardian")


async def test_the_copy_and_the_own_data_tell_of_consents(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    mine, person = await bound(client_of, clerk)
    given(await give_own(mine, until="2027-03-16"), 201)
    wrong = await recorded(clerk, person)
    given(await annul(clerk, wrong))
    (entry,) = [one for one in given(await mine.get(f"{OWN}/data"))["entries"] if one["group"] == "consent"]
    assert (entry["code"], entry["began_on"], entry["ended_on"]) == ("messages", "2026-03-16", "2027-03-16")
    assert entry["details"] == {"信息类别": "联系电话", "状态": "有效"}
    copy = given(await mine.post(f"{OWN}/copies"), 201)["text"]
    assert "【个人信息处理同意】" in copy
    assert "推送便民信息：2026-03-16 至 2027-03-16，信息类别：联系电话，状态：有效" in copy


async def test_at_a_counter_the_person_consents_and_withdraws(client_of: Client, county: None) -> None:
    counter, proof, person = await at_the_counter(client_of)
    made = given(await give_there(counter, proof), 201)
    assert (made["way"], made["giver"]) == ("counter", "person")
    clerk = client_of(*CLERK)
    (step,) = await steps_of(clerk, made)
    assert (step["proof_id"], step["done_by"]) == (proof["id"], "counter")
    assert given(await withdraw_there(counter, proof))["status"] == "withdrawn"
    assert_refused(await withdraw_there(counter, proof), "consent_transition_not_allowed")
    for officer in (clerk, client_of(*REGISTRAR)):
        assert_refused(await undo(officer, made), "consent_of_own_wish")
    assert given(await undo(counter, made))["status"] == "valid", "who took it at the counter took it wrongly"
    assert_not_found(await give_there(clerk, proof))
    given(await counter.post(f"{PROOFS}/{proof['id']}/close"))
    assert_refused(await give_there(counter, proof, purpose="activities", groups=["name"]), "proof_over")
    assert [one["id"] for one in await of_person(clerk, person)] == [made["id"]]


async def test_who_gave_out_the_code_does_not_enter_the_consent(client_of: Client, county: None) -> None:
    number, clerk = a_number(), client_of(*CLERK)
    person = await register(clerk, document={"number": number})
    counter, proof, _ = await proven(client_of, person, number, subject="tester")
    assert_refused(await give_there(counter, proof), "proof_code_by_counter")


async def test_a_parent_at_the_counter_speaks_for_a_child(client_of: Client, county: None, committed: Database) -> None:
    clerk = client_of(*CLERK)
    counter, proof, mother = await at_the_counter(client_of, birth_date="1960-05-17")
    child = await register(clerk, birth_date="2016-05-17", name="覃小宝")
    for nobodys in (child, {"id": NOBODY}):
        assert_not_found(await give_there(counter, proof, **minor(nobodys)), "ward.person_id")
        assert_not_found(await withdraw_there(counter, proof, **minor(nobodys)), "ward.person_id")
    members = ({"relation": "02", "person_id": mother["id"]}, {"relation": "30", "person_id": child["id"]})
    await found(clerk, *members)
    made = given(await give_there(counter, proof, **minor(child)), 201)
    assert made["giver"] == "guardian_of_minor"
    (kept,) = await of_person(clerk, child)
    assert (kept["guardian_id"], kept["known_by"]) == (mother["id"], "household")
    assert await of_person(clerk, mother) == []
    assert given(await withdraw_there(counter, proof, **minor(child)))["status"] == "withdrawn"
    noted = [one[0] for one in await logged(committed, "counter") if one[1] == child["id"]]
    assert noted.count("give_consent_by_proof") == 1
    assert noted.count("withdraw_consent_by_proof") == 1


async def test_an_answer_is_not_given_again_to_who_is_bound_no_more(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    mine, _ = await bound(client_of, clerk)
    headers = {"idempotency-key": "consents-01"}
    body = {"purpose": "messages", "groups": ["contact"]}
    first = given(await mine.post(f"{OWN}/consents", json=body, headers=headers), 201)
    assert given(await mine.post(f"{OWN}/consents", json=body, headers=headers), 201) == first
    given(await mine.post(f"{OWN}/binding/end"))
    assert_refused(await mine.post(f"{OWN}/consents", json=body, headers=headers), "account_not_bound")


async def test_an_answer_at_a_counter_is_not_given_again_once_its_proof_is_over(
    client_of: Client, county: None
) -> None:
    counter, proof, _ = await at_the_counter(client_of)
    path, headers = f"{PROOFS}/{proof['id']}/consents", {"idempotency-key": "consents-02"}
    body = {"purpose": "messages", "groups": ["contact"]}
    first = given(await counter.post(path, json=body, headers=headers), 201)
    assert given(await counter.post(path, json=body, headers=headers), 201) == first
    given(await counter.post(f"{PROOFS}/{proof['id']}/close"))
    assert_refused(await counter.post(path, json=body, headers=headers), "proof_over")
