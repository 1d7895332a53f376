"""Area sets over HTTP: formed, corrected, members exchanged, dissolved, withdrawn, undone; scope, lists, counts."""

from typing import Any

import pytest
from sqlalchemy import text

from services.registry.area_sets.service.reads import restate
from shared.db.engine import Database
from tests.registry.area_sets.forming import AREA_SETS, NAME, a_set, form, spans, stepped
from tests.registry.builders import COUNTY, FAR, FARTHER, OTHER_TOWN, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events, token_of
from tests.registry.facilities.entering import FACILITIES
from tests.registry.facilities.entering import enter as enter_facility
from tests.registry.steps import (
    CLERK,
    NOBODY,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    given,
    know_grid,
    taken_back,
)
from tests.registry.terms.entering import TERMS
from tests.registry.terms.entering import enter as enter_term

TOWNSMAN, OTHER_TOWNSMAN = ("town_officer", TOWN), ("town_officer", OTHER_TOWN)
GRID = f"{VILLAGE}001"


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def refused(answer: Any) -> tuple[int, str, list[str]]:
    return *code_of(answer), [one["path"] for one in answer.json().get("errors", ())]


async def test_it_is_formed_changed_dissolved_and_withdrawn_and_each_step_is_undone(
    client_of: Client, county: None
) -> None:
    client = client_of(*TOWNSMAN)
    made = await form(client, VILLAGE)
    path = f"{AREA_SETS}/{made['id']}"
    assert made == {
        "id": made["id"],
        "version": 1,
        "area": VILLAGE,
        "kind": "service_community",
        "name": NAME,
        "hall_id": None,
        "head_id": None,
        "status": "in_use",
        "formed_on": "2026-01-05",
        "dissolved_on": None,
        "members": [{"area": VILLAGE, "since": "2026-01-05", "until": None}],
    }
    seen = await client.get(path)
    assert seen.json() == made
    states = [made]
    answer = await client.post(f"{path}/correct", json={"name": "新名"}, headers={"If-Match": seen.headers["etag"]})
    states.append(given(answer))
    assert states[-1] == {**made, "version": 2, "name": "新名"}
    states.append(given(await stepped(client, made, "change-members", on="2026-02-02", joins=[SISTER])))
    assert (states[-1]["area"], spans(states[-1])) == (
        TOWN,
        [(VILLAGE, "2026-01-05", None), (SISTER, "2026-02-02", None)],
    )
    states.append(given(await stepped(client, made, "change-members", on="2026-02-10", leaves=[VILLAGE])))
    assert (states[-1]["area"], spans(states[-1])[0]) == (SISTER, (VILLAGE, "2026-01-05", "2026-02-10"))
    states.append(given(await stepped(client, made, "dissolve", dissolved_on="2026-03-02")))
    assert (states[-1]["status"], states[-1]["dissolved_on"]) == ("dissolved", "2026-03-02")
    assert spans(states[-1])[1] == (SISTER, "2026-02-02", "2026-03-02")
    states.append(given(await stepped(client, made, "withdraw")))
    assert states[-1]["status"] == "withdrawn"
    for number, before in enumerate(reversed(states[:-1])):
        assert given(await taken_back(client, path)) == {**before, "version": 7 + number}
    assert code_of(await taken_back(client, path)) == (409, "area_set_nothing_to_undo")
    assert code_of(await client.post(f"{path}/undo")) == (428, "precondition_required")
    rows = await all_pages(client, f"{path}/history", limit=4)
    steps = ["formed", "corrected", "members_changed", "members_changed", "dissolved", "withdrawn", *["undone"] * 5]
    assert [row["step"] for row in rows] == steps
    assert [row["area_set"] for row in rows[:6]] == states
    assert {row["done_by"] for row in rows} == {"tester"}


async def test_every_version_is_told_once_and_without_its_name(
    client_of: Client, county: None, events: Events, committed: Database
) -> None:
    client = client_of(*TOWNSMAN)
    made = await form(client)
    given(await stepped(client, made, "correct", name="新名"))
    given(await stepped(client, made, "change-members", on="2026-02-02", leaves=[SISTER]))
    given(await stepped(client, made, "dissolve", dissolved_on="2026-03-02"))
    given(await stepped(client, made, "withdraw"))
    given(await stepped(client, made, "undo"))
    told = await events("registry.area_set.")
    assert [(one["type"].rsplit(".")[-1], one["sequence"]) for one in told] == [
        ("formed", 1),
        ("corrected", 2),
        ("members_changed", 3),
        ("dissolved", 4),
        ("withdrawn", 5),
        ("undone", 6),
    ]
    assert not any(name in str(one) for one in told for name in (NAME, "新名"))
    assert told[2]["state"]["members"] == [
        {"area": VILLAGE, "since": "2026-01-05", "until": None},
        {"area": SISTER, "since": "2026-01-05", "until": "2026-02-02"},
    ]
    async with committed.session() as session:
        (fact,) = await restate(session, None, 5)
    assert fact.state.model_dump(mode="json") == told[-1]["state"]


@pytest.mark.parametrize(
    ("what", "status", "code", "paths"),
    [
        ({"formed_on": "2026-03-17"}, 422, "area_set_dates_wrong", ["formed_on"]),
        ({"members": []}, 422, "invalid_request", ["members"]),
        ({"members": [TOWN]}, 422, "invalid_request", ["members.0"]),
        ({"members": [VILLAGE, SISTER, VILLAGE]}, 422, "invalid_request", ["members.2"]),
        ({"members": [VILLAGE, GRID]}, 422, "invalid_request", ["members.1"]),
        ({"members": ["450481100299"]}, 422, "unknown_area", ["members.0"]),
        ({"members": [VILLAGE, FAR]}, 404, "not_found", []),
        ({"kind": "castle"}, 422, "invalid_request", ["kind"]),
        ({"name": "\u3000"}, 422, "invalid_request", ["name"]),
        ({"hall_id": NOBODY}, 404, "not_found", ["hall_id"]),
        ({"head_id": NOBODY}, 404, "not_found", ["head_id"]),
        ({"level": 12}, 422, "invalid_request", ["body"]),
    ],
)
async def test_bad_input_is_refused_by_name(
    client_of: Client, county: None, events: Events, what: Json, status: int, code: str, paths: list[str]
) -> None:
    answer = await client_of(*TOWNSMAN).post(AREA_SETS, json=a_set(**what))
    assert refused(answer) == (status, code, paths)
    assert await events("registry.area_set.") == []


async def test_what_members_do_is_refused_by_name(client_of: Client, county: None) -> None:
    client = client_of(*TOWNSMAN)
    made = await form(client)
    given(await stepped(client, made, "change-members", on="2026-02-10", leaves=[SISTER]))
    for body, code, paths in (
        ({"on": "2026-03-17", "joins": [SISTER]}, "area_set_dates_wrong", ["on"]),
        ({"on": "2026-01-04", "joins": [SISTER]}, "area_set_dates_wrong", ["on"]),
        ({"on": "2026-02-09", "joins": [SISTER]}, "area_set_dates_wrong", ["joins.0"]),
        ({"on": "2026-01-05", "leaves": [VILLAGE], "joins": [SISTER]}, "area_set_dates_wrong", ["joins.0", "leaves.0"]),
        ({"on": "2026-02-20", "joins": [VILLAGE]}, "invalid_request", ["joins.0"]),
        ({"on": "2026-02-20", "leaves": [SISTER]}, "invalid_request", ["leaves.0"]),
        ({"on": "2026-02-20", "leaves": [VILLAGE]}, "invalid_request", ["leaves"]),
        ({"on": "2026-02-20"}, "area_set_unchanged", []),
        ({"on": "2026-02-20", "joins": [f"{SISTER}001"]}, "invalid_request", ["joins.0"]),
    ):
        answer = await client.post(f"{AREA_SETS}/{made['id']}/change-members", json=body)
        if body.get("joins") == [f"{SISTER}001"]:
            assert answer.status_code in (422, 503), answer.text
            continue
        assert refused(answer) == (422, code, paths), body
    again = given(await stepped(client, made, "change-members", on="2026-02-10", joins=[SISTER]))
    assert spans(again)[1:] == [(SISTER, "2026-01-05", "2026-02-10"), (SISTER, "2026-02-10", None)]
    answer = await stepped(client, made, "dissolve", dissolved_on="2026-02-09")
    assert refused(answer) == (422, "area_set_dates_wrong", ["dissolved_on"])
    assert code_of(await stepped(client, made, "correct", name=NAME)) == (422, "area_set_unchanged")
    given(await stepped(client, made, "withdraw"))
    for step, more in (
        ("correct", {"name": "另一个"}),
        ("change-members", {"on": "2026-03-02", "leaves": [SISTER]}),
        ("dissolve", {"dissolved_on": "2026-03-02"}),
        ("withdraw", {}),
    ):
        assert code_of(await stepped(client, made, step, **more)) == (409, "area_set_transition_not_allowed"), step


async def test_an_area_belongs_to_one_set_of_an_exclusive_kind_on_a_day(
    client_of: Client, county: None, committed: Database
) -> None:
    client = client_of(*TOWNSMAN)
    await know_grid(committed, GRID)
    made = await form(client)
    for members in ((SISTER,), (GRID,)):
        answer = await client.post(AREA_SETS, json=a_set(*members, name="另一个"))
        assert refused(answer) == (409, "area_set_member_taken", ["members.0"]), members
    for kind in ("joint_centre", "demonstration_line"):
        await form(client, SISTER, kind=kind)
    await form(client, SISTER, VILLAGE, kind="demonstration_line", name="副线")
    given(await stepped(client, made, "change-members", on="2026-02-02", leaves=[SISTER]))
    answer = await client.post(AREA_SETS, json=a_set(SISTER, name="另一个", formed_on="2026-02-01"))
    assert code_of(answer) == (409, "area_set_member_taken")
    other = await form(client, SISTER, name="另一个", formed_on="2026-02-02")
    answer = await stepped(client, made, "change-members", on="2026-03-02", joins=[SISTER])
    assert refused(answer) == (409, "area_set_member_taken", ["joins.0"])
    assert refused(await stepped(client, made, "undo")) == (409, "area_set_member_taken", ["members.1"])
    given(await stepped(client, other, "withdraw"))
    assert spans(given(await stepped(client, made, "undo")))[1] == (SISTER, "2026-01-05", None)
    assert code_of(await stepped(client, other, "undo")) == (409, "area_set_member_taken")


async def test_a_name_stands_once_among_those_of_a_kind_in_an_area(client_of: Client, county: None) -> None:
    client, registrar = client_of(*TOWNSMAN), client_of(*REGISTRAR)
    made = await form(client, VILLAGE, kind="pilot")
    answer = await client.post(AREA_SETS, json=a_set(VILLAGE, kind="pilot", name=f" {NAME[:2]} {NAME[2:]}"))
    assert refused(answer) == (409, "area_set_known", ["name"])
    await form(client, VILLAGE)
    await form(registrar, FAR, kind="pilot")
    given(await stepped(client, made, "dissolve", dissolved_on="2026-02-10"))
    other = await form(client, VILLAGE, kind="pilot", formed_on="2026-02-10")
    assert code_of(await stepped(client, made, "undo")) == (409, "area_set_known")
    given(await stepped(client, other, "correct", name="别名"))
    given(await stepped(client, made, "undo"))
    assert code_of(await stepped(client, other, "correct", name=NAME)) == (409, "area_set_known")


async def test_hall_and_head_are_open_in_office_and_known_to_the_caller(client_of: Client, county: None) -> None:
    client, registrar = client_of(*TOWNSMAN), client_of(*REGISTRAR)
    hall, head = await enter_facility(registrar), await enter_term(registrar)
    far_hall, far_head = await enter_facility(registrar, area=FAR), await enter_term(registrar, area=FAR)
    made = await form(client, hall_id=hall["id"], head_id=head["id"])
    assert (made["hall_id"], made["head_id"]) == (hall["id"], head["id"])
    for what, paths in (({"hall_id": far_hall["id"]}, ["hall_id"]), ({"head_id": far_head["id"]}, ["head_id"])):
        answer = await stepped(client, made, "correct", name=NAME, **what)
        assert refused(answer) == (404, "not_found", paths)
        answer = await client.post(AREA_SETS, json=a_set(kind="pilot", **what))
        assert refused(answer) == (404, "not_found", paths)
    given(await registrar.post(f"{FACILITIES}/{hall['id']}/close", json={"closed_on": "2026-03-02"}))
    given(await registrar.post(f"{TERMS}/{head['id']}/withdraw"))
    kept = {"hall_id": hall["id"], "head_id": head["id"]}
    assert given(await stepped(client, made, "correct", name="新名", **kept))["hall_id"] == hall["id"], "as it stands"
    none = given(await stepped(client, made, "correct", name="新名"))
    assert (none["hall_id"], none["head_id"]) == (None, None)
    answer = await stepped(client, made, "correct", name="新名", hall_id=hall["id"])
    assert refused(answer) == (409, "area_set_hall_closed", ["hall_id"])
    answer = await stepped(client, made, "correct", name="新名", head_id=head["id"])
    assert refused(answer) == (409, "area_set_head_left", ["head_id"])


async def test_who_does_not_answer_for_all_members_sees_and_changes_nothing(client_of: Client, county: None) -> None:
    client, registrar = client_of(*TOWNSMAN), client_of(*REGISTRAR)
    made = await form(registrar, VILLAGE, FAR)
    assert made["area"] == COUNTY
    path = f"{AREA_SETS}/{made['id']}"
    for answer in (
        await client.get(path),
        await client.get(f"{path}/history"),
        await client.post(f"{path}/correct", json={"name": "新名"}),
        await client.post(f"{path}/change-members", json={"on": "2026-02-02", "leaves": [FAR]}),
        await client.post(f"{path}/dissolve", json={"dissolved_on": "2026-02-02"}),
        await client.post(f"{path}/withdraw"),
        await taken_back(client_of(*REGISTRAR), f"{AREA_SETS}/{NOBODY}"),
        await client.post(f"{path}/undo", headers={"if-match": '"1"'}),
        await client.get(AREA_SETS, params={"area": OTHER_TOWN}),
    ):
        assert_not_found(answer)
    assert given(await client.get(AREA_SETS))["items"] == []
    own = await form(client, SISTER)
    answer = await client.post(f"{AREA_SETS}/{own['id']}/change-members", json={"on": "2026-02-02", "joins": [FARTHER]})
    assert code_of(answer) == (404, "not_found")
    grown = given(
        await registrar.post(f"{AREA_SETS}/{own['id']}/change-members", json={"on": "2026-02-02", "joins": [FARTHER]})
    )
    assert grown["area"] == COUNTY
    assert_not_found(await client.get(f"{AREA_SETS}/{own['id']}"))
    back = given(
        await registrar.post(f"{AREA_SETS}/{own['id']}/change-members", json={"on": "2026-02-03", "leaves": [FARTHER]})
    )
    assert back["area"] == SISTER
    answer = await client.post(f"{AREA_SETS}/{own['id']}/undo", headers={"if-match": f'"{back["version"]}"'})
    assert_not_found(answer)
    assert code_of(await client_of(*CLERK).post(AREA_SETS, json=a_set(VILLAGE))) == (403, "forbidden")
    assert given(await client_of("village_clerk", SISTER).get(f"{AREA_SETS}/{own['id']}")) == back
    assert_not_found(await client_of(*CLERK).get(f"{AREA_SETS}/{own['id']}"))


async def test_two_towns_are_not_the_area_that_holds_both(client_of: Client, county: None) -> None:
    """Who answers for each member, and not for what holds them, forms no set of them."""
    client = client_of(*TOWNSMAN)
    client.headers["authorization"] = f"Bearer {token_of(TOWNSMAN, OTHER_TOWNSMAN)}"
    assert_not_found(await client.post(AREA_SETS, json=a_set(VILLAGE, FAR)))
    made = await form(client, VILLAGE)
    await form(client, FAR)
    assert_not_found(await stepped(client, made, "change-members", on="2026-02-02", joins=[FARTHER]))


async def test_the_list_is_as_long_as_the_count_says_for_every_scope(client_of: Client, county: None) -> None:
    registrar = client_of(*REGISTRAR)
    for number, members in enumerate(((VILLAGE,), (SISTER,), (VILLAGE, SISTER), (VILLAGE, FAR), (FAR,))):
        await form(registrar, *members, kind="demonstration_line", name=f"第{number}线")
    gone = await form(registrar, FAR, FARTHER)
    given(await stepped(registrar, gone, "dissolve", dissolved_on="2026-02-10"))
    for who, wanted, count in (
        (CLERK, {}, 1),
        (TOWNSMAN, {}, 3),
        (TOWNSMAN, {"area": SISTER}, 1),
        (OTHER_TOWNSMAN, {}, 2),
        (OTHER_TOWNSMAN, {"on": "2026-02-10"}, 1),
        (OTHER_TOWNSMAN, {"on": "2026-02-09"}, 2),
        (OTHER_TOWNSMAN, {"on": "2026-01-04"}, 0),
        (OTHER_TOWNSMAN, {"status": "dissolved", "kind": "service_community"}, 1),
        (REGISTRAR, {}, 6),
        (REGISTRAR, {"kind": "demonstration_line", "status": "in_use"}, 5),
        (("assessor", TOWN), {}, 3),
    ):
        client = client_of(*who)
        rows = await all_pages(client, AREA_SETS, limit=2, **wanted)
        assert len({row["id"] for row in rows}) == len(rows) == count, (who, wanted)
        assert given(await client.get(f"{AREA_SETS}/count", params=wanted)) == {"count": count}


async def test_who_wrote_stands_in_the_access_log(client_of: Client, county: None, committed: Database) -> None:
    made = await form(client_of(*TOWNSMAN))
    given(await client_of(*REGISTRAR).get(f"{AREA_SETS}/{made['id']}"))
    given(await client_of(*REGISTRAR).post(f"{AREA_SETS}/{made['id']}/withdraw"))
    notes = "SELECT action, detail, role, area FROM access_log WHERE noun = :noun ORDER BY occurred_at"
    async with committed.session() as session:
        noted = [tuple(row) for row in await session.execute(text(notes), {"noun": "registry.area_set"})]
    assert noted == [
        ("form_area_set", "write", "town_officer", TOWN),
        ("withdraw_area_set", "write", "county_registrar", TOWN),
    ]


async def test_a_step_by_who_saw_another_version_is_refused(client_of: Client, county: None) -> None:
    client = client_of(*TOWNSMAN)
    made = await form(client)
    answer = await client.post(f"{AREA_SETS}/{made['id']}/withdraw", headers={"If-Match": '"7"'})
    assert code_of(answer) == (412, "version_mismatch")
