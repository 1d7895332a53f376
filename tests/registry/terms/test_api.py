"""Terms over HTTP: entered, corrected, ended, withdrawn, undone; posts of one, committees, vacancies, area changes."""

import asyncio
from typing import Any

from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.area_changes.steps import a_plan, change, opened, undo, whole
from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    AREAS,
    CLERK,
    DUPLICATES,
    FAR_CLERK,
    NOBODY,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    die,
    given,
    know_grid,
    proposed,
    register,
)
from tests.registry.terms.entering import NAME, PHONE, TERMS, a_director, a_resident, asked, enter, stepped

AGENT = ("agent", VILLAGE)
SECRETS = (NAME, PHONE)


async def committee(client: Any, area: str = VILLAGE, **when: str) -> Json:
    return given(await client.get(f"{TERMS}/committee", params={"area": area, **when}))


async def vacancies(client: Any, area: str, **when: str) -> list[tuple[str, str]]:
    """By village and post; the count says as many."""
    rows = await all_pages(client, f"{TERMS}/vacancies", area=area, limit=2, **when)
    count = await client.get(f"{TERMS}/vacancies/count", params={"area": area, **when})
    assert given(count) == {"count": len(rows)}
    return [(one["area"], one["post"]) for one in rows]


async def test_whatever_is_done_is_undone_step_by_step_and_no_event_tells_of_it(
    client_of: Client, county: None, events: Events, committed: Database
) -> None:
    client = client_of(*CLERK)
    made = await enter(client)
    assert {name: made[name] for name in a_director()} == a_director()
    answer = await client.get(f"{TERMS}/{made['id']}")
    assert (answer.json(), answer.headers["etag"]) == (made, '"1"')
    states = [made]
    for step, body in (
        ("correct", a_director(way="by_election", began_on="2026-01-21", phone="0774-8212345")),
        ("end", {"ended_on": "2026-03-02", "reason": "resigned"}),
        ("withdraw", {}),
    ):
        states.append(given(await stepped(client, made, step, **body)))
    assert (states[2]["status"], states[2]["end_reason"], states[3]["status"]) == ("left", "resigned", "withdrawn")
    assert_refused(await stepped(client, made, "correct", **a_director()), "term_transition_not_allowed")
    for number, before in enumerate(reversed(states[:-1])):
        assert given(await stepped(client, made, "undo")) == {**before, "version": 5 + number}
    assert_refused(await stepped(client, made, "undo"), "term_nothing_to_undo")
    rows = await all_pages(client, f"{TERMS}/{made['id']}/history", limit=3)
    assert [one["step"] for one in rows] == ["entered", "corrected", "ended", "withdrawn", *["undone"] * 3]
    assert [one["term"] for one in rows[:4]] == states
    stale = await client.post(f"{TERMS}/{made['id']}/withdraw", headers={"If-Match": '"1"'})
    assert_refused(stale, "version_mismatch")
    assert not any(secret in str(one) for one in await events() for secret in SECRETS)
    async with committed.session() as session:
        kept = [*(await session.execute(text("SELECT * FROM terms"))).mappings()]
        kept += (await session.execute(text("SELECT * FROM term_versions"))).mappings()
    assert not any(one in str(row) or one.encode() in row["holder_sealed"] for row in kept for one in SECRETS)


async def test_who_holds_a_post_is_public_by_office_and_the_phone_is_not(client_of: Client, county: None) -> None:
    client, agent, registrar = client_of(*CLERK), client_of(*AGENT), client_of(*REGISTRAR)
    person = (await register(client, name="覃大山", sex="1", phone="13807748111"))["id"]
    director, secretary = await enter(client), await enter(client, a_resident(person))
    assert (secretary["name"], secretary["sex"], secretary["phone"]) == ("覃大山", "1", None)
    shown = {one["id"]: (one["name"], one["phone"]) for one in given(await agent.get(TERMS))["items"]}
    assert shown == {director["id"]: (NAME, "139****5678"), secretary["id"]: ("覃大山", None)}
    assert (await agent.post(TERMS, json=a_director(post="women_head"))).status_code == 403
    for answer in (
        await client_of(*FAR_CLERK).get(f"{TERMS}/{director['id']}"),
        await client_of(*FAR_CLERK).get(f"{TERMS}/{director['id']}/history"),
        await client_of(*FAR_CLERK).get(f"{TERMS}/committee", params={"area": VILLAGE}),
        await client_of(*FAR_CLERK).get(TERMS, params={"area": VILLAGE}),
        await asked(client_of(*FAR_CLERK), a_director()),
        await stepped(client_of(*FAR_CLERK), director, "withdraw"),
        await client.get(f"{TERMS}/{NOBODY}"),
    ):
        assert_not_found(answer)
    foreign = (await register(registrar, residence={"area": FAR}, registration={"area": FAR}))["id"]
    assert_not_found(await asked(client, a_resident(foreign, "women_head")), "person_id")
    given(await die(registrar, person, "2026-03-10"))
    assert given(await client.get(f"{TERMS}/{secretary['id']}"))["gone"] == "deceased"
    assert_refused(await asked(client, a_resident(person, "women_head")), "person_deceased")
    for what, found in (
        ({"post": "director"}, [director["id"]]),
        ({"body": "party"}, [secretary["id"]]),
        ({"ends_by": "2031-01-20"}, [director["id"]]),
        ({"on": "2026-01-19"}, []),
        ({"status": "left"}, []),
    ):
        rows = await all_pages(client, TERMS, limit=1, **what)
        assert [one["id"] for one in rows] == found
        assert given(await client.get(f"{TERMS}/count", params=what)) == {"count": len(found)}


async def test_a_post_of_one_has_one_holder_at_a_time(client_of: Client, county: None, committed: Database) -> None:
    client = client_of(*CLERK)
    answers = await asyncio.gather(*(asked(client, a_director(name=f"某{one}")) for one in "甲乙丙丁"))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    (first,) = [one.json() for one in answers if one.status_code == 201]
    given(await stepped(client, first, "end", ended_on="2026-03-01", reason="recalled"))
    early = a_director(name="补选", way="by_election", began_on="2026-02-28")
    assert_refused(await asked(client, early), "term_overlaps")
    second = await enter(client, {**early, "began_on": "2026-03-01"})
    assert_refused(await stepped(client, first, "undo"), "term_overlaps")
    assert_refused(await stepped(client, second, "correct", **early), "term_overlaps")
    members = [await enter(client, post="committee_member", name=f"委员{one}") for one in "甲乙"]
    assert len({one["id"] for one in members}) == 2, "a post of several has several"
    person = (await register(client))["id"]
    twice = a_resident(person, "committee_member")
    await enter(client, twice)
    assert_refused(await asked(client, twice), "term_overlaps")
    for group, status in ((3, 201), (4, 201), (3, 409)):
        answer = await asked(client, a_director(post="group_head", group=group, name="某"))
        assert answer.status_code == status
    await know_grid(committed, f"{VILLAGE}001")
    grid = await enter(client, area=f"{VILLAGE}001", post="grid_head")
    for body, code, errors in (
        (a_director(area=f"{VILLAGE}001"), "term_does_not_fit", [("area", "grid")]),
        (a_director(post="subordinate_head"), "term_does_not_fit", [("committee", "missing")]),
        (a_director(post="women_head", began_on="2026-03-17"), "term_dates_wrong", [("began_on", "term_dates_wrong")]),
        (a_director(post="women_head", until="2026-01-20"), "term_dates_wrong", [("until", "term_dates_wrong")]),
        (a_director(post="women_head", name=None), "invalid_request", [("name", "empty")]),
        (a_director(post="women_head", phone="12"), "invalid_request", [("phone", "phone")]),
        (a_director(post="women_head", person_id=person), "invalid_request", [("name", "unexpected")]),
    ):
        assert_refused(await asked(client, body), code, errors)
    same = a_director(area=f"{VILLAGE}001", post="grid_head")
    assert_refused(await stepped(client, grid, "correct", **same), "term_unchanged")
    moved = await stepped(client, grid, "correct", **{**same, "area": SISTER})
    assert_refused(moved, "term_of_other_village")


async def test_a_village_has_a_committee_with_vacancies_and_one_on_both_shoulders(
    client_of: Client, county: None
) -> None:
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, subject="second")
    posts = ["party_secretary", "director", "supervision_head"]
    empty = await committee(client)
    assert (empty["vacant"], empty["both"], empty["members"], empty["terms"]) == (posts, None, 0, [])
    assert empty["usual_members"] == {"low": 3, "high": 7, "source": "村民委员会组织法第六条"}
    assert empty["usual_households"] is None, "the law on villagers' committees has no range"
    found = [post for village, post in await vacancies(client, TOWN) if village == VILLAGE]
    assert found == sorted(posts)
    undocumented: Json = {"document": None, "undocumented": {"reason": "lost", "due_on": "2026-06-30"}}
    person = (await register(client, name="覃大山", sex="1"))["id"]
    double = (await register(client, name="韦小妹", **undocumented))["id"]
    secretary = await enter(client, a_resident(person))
    await enter(client, a_resident(double, "director"))
    await enter(client, post="committee_member")
    now = await committee(client)
    assert (now["both"], now["members"], now["women"], now["vacant"]) == (False, 2, 2, ["supervision_head"])
    pair = await proposed(client, double, person)
    given(await second.post(f"{DUPLICATES}/{pair['id']}/approve"))
    now = await committee(client)
    assert (now["both"], now["members"], now["women"]) == (True, 2, 1), "who was merged is whoever goes on"
    given(await stepped(client, secretary, "end", ended_on="2026-03-10", reason="transferred"))
    assert (await committee(client))["both"] is None
    assert (await committee(client, on="2026-03-09"))["both"] is True
    assert (await committee(client, on="2026-01-19"))["vacant"] == posts
    assert (VILLAGE, "party_secretary") in await vacancies(client, COUNTY)
    assert (VILLAGE, "party_secretary") not in await vacancies(client, COUNTY, on="2026-03-09")
    assert_not_found(await client.get(f"{TERMS}/committee", params={"area": TOWN}))


async def test_a_committee_goes_on_under_another_code_or_ends_with_its_village(
    client_of: Client, county: None, committed: Database
) -> None:
    client = client_of(*REGISTRAR)
    await know_grid(committed, f"{VILLAGE}001")
    ours, theirs = await enter(client), await enter(client, area=SISTER)
    grid = await enter(client, area=f"{VILLAGE}001", post="grid_head")
    over = await enter(client, post="women_head")
    given(await stepped(client, over, "end", ended_on="2026-02-10", reason="term_over"))
    community = f"{TOWN}001"
    converted = given(
        await change(client, a_plan("convert", whole(VILLAGE, community), opens=(opened(community, "社区"),))), 201
    )

    async def seen(term: Json) -> tuple[str, str, str | None]:
        found = given(await client.get(f"{TERMS}/{term['id']}"))
        return found["area"], found["status"], found["end_reason"]

    assert await seen(ours) == (community, "in_office", None)
    assert await seen(grid) == (f"{VILLAGE}001", "left", "area_changed")
    assert await seen(over) == (VILLAGE, "left", "term_over")
    assert (await committee(client, community))["usual_households"]["low"] == 1000
    merged = given(await change(client, a_plan("merge", whole(community, SISTER), on="2026-03-11")), 201)
    assert await seen(ours) == (community, "left", "area_changed")
    assert await seen(theirs) == (SISTER, "in_office", None)
    assert [one["step"] for one in await all_pages(client, f"{TERMS}/{ours['id']}/history")] == [
        "entered",
        "boundary_changed",
        "boundary_ended",
    ]
    assert_refused(await stepped(client, ours, "undo"), "term_nothing_to_undo")
    given(await undo(client, merged))
    assert await seen(ours) == (community, "in_office", None)
    elected = await enter(client, area=community, post="supervision_head", began_on="2026-03-12")
    assert_refused(await undo(client, converted), "area_change_rested_on")
    given(await stepped(client, elected, "withdraw"))
    given(await undo(client, converted))
    assert await seen(ours) == (VILLAGE, "in_office", None)
    assert await seen(grid) == (f"{VILLAGE}001", "in_office", None)
    empty = await enter(client, area=FAR)
    given(await client.post(f"{AREAS}/{FAR}/abolish", json={"valid_to": "2026-03-12", "successors": []}))
    assert await seen(empty) == (FAR, "left", "area_changed")


async def test_a_term_that_was_withdrawn_since_stays_so_without_the_change_of_areas(
    client_of: Client, county: None
) -> None:
    client = client_of(*REGISTRAR)
    made, mistaken = await enter(client), await enter(client, post="women_head")
    await enter(client, area=SISTER)  # so that ours ends with the village
    merged = given(await change(client, a_plan("merge", whole(VILLAGE, SISTER))), 201)
    assert given(await stepped(client, mistaken, "withdraw"))["status"] == "withdrawn"
    given(await undo(client, merged))
    assert given(await client.get(f"{TERMS}/{made['id']}"))["status"] == "in_office"
    assert given(await client.get(f"{TERMS}/{mistaken['id']}"))["status"] == "withdrawn"
