"""Circumstances over HTTP: entered, ended, taken back, verified; who may know them; lists, renewals, what is due."""

from datetime import UTC, datetime

from shared.testing.clock import FrozenClock
from tests.registry.builders import FAR, SISTER, TOWN, VILLAGE
from tests.registry.circumstances.entering import (
    CIRCUMSTANCES,
    UNDONE,
    a_job,
    a_permit,
    medical,
    membership,
    recorded,
    recording,
    seen,
    stepped,
)
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    NOBODY,
    OFFICER,
    PERSONS,
    all_pages,
    assert_not_found,
    assert_refused,
    given,
    register,
)

TOWN_OFFICER = ("town_officer", TOWN)
GRID_WORKER = ("grid_worker", VILLAGE)


async def test_an_entry_ends_and_is_never_overwritten(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*CLERK)
    person = await register(client)
    entry = await recorded(client, person, medical(source="insurance_office"))
    assert (entry["title"], entry["until"], entry["verified_on"]) == ("基本医疗保险", None, "2026-03-16")
    ended = given(await stepped(client, entry, "end", {"ended_on": "2026-03-10"}))
    assert (ended["version"], ended["status"], ended["until"]) == (2, "ended", "2026-03-10")
    assert_refused(
        await stepped(client, entry, "end", {"ended_on": "2026-03-11"}), "circumstance_transition_not_allowed"
    )
    await recorded(client, person, medical(began_on="2026-03-10", details={"scheme": "employees"}))
    items = given(await client.get(f"{PERSONS}/{person['id']}/circumstances"))["items"]
    assert [(one["details"], one["until"]) for one in items] == [
        ({"scheme": "residents"}, "2026-03-10"),
        ({"scheme": "employees"}, None),
    ]
    told = await events("registry.circumstance.", entry["id"])
    assert [(one["type"], one["sequence"]) for one in told] == [
        ("registry.circumstance.recorded", 1),
        ("registry.circumstance.ended", 2),
    ]
    assert "source" not in told[0]["state"]
    assert "insurance_office" not in str(told)


async def test_one_of_a_kind_holds_on_a_day_unless_the_kind_has_several(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    person = await register(client)
    first = await recorded(client, person, a_permit())
    again = await recording(client, person, a_permit(began_on="2026-03-01", until="2026-04-01"))
    assert_refused(again, "circumstance_overlaps")
    assert [one["path"] for one in again.json()["errors"]] == [f"circumstances.{first['id']}"]
    await recorded(client, person, a_job())
    await recorded(client, person, a_job(details={"state": "farming"}))
    other = await recorded(client, person, medical(until="2026-03-01"))
    assert other["status"] == "ended"
    await recorded(client, person, medical(began_on="2026-03-01"))


async def test_a_far_day_is_no_end(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    for written in ("9999-12-31", "长期", None):
        entry = await recorded(client, await register(client), a_permit(until=written))
        assert (entry["until"], entry["status"]) == (None, "valid")


async def test_what_does_not_fit_is_refused_and_names_the_field(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    person = await register(client)
    child = await register(client, birth_date="2016-05-17")
    for whose, body, code, path in (
        (person, a_permit(kind="unheard_of"), "unknown_circumstance", "kind"),
        (person, a_permit(details={}), "circumstance_details_wrong", "details.basis"),
        (person, a_permit(details={"basis": "love"}), "circumstance_details_wrong", "details.basis"),
        (person, a_permit(details={"basis": "study", "more": "x"}), "circumstance_details_wrong", "details"),
        (person, a_permit(began_on="2026-06-17"), "circumstance_dates_wrong", "began_on"),
        (person, medical(began_on="2026-03-17"), "circumstance_dates_wrong", "began_on"),
        (person, a_permit(began_on="1950-01-01"), "circumstance_dates_wrong", "began_on"),
        (person, a_permit(until="2026-01-31"), "circumstance_dates_wrong", "until"),
        (person, medical(until="2026-03-17"), "circumstance_dates_wrong", "until"),
        (person, a_permit(verified_on="2026-03-17"), "circumstance_dates_wrong", "verified_on"),
        (child, a_job(), "circumstance_does_not_fit", "kind"),
    ):
        answer = await recording(client, whose, body)
        assert (answer.status_code, answer.json()["code"]) == (422, code), body
        assert [one["path"] for one in answer.json()["errors"]] == [path]
        assert "love" not in answer.text


async def test_an_end_and_a_withdrawal_are_undone_with_a_reason(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    person = await register(client)
    entry = await recorded(client, person, a_permit())
    given(await stepped(client, entry, "end", {"ended_on": "2026-03-01"}))
    back = given(await stepped(client, entry, "restore"))
    assert (back["status"], back["until"]) == ("valid", "2027-02-01"), "the end agreed on is there again"
    given(await stepped(client, entry, "withdraw"))
    assert given(await client.get(f"{CIRCUMSTANCES}/count?area={VILLAGE}"))["count"] == 0
    another = await recorded(client, person, a_permit(began_on="2026-03-01", until="2026-09-01"))
    blocked = await stepped(client, entry, "restore")
    assert_refused(blocked, "circumstance_overlaps")
    assert [one["path"] for one in blocked.json()["errors"]] == [f"circumstances.{another['id']}"]
    given(await stepped(client, another, "withdraw"))
    last = given(await stepped(client, entry, "restore"))
    assert [one["step"] for one in last["steps"]] == ["record", "end", "restore", "withdraw", "restore"]
    assert [one["reason"] for one in last["steps"]] == [None, None, *3 * ["recorded_twice"]]
    assert_refused(await stepped(client, entry, "restore"), "circumstance_transition_not_allowed")


async def test_a_verification_is_by_day_and_source_and_is_taken_back(client_of: Client, county: None) -> None:
    client, worker = client_of(*CLERK), client_of(*GRID_WORKER)
    person = await register(client)
    entry = await recorded(client, person, medical(verified_on="2026-02-01", source="list"))
    assert_refused(await stepped(worker, entry, "unverify"), "circumstance_not_verified")
    given(await stepped(worker, entry, "verify", {"verified_on": "2026-03-01", "source": "visit"}))
    found = given(await stepped(worker, entry, "verify", {}))
    assert (found["verified_on"], found["source"]) == ("2026-03-16", None)
    back = given(await stepped(worker, entry, "unverify"))
    assert (back["verified_on"], back["source"]) == ("2026-03-01", "visit")
    back = given(await stepped(worker, entry, "unverify"))
    assert (back["verified_on"], back["source"]) == ("2026-02-01", "list")
    assert_refused(await stepped(worker, entry, "unverify"), "circumstance_not_verified")
    assert (await stepped(worker, entry, "verify", {"verified_on": "2026-03-17"})).json()["code"] == (
        "circumstance_dates_wrong"
    )
    assert (await stepped(worker, entry, "end", {"ended_on": "2026-03-10"})).status_code == 403


async def test_many_are_verified_together_or_none(client_of: Client, county: None) -> None:
    client, far = client_of(*CLERK), client_of(*FAR_CLERK)
    ours = [await recorded(client, await register(client), medical(verified_on="2026-02-01")) for _ in range(3)]
    home = {"residence": {"area": FAR}, "registration": {"area": FAR}}
    theirs = await recorded(far, await register(far, **home), medical(verified_on="2026-02-01"))
    ids = [one["id"] for one in ours]
    for elsewhere in (theirs["id"], NOBODY):
        answer = await client.post(f"{CIRCUMSTANCES}/verify", json={"ids": [*ids, elsewhere]})
        assert_not_found(answer, "ids.3")
    assert {(await seen(client, one))["verified_on"] for one in ours} == {"2026-02-01"}
    found = given(await client.post(f"{CIRCUMSTANCES}/verify", json={"ids": [*ids, ids[0]], "source": "visit"}))
    assert [(one["id"], one["version"], one["verified_on"]) for one in found["items"]] == [
        (one, 2, "2026-03-16") for one in sorted(ids)
    ]
    assert (await client.post(f"{CIRCUMSTANCES}/verify", json={"ids": [NOBODY] * 501})).status_code == 422


async def test_political_status_is_known_by_few_and_told_nowhere(
    client_of: Client, county: None, events: Events
) -> None:
    clerk, officer = client_of(*CLERK), client_of(*TOWN_OFFICER)
    person = await register(clerk)
    assert_not_found(await recording(clerk, person, membership()))
    secret = await recorded(officer, person, membership())
    plain = await recorded(clerk, person, medical())
    path = f"{PERSONS}/{person['id']}/circumstances"
    for client, known in ((clerk, [plain["id"]]), (officer, [secret["id"], plain["id"]])):
        assert [one["id"] for one in given(await client.get(path))["items"]] == known
        listed = given(await client.get(CIRCUMSTANCES, params={"area": VILLAGE}))["items"]
        assert [one["id"] for one in listed] == sorted(known)
        assert given(await client.get(f"{CIRCUMSTANCES}/count", params={"area": VILLAGE}))["count"] == len(known)
        of_kind = {"area": VILLAGE, "kind": "party_membership"}
        assert len(given(await client.get(CIRCUMSTANCES, params=of_kind))["items"]) == len(known) - 1
    for step, body in (("end", {"ended_on": "2026-03-10"}), ("verify", {}), ("withdraw", UNDONE), ("unverify", UNDONE)):
        assert_not_found(await stepped(clerk, secret, step, body))
    assert_not_found(await clerk.get(f"{CIRCUMSTANCES}/{secret['id']}"))
    assert_not_found(await clerk.post(f"{CIRCUMSTANCES}/verify", json={"ids": [secret["id"]]}), "ids.0")
    given(await stepped(officer, secret, "verify", {}))
    given(await stepped(officer, secret, "withdraw"))
    assert await events("registry.circumstance.", secret["id"]) == []
    assert "party" not in str(await events("registry."))


async def test_elsewhere_it_does_not_exist(client_of: Client, county: None) -> None:
    client, far = client_of(*CLERK), client_of(*FAR_CLERK)
    person = await register(client)
    entry = await recorded(client, person, medical())
    assert_not_found(await recording(far, person, a_job()))
    assert_not_found(await far.get(f"{PERSONS}/{person['id']}/circumstances"))
    assert_not_found(await far.get(f"{CIRCUMSTANCES}/{entry['id']}"))
    for step, body in (("end", {"ended_on": "2026-03-10"}), ("verify", {}), ("withdraw", UNDONE), ("restore", UNDONE)):
        assert_not_found(await stepped(far, entry, step, body))
    for area in (VILLAGE, TOWN):
        for path in (CIRCUMSTANCES, f"{CIRCUMSTANCES}/count"):
            assert_not_found(await far.get(path, params={"area": area}))
    assert given(await far.get(CIRCUMSTANCES, params={"area": FAR}))["items"] == []
    assert (await client_of("resident", VILLAGE).get(f"{CIRCUMSTANCES}/{entry['id']}")).status_code == 403


async def test_permits_that_end_are_listed_until_they_are_renewed(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    people = [await register(client) for _ in range(3)]
    soon = await recorded(client, people[0], a_permit(until="2026-04-10"))
    await recorded(client, people[1], a_permit(until="2026-05-10"))
    await recorded(client, people[2], a_permit(until=None))
    wanted = {"area": VILLAGE, "kind": "residence_permit", "ends_by": "2026-04-15"}
    assert [one["id"] for one in given(await client.get(CIRCUMSTANCES, params=wanted))["items"]] == [soon["id"]]
    assert given(await client.get(f"{CIRCUMSTANCES}/count", params=wanted))["count"] == 1
    await recorded(client, people[0], medical())
    assert given(await client.get(f"{CIRCUMSTANCES}/count", params=wanted))["count"] == 1
    renewal = a_permit(began_on="2026-04-10", until="2027-04-10")
    assert_refused(await recording(client, people[0], {**renewal, "began_on": "2026-04-09"}), "circumstance_overlaps")
    renewed = await recorded(client, people[0], renewal)
    assert given(await client.get(f"{CIRCUMSTANCES}/count", params=wanted))["count"] == 0
    given(await stepped(client, renewed, "withdraw"))
    assert given(await client.get(f"{CIRCUMSTANCES}/count", params=wanted))["count"] == 1


async def test_a_list_is_as_of_a_day(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    person = await register(client)
    await recorded(client, person, medical(began_on="2026-01-10", until="2026-02-10"))
    await recorded(client, person, medical(began_on="2026-02-10", details={"scheme": "employees"}))
    for day, schemes in (
        ("2026-01-09", []),
        ("2026-01-10", ["residents"]),
        ("2026-02-09", ["residents"]),
        ("2026-02-10", ["employees"]),
    ):
        theirs = given(await client.get(f"{PERSONS}/{person['id']}/circumstances", params={"on": day}))["items"]
        listed = given(await client.get(CIRCUMSTANCES, params={"area": VILLAGE, "on": day}))["items"]
        assert [one["details"]["scheme"] for one in theirs] == schemes, day
        assert [one["details"]["scheme"] for one in listed] == schemes, day


async def test_what_was_verified_too_long_ago_is_due(client_of: Client, county: None, clock: FrozenClock) -> None:
    client = client_of(*CLERK)
    person = await register(client)
    job = await recorded(client, person, a_job())
    await recorded(client, person, medical())
    due = {"area": VILLAGE, "due": "true"}
    assert given(await client.get(f"{CIRCUMSTANCES}/count", params=due))["count"] == 0
    clock.set(datetime(2026, 9, 11, 4, tzinfo=UTC))
    assert given(await client.get(f"{CIRCUMSTANCES}/count", params=due))["count"] == 0
    clock.set(datetime(2026, 9, 12, 4, tzinfo=UTC))
    assert [one["id"] for one in given(await client.get(CIRCUMSTANCES, params=due))["items"]] == [job["id"]]
    insurance = {**due, "group": "insurance"}
    assert given(await client.get(f"{CIRCUMSTANCES}/count", params=insurance))["count"] == 0
    given(await stepped(client, job, "verify", {}))
    assert given(await client.get(f"{CIRCUMSTANCES}/count", params=due))["count"] == 0


async def test_every_role_counts_what_it_lists_and_every_look_is_noted(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    for _ in range(3):
        person = await register(client)
        await recorded(client, person, medical())
        await recorded(client_of(*TOWN_OFFICER), person, membership())
    for role in (CLERK, TOWN_OFFICER, GRID_WORKER, OFFICER, ("county_registrar", "450481")):
        reader = client_of(*role)
        rows = await all_pages(reader, CIRCUMSTANCES, area=VILLAGE, limit=2)
        assert len({one["id"] for one in rows}) == len(rows)
        assert given(await reader.get(f"{CIRCUMSTANCES}/count", params={"area": VILLAGE}))["count"] == len(rows)
    assert_not_found(await client.get(CIRCUMSTANCES, params={"area": SISTER}))
    looks = given(await client_of(*TOWN_OFFICER).get(f"{PERSONS}/{person['id']}/accesses"))["items"]
    assert {"record_circumstance", "list_circumstances"} <= {one["action"] for one in looks}
