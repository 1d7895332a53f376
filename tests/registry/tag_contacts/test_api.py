"""Contacts of tags over HTTP: entered, corrected, kept, ended, withdrawn, undone; masking, scope, families, due."""

from typing import Any

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.builders import COUNTY, FAR, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    DUPLICATES,
    FAR_CLERK,
    NOBODY,
    PERSONS,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    be_found,
    die,
    given,
    go_missing,
    last_event,
    move_out,
    proposed,
    register,
    start_tag,
    undone,
)
from tests.registry.tag_contacts.entering import (
    CONTACTS,
    NAME,
    PHONE,
    TAGS,
    a_child,
    asked,
    entered,
    of_tag,
    official,
    resident,
    seen,
    somebody,
    stepped,
    tags_of,
)

SECRETS = (NAME, PHONE, "植入")
WORKER, TOWN_OFFICER, AUDITOR = ("grid_worker", VILLAGE), ("town_officer", TOWN), ("auditor", COUNTY)


async def due(client: Any, area: str = VILLAGE) -> list[tuple[str, str]]:
    """What is due by contact or tag, and reason; the count says as many."""
    rows = await all_pages(client, f"{CONTACTS}/due", area=area, limit=1)
    assert given(await client.get(f"{CONTACTS}/due/count", params={"area": area})) == {"count": len(rows)}
    return sorted((one["contact_id"] or one["tag_id"], one["reason"]) for one in rows)


async def test_whatever_is_done_is_undone_step_by_step_and_told_without_a_name(
    client_of: Client, county: None, events: Events, committed: Database
) -> None:
    client = client_of(*CLERK)
    _, tag = await a_child(client)
    made = await entered(client, tag, somebody())
    assert {name: made[name] for name in somebody()} == somebody()
    assert (made["version"], made["status"], made["due"], made["kept_for"]) == (1, "valid", None, None)
    answer = await client.get(f"{CONTACTS}/{made['id']}")
    assert (answer.json(), answer.headers["etag"]) == (made, '"1"')
    states = [made]
    right = {"relation": "kin", "name": NAME, "phone": "0774-8212345", "began_on": "2026-03-01"}
    for step, body in (("correct", right), ("end", {"ended_on": "2026-03-10"}), ("withdraw", {})):
        states.append(given(await stepped(client, made, step, **body)))
    assert {name: states[1][name] for name in right} == right
    assert (states[2]["status"], states[2]["ended_on"], states[3]["status"]) == ("ended", "2026-03-10", "withdrawn")
    assert_refused(await stepped(client, made, "end", ended_on="2026-03-10"), "tag_contact_transition_not_allowed")
    for number, before in enumerate(reversed(states[:-1])):
        assert given(await stepped(client, made, "undo")) == {**before, "version": 5 + number}
    assert_refused(await stepped(client, made, "undo"), "tag_contact_nothing_to_undo")
    rows = await all_pages(client, f"{CONTACTS}/{made['id']}/history", limit=3)
    assert [one["step"] for one in rows] == ["entered", "corrected", "ended", "withdrawn", *["undone"] * 3]
    assert [one["contact"] for one in rows[:4]] == states
    stale = await client.post(f"{CONTACTS}/{made['id']}/withdraw", headers={"If-Match": '"1"'})
    assert_refused(stale, "version_mismatch")
    told = await events("registry.tag.", tag["id"])
    assert [one["type"].rsplit(".")[-1] for one in told] == ["started", *["contacts_changed"] * 3]
    there = [{"id": made["id"], "role": "guardian"}]
    assert [one["state"]["contacts"] for one in told] == [[], there, [], there]
    assert not any(secret in str(one) for one in await events() for secret in SECRETS)
    async with committed.session() as session:
        kept = [*(await session.execute(text("SELECT * FROM tag_contacts"))).mappings()]
        kept += (await session.execute(text("SELECT * FROM tag_contact_versions"))).mappings()
    assert not any(one in str(row) or one.encode() in row["contact_sealed"] for row in kept for one in SECRETS)


async def test_who_is_shown_what(client_of: Client, county: None) -> None:
    client, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    _, tag = await a_child(client)
    parent = await register(client, name="覃大山", phone="13807748111")
    outside = await entered(client, tag, somebody())
    inside = await entered(client, tag, resident(parent["id"]))
    worker = await entered(client, tag, official(phone=PHONE))
    shown = {one["id"]: (one["name"], one["phone"]) for one in await of_tag(client_of(*WORKER), tag)}
    full = {
        outside["id"]: (NAME, PHONE),
        inside["id"]: ("覃大山", "13807748111"),
        worker["id"]: ("植入干部", PHONE),
    }
    assert shown == full
    town = client_of(*TOWN_OFFICER)
    masked = {one["id"]: (one["name"], one["phone"]) for one in await of_tag(town, tag)}
    assert masked == {
        outside["id"]: ("上**入", "135****5678"),
        inside["id"]: ("覃*山", "138****8111"),
        worker["id"]: ("植**部", "135****5678"),
    }
    kept = {"relation": "kin", "began_on": "2026-03-02"}
    assert given(await stepped(town, outside, "correct", **kept))["name"] == "上**入"
    assert (await seen(client, outside))["phone"] == PHONE, "who sees it masked does not wipe it out"
    assert_refused(await stepped(town, outside, "correct", **kept), "tag_contact_unchanged")
    for who in (client_of(*FAR_CLERK), client_of(*AUDITOR)):
        answers = [
            await who.get(f"{CONTACTS}/{outside['id']}"),
            await who.get(f"{TAGS}/{tag['id']}/contacts"),
            await asked(who, tag, somebody()),
            await stepped(who, outside, "withdraw"),
        ]
        assert {one.status_code for one in answers} <= {403, 404}
    assert_not_found(await client_of(*FAR_CLERK).get(f"{CONTACTS}/{outside['id']}"))
    assert_not_found(await client.get(f"{CONTACTS}/{NOBODY}"))
    person = given(await client.get(f"{CONTACTS}/{outside['id']}"))["person_id"]
    looks = given(await registrar.get(f"{PERSONS}/{person}/accesses"))["items"]
    assert {"tag_contact", "read_tag_contacts"} <= {one["action"] for one in looks}
    assert {one["detail"] for one in looks if one["action"] == "read_tag_contacts"} == {"full", "masked"}


async def test_a_restricted_tag_and_its_contacts_are_the_registrars_alone(
    client_of: Client, county: None, events: Events
) -> None:
    registrar, clerk, auditor = client_of(*REGISTRAR), client_of(*CLERK), client_of(*AUDITOR)
    person = (await register(registrar))["id"]
    tag = await start_tag(registrar, person, "severe_mental_disorder", restricted=True)
    assert await due(registrar) == [(tag["id"], "no_guardian")]
    assert await due(clerk) == []
    made = await entered(registrar, tag, somebody())
    for answer in (
        await clerk.get(f"{TAGS}/{tag['id']}/contacts"),
        await clerk.get(f"{CONTACTS}/{made['id']}"),
        await clerk.get(f"{CONTACTS}/{made['id']}/history"),
        await asked(clerk, tag, somebody(name="司徒")),
        await stepped(clerk, made, "withdraw"),
    ):
        assert_not_found(answer)
    assert await due(registrar) == []
    told = await events("registry.restricted_tag.", tag["id"])
    assert [one["type"].rsplit(".")[-1] for one in told] == ["started", "contacts_changed"]
    assert await events("registry.tag.") == []
    actions = {one["action"] for one in given(await registrar.get(f"{PERSONS}/{person}/accesses"))["items"]}
    assert "restricted_tag_contact" in actions
    audited = {one["action"] for one in given(await auditor.get(f"{PERSONS}/{person}/accesses"))["items"]}
    assert not any("restricted" in one for one in audited)


async def test_who_cannot_be_a_contact_is_refused_by_name_of_the_field(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    own = "person_id"
    ward, tag = await a_child(client)
    foreign = (await register(client_of(*REGISTRAR), residence={"area": FAR}, registration={"area": FAR}))["id"]
    young = (await register(client, birth_date="2012-05-17"))["id"]
    dead, gone = [(await register(client))["id"] for _ in range(2)]
    given(await die(client, dead, "2026-03-10"))
    given(await move_out(client, gone, "2026-03-10"))
    for who in (foreign, NOBODY):
        assert_not_found(await asked(client, tag, resident(who)), own)
    mis = "tag_contact_does_not_fit"
    for body, code, errors in (
        (resident(dead), "person_deceased", [(own, "person_deceased")]),
        (resident(gone), "person_not_active", [(own, "person_not_active")]),
        (resident(young), mis, [(own, "under_age")]),
        (resident(ward, role="responsible"), mis, [(own, "same_person")]),
        (official(role="guardian", relation="kin"), mis, [("party", "account")]),
        (somebody(relation="volunteer"), mis, [("relation", "relation")]),
        (somebody(began_on="2016-05-16"), "tag_contact_dates_wrong", [("began_on", "tag_contact_dates_wrong")]),
        (somebody(began_on="2026-03-17"), "tag_contact_dates_wrong", [("began_on", "tag_contact_dates_wrong")]),
        (somebody(phone="12"), "invalid_request", [("phone", "phone")]),
        (somebody(name=None), "invalid_request", [("name", "empty")]),
    ):
        assert_refused(await asked(client, tag, body), code, errors)
    made = await entered(client, tag, somebody())
    assert_refused(await asked(client, tag, somebody(phone=None)), "tag_contact_known")
    await entered(client, tag, somebody(phone="13912345679"))
    given(await stepped(client, made, "end", ended_on="2026-03-10"))
    again = await entered(client, tag, somebody())
    assert_refused(await stepped(client, made, "undo"), "tag_contact_known")
    for number in range(8):
        await entered(client, tag, official(subject=f"worker-{number}"))
    assert_refused(await asked(client, tag, official(subject="worker-9")), "too_many_tag_contacts")
    given(await client.post(f"{TAGS}/{tag['id']}/end", json={"ended_on": "2026-03-11"}))
    for answer in (await asked(client, tag, official(subject="worker-9")), await stepped(client, again, "withdraw")):
        assert_refused(answer, "tag_contact_transition_not_allowed")


async def test_a_guardian_who_is_gone_is_looked_after(client_of: Client, county: None) -> None:
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, subject="second")
    _, tag = await a_child(client)
    assert await due(client) == [(tag["id"], "no_guardian")]
    first, other = [(await register(client))["id"] for _ in range(2)]
    mother, father = await entered(client, tag, resident(first)), await entered(client, tag, resident(other))
    assert await due(client) == []
    given(await move_out(client, first, "2026-03-08"))
    given(await die(client, other, "2026-03-09"))
    both = sorted([(mother["id"], "moved_out"), (father["id"], "deceased")])
    assert await due(client) == both
    assert await due(client, FAR) == []
    assert (await seen(client, mother))["due"] == "moved_out"
    assert_refused(await stepped(client, father, "keep"), "tag_contact_not_due")
    assert given(await stepped(client, mother, "keep"))["kept_for"] == "moved_out"
    assert_refused(await stepped(client, mother, "keep"), "tag_contact_not_due")
    assert await due(client) == [(father["id"], "deceased")]
    given(await stepped(client, mother, "undo"))
    assert await due(client) == both
    await undone(client, second, other, await last_event(client, other))
    given(await go_missing(client, other, "2026-03-10"))
    assert await due(client) == sorted([(mother["id"], "moved_out"), (father["id"], "missing")])
    given(await be_found(client, other, "2026-03-11"))
    given(await stepped(client, mother, "end", ended_on="2026-03-12"))
    assert await due(client) == []
    given(await stepped(client, father, "withdraw"))
    assert await due(client) == [(tag["id"], "no_guardian")]
    given(await client.post(f"{TAGS}/{tag['id']}/end", json={"ended_on": "2026-03-13"}))
    assert await due(client) == []


async def test_who_was_merged_is_whoever_goes_on(client_of: Client, county: None) -> None:
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, subject="second")
    undocumented: Json = {"document": None, "undocumented": {"reason": "lost", "due_on": "2026-06-30"}}
    elder = (await register(client, name="覃秀英"))["id"]
    tag = await start_tag(client, elder, "disabled")
    survivor = (await register(client, name="覃大山"))["id"]
    double = (await register(client, name="覃大三", **undocumented))["id"]
    twin = (await register(client, name="韦小妹", **undocumented))["id"]
    one = await entered(client, tag, resident(double, role="responsible", relation="kin"))
    two = await entered(client, tag, resident(twin, role="responsible", relation="kin"))
    pairs = []
    for merged, into in ((double, survivor), (twin, elder)):
        pairs.append(await proposed(client, merged, into))
        given(await second.post(f"{DUPLICATES}/{pairs[-1]['id']}/approve"))
    assert ((shown := await seen(client, one))["name"], shown["due"], shown["party_id"]) == ("覃大山", None, double)
    assert await due(client) == [(two["id"], "same_person")]
    given(await second.post(f"{DUPLICATES}/{pairs[1]['id']}/separate", json={"reason": "wrong_person"}))
    assert await due(client) == []


async def test_contacts_go_along_with_a_merge_of_their_person_and_back(
    client_of: Client, county: None, events: Events
) -> None:
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, subject="second")
    undocumented: Json = {"document": None, "undocumented": {"reason": "lost", "due_on": "2026-06-30"}}
    survivor = (await register(client))["id"]
    double = (await register(client, name="韦小妹", **undocumented))["id"]
    own = await start_tag(client, survivor, "disabled")
    known = await entered(client, own, official())
    lost = await start_tag(client, double, "disabled")
    await entered(client, lost, official())
    await entered(client, lost, resident(survivor, role="responsible", relation="kin"))
    here = await entered(client, lost, somebody())
    moving = await start_tag(client, double, "unemployed")
    await entered(client, moving, official(subject="clerk-8"))
    pair = await proposed(client, double, survivor)
    given(await second.post(f"{DUPLICATES}/{pair['id']}/approve"))
    assert [(one["id"] == known["id"], one["name"]) for one in await of_tag(client, own)] == [
        (True, "植入干部"),
        (False, NAME),
    ]
    (handed,) = [one for one in await tags_of(client, survivor) if one["code"] == "unemployed"]
    assert [one["subject"] for one in await of_tag(client, handed)] == ["clerk-8"]
    told = await events("registry.tag.", handed["id"])
    assert [len(one["state"]["contacts"]) for one in told] == [0, 1]
    given(await second.post(f"{DUPLICATES}/{pair['id']}/separate", json={"reason": "wrong_person"}))
    assert [one["status"] for one in await of_tag(client, own)] == ["valid", "withdrawn"]
    assert (await seen(client, here))["status"] == "valid"
    back = [one for one in await of_tag(client, own) if one["status"] == "withdrawn"]
    assert_refused(await stepped(client, back[0], "undo"), "tag_contact_nothing_to_undo")


@pytest.mark.parametrize("books", [["residence", "registration"], ["residence"]])
async def test_tags_end_with_a_departure_and_hold_again_without_it(
    client_of: Client, county: None, events: Events, books: list[str]
) -> None:
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, subject="second")
    person = (await register(client))["id"]
    alone, disabled = await start_tag(client, person, "elder_alone"), await start_tag(client, person, "disabled")
    given(await move_out(client, person, "2026-03-05", books=books))
    left = await last_event(client, person)
    gone = "2026-03-05" if len(books) == 2 else None
    assert {one["id"]: one["ended_on"] for one in await tags_of(client, person)} == {
        alone["id"]: "2026-03-05",
        disabled["id"]: gone,
    }
    given(await die(client, person, "2026-03-08"))
    await undone(client, second, person, left)
    assert {one["ended_on"] for one in await tags_of(client, person)} == {"2026-03-08"}
    await undone(client, second, person, await last_event(client, person))
    assert {one["ended_on"] for one in await tags_of(client, person)} == {None}
    assert (await events("registry.tag.", alone["id"]))[-1]["state"]["ended_on"] is None
