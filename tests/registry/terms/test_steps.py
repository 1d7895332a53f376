"""Steps of terms in other orders, who does them where, what each look notes, and what an undo may not bring back."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from shared.db.engine import Database
from tests.registry.area_changes.steps import ON, a_plan, change, opened, whole
from tests.registry.builders import COUNTY, FAR, FARTHER, OTHER_TOWN, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client
from tests.registry.persons.test_numbers import logged
from tests.registry.steps import (
    CLERK,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    found,
    given,
    go_missing,
    know_grid,
    move_out,
    over_the_seen,
    register,
)
from tests.registry.terms.entering import NAME, PHONE, TERMS, a_director, a_resident, asked, enter, stepped

GRID, OTHER_GRID, GONE_GRID = f"{VILLAGE}001", f"{VILLAGE}002", f"{VILLAGE}009"
ALL = {"end": {"ended_on": "2026-03-02", "reason": "resigned"}, "withdraw": {}, "correct": a_director(way="acting")}


async def shown(client: Any, term: Json) -> Json:
    """A term as it is."""
    return given(await client.get(f"{TERMS}/{term['id']}"))


async def ids(client: Any, **wanted: Any) -> list[str]:
    """Ids of the list, page by page; the count says as many."""
    rows = await all_pages(client, TERMS, limit=2, **wanted)
    assert given(await client.get(f"{TERMS}/count", params=wanted)) == {"count": len(rows)}
    return [one["id"] for one in rows]


@pytest.mark.parametrize(
    ("before", "refused"),
    [(("end",), ("end", "correct")), (("withdraw",), ("end", "withdraw", "correct"))],
)
async def test_whoever_has_left_is_corrected_no_more_and_what_was_withdrawn_goes_nowhere(
    client_of: Client, county: None, before: tuple[str, ...], refused: tuple[str, ...]
) -> None:
    client = client_of(*CLERK)
    made = await enter(client)
    for step in before:
        given(await stepped(client, made, step, **ALL[step]))
    for step in refused:
        assert_refused(await stepped(client, made, step, **ALL[step]), "term_transition_not_allowed")
    assert given(await stepped(client, made, "undo")) == {**made, "version": 3}
    assert_refused(await stepped(client, made, "undo"), "term_nothing_to_undo")


async def test_every_step_takes_the_version_that_was_seen_and_of_two_undos_one_is_done(
    client_of: Client, county: None
) -> None:
    client = client_of(*CLERK)
    made = await enter(client)
    path = f"{TERMS}/{made['id']}"
    for step, body in ALL.items():
        stale = await client.post(f"{path}/{step}", json=body or None, headers={"if-match": '"2"'})
        assert_refused(stale, "version_mismatch")
    assert_refused(await client.post(f"{path}/undo"), "precondition_required")
    given(await client.post(f"{path}/correct", json=a_director(way="acting"), headers={"if-match": '"1"'}))
    given(await stepped(client, made, "end", ended_on="2026-03-02", reason="resigned"))
    both = await asyncio.gather(*(client.post(f"{path}/undo", headers={"if-match": '"3"'}) for _ in range(2)))
    assert sorted(one.status_code for one in both) == [200, 412]
    now = await shown(client, made)
    assert (now["status"], now["way"], now["version"]) == ("in_office", "acting", 4)


async def test_an_end_lies_between_the_first_day_and_today_and_the_next_one_begins_on_it(
    client_of: Client, county: None
) -> None:
    client = client_of(*CLERK)
    made = await enter(client)
    for wrong in ("2026-01-19", "2026-03-17"):
        answer = await stepped(client, made, "end", ended_on=wrong, reason="resigned")
        assert_refused(answer, "term_dates_wrong", [("ended_on", "term_dates_wrong")])
    ended = given(await stepped(client, made, "end", ended_on="2026-03-16", reason="deceased"))
    assert (ended["ended_on"], ended["end_reason"], ended["version"]) == ("2026-03-16", "deceased", 2)
    following = await enter(client, name="补选", way="by_election", began_on="2026-03-16")
    assert_refused(await stepped(client, made, "undo"), "term_overlaps")
    given(await stepped(client, following, "withdraw"))
    given(await stepped(client, made, "undo"))
    assert_refused(await stepped(client, following, "undo"), "term_overlaps")
    on = {"area": VILLAGE, "post": "director"}
    assert await ids(client, **on, on="2026-01-20") == [made["id"]]
    assert await ids(client, **on, on="2026-01-19") == []


async def test_a_correction_is_all_of_a_term_and_a_phone_that_is_left_out_is_gone(
    client_of: Client, county: None
) -> None:
    clerk, agent = client_of(*CLERK), client_of("agent", VILLAGE)
    made = await enter(clerk)
    assert (await shown(client_of("town_officer", TOWN), made))["phone"] == PHONE
    assert (await shown(agent, made))["phone"] == "139****5678"
    without = {**a_director(), "phone": None, "until": None}
    corrected = given(await stepped(clerk, made, "correct", **without))
    assert (corrected["phone"], corrected["until"], corrected["name"]) == (None, None, NAME)
    assert_refused(await stepped(clerk, made, "correct", **without), "term_unchanged")
    for what in ({"name": "司马更名"}, {"sex": "1"}, {"phone": "12345"}, {"until": "2030-01-20"}, {"way": "acting"}):
        without |= what
        changed = given(await stepped(clerk, made, "correct", **without))
        assert {name: changed[name] for name in without} == without
    given(await stepped(clerk, made, "undo"))
    assert (await shown(clerk, made))["way"] == "elected"
    assert_refused(await stepped(clerk, made, "correct", **(without | {"way": "elected"})), "term_unchanged")


async def test_a_holder_of_the_register_is_active_and_may_be_named_again_after_leaving(
    client_of: Client, county: None
) -> None:
    client = client_of(*CLERK)
    gone, lost, here = [(await register(client))["id"] for _ in range(3)]
    terms = [await enter(client, a_resident(one, "committee_member")) for one in (gone, lost)]
    given(await move_out(client, gone, "2026-03-10"))
    given(await go_missing(client, lost, "2026-03-10"))
    assert [(await shown(client, one))["gone"] for one in terms] == ["moved_out", "missing"]
    for one in (gone, lost):
        answer = await asked(client, a_resident(one, "legal_adviser"))
        assert_refused(answer, "person_not_active", [("person_id", "person_not_active")])
    body = a_resident(gone, "committee_member", way="acting")
    assert given(await stepped(client, terms[0], "correct", **body))["gone"] == "moved_out", "who it is stays"
    other = await enter(client, a_resident(here, "committee_member"))
    answer = await stepped(client, other, "correct", **a_resident(gone, "committee_member"))
    assert_refused(answer, "person_not_active", [("person_id", "person_not_active")])
    given(await stepped(client, other, "end", ended_on="2026-03-01", reason="resigned"))
    assert_refused(await asked(client, a_resident(here, "committee_member", began_on="2026-02-28")), "term_overlaps")
    await enter(client, a_resident(here, "committee_member", began_on="2026-03-01"))


async def test_a_term_moves_between_the_grids_of_its_village_and_back_and_not_to_one_that_is_none(
    client_of: Client, county: None, committed: Database
) -> None:
    client = client_of(*CLERK)
    for code, valid_to in ((GRID, None), (OTHER_GRID, None), (GONE_GRID, "2026-03-01")):
        await know_grid(committed, code, valid_to=valid_to)
    assert_refused(await asked(client, a_director(area=GONE_GRID, post="grid_worker")), "unknown_grid")
    made = await enter(client, area=GRID, post="grid_worker")
    body = a_director(area=OTHER_GRID, post="grid_worker")
    moved = given(await stepped(client, made, "correct", **body))
    assert moved["area"] == OTHER_GRID
    assert_refused(await stepped(client, made, "correct", **{**body, "area": GONE_GRID}), "unknown_grid")
    worker = client_of("grid_worker", GRID)
    assert_not_found(await worker.get(f"{TERMS}/{made['id']}"))
    assert given(await stepped(client, made, "undo"))["area"] == GRID
    assert await ids(worker) == [made["id"]]
    assert await ids(worker, area=GRID) == [made["id"]]


async def test_lists_and_counts_say_the_same_to_each_role_in_its_areas_and_each_look_is_noted(
    client_of: Client, county: None, committed: Database
) -> None:
    registrar = client_of(*REGISTRAR)
    await know_grid(committed, GRID)
    where = (VILLAGE, SISTER, FAR)
    village, sister, far = [(await enter(registrar, area=one))["id"] for one in where]
    grid = (await enter(registrar, area=GRID, post="grid_head", until="2026-06-30"))["id"]
    for role, own, wanted in (
        ("county_registrar", COUNTY, [village, sister, far, grid]),
        ("auditor", COUNTY, [village, sister, far, grid]),
        ("town_officer", TOWN, [village, sister, grid]),
        ("town_officer", OTHER_TOWN, [far]),
        ("village_clerk", VILLAGE, [village, grid]),
        ("agent", FARTHER, []),
    ):
        assert await ids(client_of(role, own)) == wanted, (role, own)
    assert await ids(registrar, area=TOWN) == [village, sister, grid]
    assert await ids(registrar, ends_by="2026-06-30") == [grid]
    assert await ids(registrar, ends_by="2026-06-29") == []
    assert await ids(registrar, body="committee", area=SISTER) == [sister]
    given(await stepped(registrar, {"id": grid}, "end", ended_on="2026-03-10", reason="term_over"))
    assert await ids(registrar, ends_by="2026-06-30") == [], "whoever has left is not over any more"
    looks = client_of("agent", VILLAGE, subject="looks")
    assert (given(await looks.get(TERMS, params={"limit": 1})))["items"][0]["id"] == village
    given(await looks.get(f"{TERMS}/{village}"))
    given(await looks.get(f"{TERMS}/{village}/history"))
    given(await looks.get(f"{TERMS}/committee", params={"area": VILLAGE}))
    noted = [(action, id_, detail) for action, id_, detail, _ in await logged(committed, "looks")]
    actions = ("list_terms", "read_term", "read_term_history", "list_terms")
    assert Counter(noted) == Counter((one, village, "masked") for one in actions)
    clerk = client_of(*CLERK, subject="changes")
    made = await enter(clerk, post="women_head")
    given(await stepped(clerk, made, "end", **ALL["end"]))
    given(await over_the_seen(clerk, f"{TERMS}/{made['id']}", "undo"))
    given(await stepped(clerk, made, "withdraw"))
    done = [(action, detail) for action, _, detail, _ in await logged(committed, "changes")]
    steps = ("enter_term", "end_term", "undo_term", "withdraw_term")
    assert Counter(done) == Counter([*((one, "write") for one in steps), ("read_term", "full")])


async def test_a_committee_counts_each_member_once_and_active_legal_households(
    client_of: Client, county: None, committed: Database
) -> None:
    client = client_of(*REGISTRAR)
    await know_grid(committed, GRID)
    for post in ("director", "committee_member"):
        await enter(client, post=post)  # the same one, from outside the register
    await enter(client, post="deputy_director", name="覃大山", sex="1")
    await enter(client, post="supervision_head", name="韦小妹")
    await enter(client, area=GRID, post="grid_head")
    await found(client)
    await found(client, kind="living")
    now = given(await client.get(f"{TERMS}/committee", params={"area": VILLAGE}))
    assert (now["members"], now["women"], now["vacant"], now["both"]) == (2, 1, ["party_secretary"], None)
    assert (now["households"], len(now["terms"])) == (1, 5)
    await enter(client, post="party_secretary", name=NAME)
    now = given(await client.get(f"{TERMS}/committee", params={"area": VILLAGE}))
    assert (now["vacant"], now["both"]) == ([], True)


async def test_a_village_that_is_not_there_on_a_day_has_no_vacancies_on_it(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    community = f"{TOWN}001"
    given(await change(client, a_plan("convert", whole(VILLAGE, community), opens=(opened(community, "社区"),))), 201)

    async def villages(on: str) -> set[str]:
        rows = await all_pages(client, f"{TERMS}/vacancies", area=TOWN, on=on, limit=4)
        count = given(await client.get(f"{TERMS}/vacancies/count", params={"area": TOWN, "on": on}))
        assert count == {"count": len(rows)}
        return {one["area"] for one in rows}

    assert await villages("2026-01-01") == await villages("2026-03-09") == {VILLAGE, SISTER}
    assert await villages(ON) == {community, SISTER}
    assert await villages("2025-12-31") == set()
    assert_not_found(await client_of(*CLERK).get(f"{TERMS}/vacancies", params={"area": SISTER}))
