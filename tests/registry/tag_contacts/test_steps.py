"""Steps of contacts of tags in other orders, two callers at once, who sees what is due, and what each look notes."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from shared.db.engine import Database
from tests.registry.builders import COUNTY, FAR, OTHER_TOWN, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.persons.test_numbers import logged
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    NOBODY,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    given,
    go_missing,
    move_out,
    register,
    start_tag,
)
from tests.registry.tag_contacts.entering import (
    CONTACTS,
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
)

BODIES: dict[str, Json] = {
    "correct": {"relation": "kin", "name": "上官植入", "phone": None, "began_on": "2026-03-02"},
    "end": {"ended_on": "2026-03-10"},
    "withdraw": {},
    "keep": {},
}


async def due(client: Any, area: str) -> list[str]:
    """Ids of what is due in an area, page by page; the count says as many."""
    rows = await all_pages(client, f"{CONTACTS}/due", area=area, limit=1)
    assert given(await client.get(f"{CONTACTS}/due/count", params={"area": area})) == {"count": len(rows)}
    return [one["id"] for one in rows]


@pytest.mark.parametrize(
    ("before", "refused"),
    [("end", ("correct", "keep", "end")), ("withdraw", ("correct", "keep", "end", "withdraw"))],
)
async def test_whoever_is_no_contact_any_more_is_changed_by_an_undo_alone(
    client_of: Client, county: None, before: str, refused: tuple[str, ...]
) -> None:
    client = client_of(*CLERK)
    _, tag = await a_child(client)
    made = await entered(client, tag, somebody())
    given(await stepped(client, made, before, **BODIES[before]))
    for step in refused:
        assert_refused(await stepped(client, made, step, **BODIES[step]), "tag_contact_transition_not_allowed")
    assert given(await stepped(client, made, "undo")) == {**made, "version": 3}


async def test_every_step_takes_the_version_that_was_seen_and_of_two_at_once_one_is_done(
    client_of: Client, county: None
) -> None:
    client = client_of(*CLERK)
    _, tag = await a_child(client)
    made = await entered(client, tag, somebody())
    path = f"{CONTACTS}/{made['id']}"
    for step, body in BODIES.items():
        stale = await client.post(f"{path}/{step}", json=body or None, headers={"if-match": '"2"'})
        assert_refused(stale, "version_mismatch")
    assert_refused(await client.post(f"{path}/undo"), "precondition_required")
    given(await stepped(client, made, "correct", **BODIES["correct"]))
    given(await stepped(client, made, "end", ended_on="2026-03-16"))
    both = await asyncio.gather(*(client.post(f"{path}/undo", headers={"if-match": '"3"'}) for _ in range(2)))
    assert sorted(one.status_code for one in both) == [200, 412]
    assert ((now := await seen(client, made))["status"], now["relation"], now["version"]) == ("valid", "kin", 4)
    twice = await asyncio.gather(*(asked(client, tag, official()) for _ in range(2)))
    assert sorted(one.status_code for one in twice) == [201, 409]


async def test_days_of_a_contact_lie_between_birth_and_today_and_an_end_behind_the_beginning(
    client_of: Client, county: None
) -> None:
    client = client_of(*CLERK)
    _, tag = await a_child(client)  # born on 17 May 2016
    made = await entered(client, tag, somebody(began_on="2016-05-17"))
    today = await entered(client, tag, official(began_on="2026-03-16"))
    for wrong in ("2016-05-16", "2026-03-17"):
        answer = await stepped(client, made, "end", ended_on=wrong)
        assert_refused(answer, "tag_contact_dates_wrong", [("ended_on", "tag_contact_dates_wrong")])
        right = {"relation": "grandparent", "name": "上官植入", "began_on": wrong}
        answer = await stepped(client, made, "correct", **right)
        assert_refused(answer, "tag_contact_dates_wrong", [("began_on", "tag_contact_dates_wrong")])
    assert given(await stepped(client, made, "end", ended_on="2016-05-17"))["ended_on"] == "2016-05-17"
    assert given(await stepped(client, today, "end", ended_on="2026-03-16"))["status"] == "ended"
    assert [one["id"] for one in await of_tag(client, tag)] == [made["id"], today["id"]], "the oldest is first"


async def test_the_same_one_is_a_contact_once_in_a_role_whoever_it_is(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    _, tag = await a_child(client)
    parent = (await register(client))["id"]
    known = "tag_contact_known"
    await entered(client, tag, resident(parent))
    assert_refused(await asked(client, tag, resident(parent, relation="kin")), known)
    await entered(client, tag, resident(parent, role="responsible"))
    await entered(client, tag, official())
    assert_refused(await asked(client, tag, official(name="别名", relation="grid_worker")), known)
    first = await entered(client, tag, somebody(name="Li Wei", role="responsible", relation="doctor"))
    same = {"role": "responsible", "relation": "doctor"}
    assert_refused(await asked(client, tag, somebody(name="ＬＩ ＷＥＩ", phone=None, **same)), known)
    other = await entered(client, tag, somebody(name="Li Wei", phone="13512345679", **same))
    right = {"relation": "doctor", "name": "Li Wei", "began_on": "2026-03-02"}
    assert_refused(await stepped(client, other, "correct", **right, phone="13512345678"), known)
    assert_refused(await stepped(client, other, "correct", **right, phone=None), known)
    assert given(await stepped(client, first, "correct", **right, phone="13512345670"))["phone"] == "13512345670"
    assert_refused(await stepped(client, first, "correct", **right | {"relation": "willing"}),
                   "tag_contact_does_not_fit", [("relation", "relation")])  # fmt: skip


async def test_the_eleventh_is_refused_and_comes_back_by_no_undo(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    _, tag = await a_child(client)
    made = [await entered(client, tag, official(subject=f"worker-{number}")) for number in range(10)]
    assert_refused(await asked(client, tag, official(subject="worker-10")), "too_many_tag_contacts")
    given(await stepped(client, made[0], "withdraw"))
    last = await entered(client, tag, official(subject="worker-10"))
    assert_refused(await stepped(client, made[0], "undo"), "too_many_tag_contacts")
    given(await stepped(client, last, "end", ended_on="2026-03-10"))
    given(await stepped(client, made[0], "undo"))
    right = {"relation": "police", "name": "植入干部", "began_on": "2026-03-02"}
    assert given(await stepped(client, made[0], "correct", **right))["relation"] == "police", "ten may be corrected"


async def test_what_was_looked_after_is_due_again_for_another_reason_and_not_of_the_past(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    _, tag = await a_child(client)
    parent = (await register(client))["id"]
    made = await entered(client, tag, resident(parent))
    assert_refused(await stepped(client, made, "keep"), "tag_contact_not_due")
    given(await move_out(client, parent, "2026-03-08"))
    told = len(await events("registry.tag.", tag["id"]))
    kept = given(await stepped(client, made, "keep"))
    assert (kept["kept_for"], kept["due"], kept["version"]) == ("moved_out", None, 2)
    assert len(await events("registry.tag.", tag["id"])) == told, "who is valid has not changed"
    rows = await all_pages(client, f"{CONTACTS}/{made['id']}/history", limit=1)
    assert [(one["step"], one["done_by"]) for one in rows] == [("entered", "tester"), ("kept", "tester")]
    assert [one["contact"]["due"] for one in rows] == ["moved_out", None]
    ended = given(await stepped(client, made, "end", ended_on="2026-03-09"))
    assert (ended["due"], ended["kept_for"]) == (None, "moved_out")
    back = given(await stepped(client, made, "undo"))
    assert (back["kept_for"], back["due"]) == ("moved_out", None)
    assert given(await stepped(client, made, "undo"))["due"] == "moved_out"


async def test_what_is_due_is_listed_and_counted_to_each_role_in_its_areas_and_noted_once_shown(
    client_of: Client, county: None, committed: Database
) -> None:
    registrar = client_of(*REGISTRAR)
    tags = {}
    for area in (VILLAGE, SISTER, FAR):
        home: Json = {"residence": {"area": area}, "registration": {"area": area}}
        ward, tag = await a_child(registrar, **home)
        tags[area] = (tag["id"], ward)
    (village, ward), (sister, _), (far, _) = tags.values()
    person = (await register(registrar))["id"]
    hidden = await start_tag(registrar, person, "severe_mental_disorder", restricted=True)
    for role, own, area, wanted in (
        ("county_registrar", COUNTY, COUNTY, [village, sister, far, hidden["id"]]),
        ("county_officer", COUNTY, COUNTY, [village, sister, far]),
        ("town_officer", TOWN, COUNTY, [village, sister]),
        ("town_officer", OTHER_TOWN, OTHER_TOWN, [far]),
        ("village_clerk", VILLAGE, TOWN, [village]),
        ("county_registrar", COUNTY, SISTER, [sister]),
    ):
        assert sorted(await due(client_of(role, own), area)) == sorted(wanted), (role, own, area)
    clerk = client_of(*CLERK, subject="looks")
    for path in (f"{CONTACTS}/due", f"{CONTACTS}/due/count"):
        assert_not_found(await clerk.get(path, params={"area": FAR}))
    given(await clerk.get(f"{CONTACTS}/due", params={"area": VILLAGE, "limit": 1}))
    noted = await logged(committed, "looks")
    assert noted == [("read_tag_contacts", ward, "existence", "ok")]
    looks = client_of(*REGISTRAR, subject="registrar")
    page = given(await looks.get(f"{CONTACTS}/due", params={"area": COUNTY, "limit": 3}))
    shown = {one["person_id"]: one["code"] for one in page["items"]}
    noted_by = {id_: action for action, id_, *_ in await logged(committed, "registrar")}
    assert noted_by.keys() == shown.keys(), "the fourth is not shown and not noted"
    for id_, code in shown.items():
        wanted_action = "read_restricted_tag_contacts" if code == "severe_mental_disorder" else "read_tag_contacts"
        assert noted_by[str(id_)] == wanted_action


async def test_a_tag_of_a_child_that_has_ended_or_another_guardian_of_the_same_child_is_not_due(
    client_of: Client, county: None
) -> None:
    client = client_of(*CLERK)
    ward, tag = await a_child(client)
    assert await due(client, VILLAGE) == [tag["id"]]
    responsible = await entered(client, tag, official())
    assert await due(client, VILLAGE) == [tag["id"]], "a responsible person is no guardian"
    other = await start_tag(client, ward, "disabled")
    guardian = await entered(client, other, somebody())
    assert await due(client, VILLAGE) == [], "one guardian of the child is enough"
    given(await stepped(client, guardian, "end", ended_on="2026-03-10"))
    assert await due(client, VILLAGE) == [tag["id"]]
    given(await stepped(client, guardian, "undo"))
    given(await client.post(f"{TAGS}/{other['id']}/end", json={"ended_on": "2026-03-12"}))
    assert await due(client, VILLAGE) == [tag["id"]], "of a tag that has ended nobody is asked"
    given(await stepped(client, responsible, "withdraw"))


async def test_of_nothing_and_of_what_is_elsewhere_each_try_is_noted_and_answered_alike(
    client_of: Client, county: None, committed: Database
) -> None:
    client = client_of(*CLERK)
    _, tag = await a_child(client)
    made = await entered(client, tag, somebody())
    missing = (await register(client))["id"]
    given(await go_missing(client, missing, "2026-03-10"))
    answer = await asked(client, tag, resident(missing))
    assert_refused(answer, "person_not_active", [("person_id", "person_not_active")])
    far = client_of(*FAR_CLERK, subject="elsewhere")
    for id_ in (made["id"], NOBODY):
        for step, body in BODIES.items():
            assert_not_found(await far.post(f"{CONTACTS}/{id_}/{step}", json=body or None))
        assert_not_found(await far.post(f"{CONTACTS}/{id_}/undo", headers={"if-match": '"1"'}))
        assert_not_found(await far.get(f"{CONTACTS}/{id_}"))
        assert_not_found(await far.get(f"{CONTACTS}/{id_}/history"))
    for id_ in (tag["id"], NOBODY):
        assert_not_found(await asked(far, {"id": id_}, somebody()))
        assert_not_found(await far.get(f"{TAGS}/{id_}/contacts"))
    tries = [(action, object_id, result) for action, object_id, _, result in await logged(committed, "elsewhere")]
    of_one = [("tag_contact", None, "not_found")] * 5 + [("read_tag_contacts", None, "not_found")] * 2
    of_tag_ = [("tag_contact", None, "not_found"), ("read_tag_contacts", None, "not_found")]
    assert Counter(tries) == Counter([*of_one, *of_one, *of_tag_, *of_tag_])
