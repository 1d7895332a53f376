"""Facilities over HTTP: entered, corrected, closed, reopened, withdrawn, undone; scope, points, lists, searches."""

from typing import Any

import pytest
from sqlalchemy import text

from services.registry.facilities.service.reads import restate
from shared.db.engine import Database
from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.facilities.entering import ADDRESS, FACILITIES, NAME, a_facility, enter
from tests.registry.organisations.entering import ORGANISATIONS, enter_team
from tests.registry.steps import (
    AREA_CHANGES,
    CLERK,
    FAR_CLERK,
    NOBODY,
    OFFICER,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    given,
    know_grid,
    over_the_seen,
    taken_back,
)

SECRETS = (ADDRESS, NAME)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def refused(answer: Any) -> tuple[int, str, list[str]]:
    return *code_of(answer), [one["path"] for one in answer.json().get("errors", ())]


async def test_it_is_entered_corrected_ended_reopened_and_withdrawn(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await enter(client)
    path = f"{FACILITIES}/{made['id']}"
    assert {name: made[name] for name in a_facility()} == a_facility()
    assert (made["version"], made["status"], made["closed_on"], made["earlier"]) == (1, "open", None, [])
    seen = await client.get(path)
    assert seen.json() == made
    more = a_facility(staff=3, floor_area="130")
    right = given(await client.post(f"{path}/correct", json=more, headers={"If-Match": seen.headers["etag"]}))
    assert right == {**made, "version": 2, "staff": 3, "floor_area": "130.00"}
    gone = given(await client.post(f"{path}/close", json={"closed_on": "2026-02-10"}))
    assert gone == {**right, "version": 3, "status": "closed", "closed_on": "2026-02-10"}
    again = given(await client.post(f"{path}/reopen", json={"opened_on": "2026-03-02"}))
    past = [{"since": "2026-01-05", "until": "2026-02-10"}]
    assert again == {**right, "version": 4, "opened_on": "2026-03-02", "earlier": past}
    assert given(await client.post(f"{path}/withdraw"))["status"] == "withdrawn"


async def test_whatever_was_done_last_is_undone_step_by_step(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await enter(client)
    path = f"{FACILITIES}/{made['id']}"
    states = [made]
    for step, body in (
        ("correct", a_facility(name="思孟村新超市", floor_area=None, point=None, hours=[])),
        ("close", {"closed_on": "2026-02-10"}),
        ("reopen", {"opened_on": "2026-03-02"}),
        ("withdraw", None),
    ):
        states.append(given(await client.post(f"{path}/{step}", json=body)))
    for number, before in enumerate(reversed(states[:-1])):
        assert given(await taken_back(client, path)) == {**before, "version": 6 + number}
    assert code_of(await taken_back(client, path)) == (409, "facility_nothing_to_undo")
    assert code_of(await client.post(f"{path}/undo")) == (428, "precondition_required")
    rows = await all_pages(client, f"{path}/history", limit=4)
    assert [row["step"] for row in rows] == ["entered", "corrected", "closed", "reopened", "withdrawn", *["undone"] * 4]
    assert [row["facility"] for row in rows[:5]] == states
    assert {row["done_by"] for row in rows} == {"tester"}


async def test_an_undo_itself_is_corrected_by_doing_the_step_again(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    path = f"{FACILITIES}/{(await enter(client))['id']}"
    given(await client.post(f"{path}/close", json={"closed_on": "2026-02-10"}))
    seen = given(await client.get(path))
    asked = {"if-match": f'"{seen["version"]}"'}
    given(await client.post(f"{path}/undo", headers=asked))
    assert code_of(await client.post(f"{path}/undo", headers=asked)) == (412, "version_mismatch"), "no second step"
    given(await client.post(f"{path}/close", json={"closed_on": "2026-02-11"}))
    assert given(await taken_back(client, path))["closed_on"] is None
    assert code_of(await taken_back(client, path)) == (409, "facility_nothing_to_undo")


async def test_every_version_is_told_once_and_nobody_is_named(
    client_of: Client, county: None, events: Events, committed: Database
) -> None:
    client = client_of(*CLERK)
    made = await enter(client)
    path = f"{FACILITIES}/{made['id']}"
    given(await client.post(f"{path}/correct", json=a_facility(staff=3)))
    given(await client.post(f"{path}/close", json={"closed_on": "2026-02-10"}))
    given(await client.post(f"{path}/reopen", json={"opened_on": "2026-03-02"}))
    given(await client.post(f"{path}/withdraw"))
    given(await taken_back(client, path))
    told = await events("registry.facility.")
    assert [(one["type"].rsplit(".")[-1], one["sequence"]) for one in told] == [
        ("entered", 1),
        ("corrected", 2),
        ("closed", 3),
        ("reopened", 4),
        ("withdrawn", 5),
        ("undone", 6),
    ]
    assert not any(secret in str(one) for one in told for secret in SECRETS)
    async with committed.session() as session:
        (fact,) = await restate(session, None, 5)
    assert fact.state.model_dump(mode="json") == told[-1]["state"]


@pytest.mark.parametrize(
    ("what", "status", "code", "paths"),
    [
        ({"opened_on": "2026-03-17"}, 422, "facility_dates_wrong", ["opened_on"]),
        ({"area": "450481100299"}, 404, "not_found", []),
        ({"area": TOWN}, 422, "invalid_request", ["area"]),
        ({"kind": "castle"}, 422, "invalid_request", ["kind"]),
        ({"serves": ["sleep"]}, 422, "invalid_request", ["serves.0"]),
        ({"floor_area": "0.00"}, 422, "invalid_request", ["floor_area"]),
        ({"floor_area": 120.5}, 422, "invalid_request", ["floor_area"]),
        ({"floor_area": "120.555"}, 422, "invalid_request", ["floor_area"]),
        ({"staff": -1}, 422, "invalid_request", ["staff"]),
        ({"point": {"longitude": 22.95, "latitude": 111.02}}, 422, "invalid_request", ["point.latitude"]),
        ({"point": {"longitude": 22.95, "latitude": 80.0}}, 422, "facility_point_far", ["point"]),
        ({"point": {"longitude": 111.0}}, 422, "invalid_request", ["point.latitude"]),
        ({"hours": [{"days": [8], "opens": "08:00", "closes": "12:00"}]}, 422, "invalid_request", ["hours.0.days.0"]),
        ({"hours": [{"days": [1], "opens": "8:00", "closes": "12:00"}]}, 422, "invalid_request", ["hours.0.opens"]),
        ({"hours": [{"days": [1], "opens": "09:00", "closes": "08:00"}]}, 422, "invalid_request", ["hours.0.closes"]),
        ({"organisation_id": NOBODY}, 404, "not_found", ["organisation_id"]),
        ({"name": "长" * 201}, 422, "invalid_request", ["name"]),
    ],
)
async def test_bad_input_is_refused_by_name(
    client_of: Client, county: None, events: Events, what: Json, status: int, code: str, paths: list[str]
) -> None:
    answer = await client_of(*CLERK).post(FACILITIES, json=a_facility(**what))
    assert refused(answer) == (status, code, paths)
    assert not any(secret in answer.text for secret in SECRETS)
    assert await events("registry.facility.") == []


async def test_a_name_stands_once_among_the_open_ones_of_a_village(client_of: Client, county: None) -> None:
    client, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    made = await enter(client)
    answer = await client.post(FACILITIES, json=a_facility(name=f" {NAME[:3]} {NAME[3:]}"))
    assert refused(answer) == (409, "facility_known", ["name"])
    await enter(registrar, area=SISTER)
    given(await client.post(f"{FACILITIES}/{made['id']}/close", json={"closed_on": "2026-02-10"}))
    other = await enter(client)
    for step, body in (("reopen", {"opened_on": "2026-02-10"}), ("undo", None)):
        answer = await over_the_seen(client, f"{FACILITIES}/{made['id']}", step, body)
        assert code_of(answer) == (409, "facility_known")
    given(await client.post(f"{FACILITIES}/{other['id']}/withdraw"))
    given(await taken_back(client, f"{FACILITIES}/{made['id']}"))


async def test_a_point_is_compared_with_the_grids_of_the_village(
    client_of: Client, county: None, committed: Database
) -> None:
    client = client_of(*CLERK)
    made = await enter(client, point={"longitude": 87.6, "latitude": 43.8})
    await know_grid(committed, f"{VILLAGE}001")
    far, near = {"longitude": 111.2, "latitude": 22.95}, {"longitude": 111.12, "latitude": 22.95}
    assert refused(await client.post(FACILITIES, json=a_facility(name="另一处", point=far)))[1:] == (
        "facility_point_far",
        ["point"],
    )
    path = f"{FACILITIES}/{made['id']}/correct"
    as_it_was = a_facility(point=made["point"], staff=3)
    given(await client.post(path, json=as_it_was))
    assert code_of(await client.post(path, json=as_it_was | {"point": far})) == (422, "facility_point_far")
    assert given(await client.post(path, json=as_it_was | {"point": near}))["point"] == near


async def test_it_is_run_by_an_active_organisation_that_the_caller_may_know(client_of: Client, county: None) -> None:
    clerk, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    ours, theirs = await enter_team(clerk), await enter_team(registrar, area=FAR)
    answer = await clerk.post(FACILITIES, json=a_facility(organisation_id=theirs["id"]))
    assert refused(answer) == (404, "not_found", ["organisation_id"])
    made = await enter(registrar, organisation_id=theirs["id"])
    path = f"{FACILITIES}/{made['id']}/correct"
    given(await clerk.post(path, json=a_facility(organisation_id=theirs["id"], staff=3)))
    assert given(await clerk.post(path, json=a_facility(organisation_id=ours["id"])))["organisation_id"] == ours["id"]
    given(await registrar.post(f"{ORGANISATIONS}/{theirs['id']}/withdraw"))
    answer = await registrar.post(path, json=a_facility(organisation_id=theirs["id"]))
    assert refused(answer) == (409, "facility_operator_ended", ["organisation_id"])


async def test_days_of_end_and_beginning_follow_each_other(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    path = f"{FACILITIES}/{(await enter(client))['id']}"
    for day in ("2026-01-04", "2026-03-17"):
        assert refused(await client.post(f"{path}/close", json={"closed_on": day}))[1:] == (
            "facility_dates_wrong",
            ["closed_on"],
        )
    given(await client.post(f"{path}/close", json={"closed_on": "2026-02-10"}))
    assert refused(await client.post(f"{path}/reopen", json={"opened_on": "2026-02-09"}))[1:] == (
        "facility_dates_wrong",
        ["opened_on"],
    )
    given(await client.post(f"{path}/reopen", json={"opened_on": "2026-02-10"}))
    answer = await client.post(f"{path}/correct", json=a_facility(opened_on="2026-02-09"))
    assert refused(answer)[1:] == ("facility_dates_wrong", ["opened_on"])


async def test_a_correction_says_something_new_and_stays_in_the_village(
    client_of: Client, county: None, committed: Database
) -> None:
    client, grid = client_of(*CLERK), f"{VILLAGE}001"
    await know_grid(committed, grid)
    path = f"{FACILITIES}/{(await enter(client))['id']}"
    assert code_of(await client.post(f"{path}/correct", json=a_facility())) == (422, "facility_unchanged")
    answer = await client_of(*REGISTRAR).post(f"{path}/correct", json=a_facility(area=SISTER))
    assert code_of(answer) == (422, "facility_of_other_village")
    assert code_of(await client.post(f"{path}/correct", json=a_facility(area=f"{VILLAGE}009")))[0] == 503
    assert given(await client.post(f"{path}/correct", json=a_facility(area=grid)))["area"] == grid
    given(await client.post(f"{path}/withdraw"))
    for step, body in (
        ("correct", a_facility()),
        ("close", {"closed_on": "2026-02-10"}),
        ("reopen", {"opened_on": "2026-02-10"}),
        ("withdraw", None),
    ):
        answer = await client.post(f"{path}/{step}", json=body)
        assert code_of(answer) == (409, "facility_transition_not_allowed"), step


async def test_elsewhere_it_does_not_exist(client_of: Client, county: None) -> None:
    made = await enter(client_of(*CLERK))
    far, path = client_of(*FAR_CLERK), f"{FACILITIES}/{made['id']}"
    for answer in (
        await far.get(path),
        await far.get(f"{path}/history"),
        await far.post(f"{path}/correct", json=a_facility(staff=9)),
        await far.post(f"{path}/close", json={"closed_on": "2026-02-10"}),
        await far.post(f"{path}/reopen", json={"opened_on": "2026-02-10"}),
        await far.post(f"{path}/withdraw"),
        await taken_back(far, path),
        await far.post(FACILITIES, json=a_facility()),
        await far.get(FACILITIES, params={"area": VILLAGE}),
        await far.post(f"{FACILITIES}/search", json={"area": VILLAGE, "name": "思孟"}),
    ):
        assert_not_found(answer)
    assert given(await far.post(f"{FACILITIES}/search", json={"name": "思孟"}))["items"] == []
    given(await far.post(FACILITIES, json=a_facility(area=FAR)), 201)


async def test_others_who_work_in_the_area_see_it_as_it_is(client_of: Client, county: None) -> None:
    made = await enter(client_of(*CLERK))
    for role in ("agent", "assessor", "integrator", "county_officer", "grid_worker"):
        assert given(await client_of(role, COUNTY).get(f"{FACILITIES}/{made['id']}")) == made, role
    answer = await client_of("assessor", COUNTY).post(f"{FACILITIES}/{made['id']}/withdraw")
    assert code_of(answer) == (403, "forbidden")


async def test_who_wrote_stands_in_the_access_log(client_of: Client, county: None, committed: Database) -> None:
    made = await enter(client_of(*CLERK))
    given(await client_of(*OFFICER).get(f"{FACILITIES}/{made['id']}"))
    given(await client_of(*REGISTRAR).post(f"{FACILITIES}/{made['id']}/withdraw"))
    notes = "SELECT action, detail, role, area FROM access_log WHERE noun = :noun ORDER BY occurred_at"
    async with committed.session() as session:
        noted = [tuple(row) for row in await session.execute(text(notes), {"noun": "registry.facility"})]
    assert noted == [
        ("enter_facility", "write", "village_clerk", VILLAGE),
        ("withdraw_facility", "write", "county_registrar", VILLAGE),
    ]


async def test_it_is_found_by_a_part_of_its_name_and_by_what_it_serves(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made, hall = await enter(client), await enter(client, kind="health_centre", name="卫生室", serves=["minor_illness"])
    for wanted, found in (
        ({"name": "便民超"}, [made["id"]]),
        ({"name": "超 市"}, [made["id"]]),
        ({"name": "%"}, []),
        ({"kind": "health_centre"}, [hall["id"]]),
        ({"serves": "farm_supplies"}, [made["id"]]),
        ({"serves": "recreation"}, []),
        ({"name": "室", "status": "closed"}, []),
    ):
        rows = given(await client.post(f"{FACILITIES}/search", json=wanted))["items"]
        assert [row["id"] for row in rows] == found, wanted
    listed = given(await client.get(FACILITIES, params={"serves": "minor_illness"}))["items"]
    assert listed == [hall]
    assert given(await client.get(f"{FACILITIES}/count", params={"serves": "minor_illness"})) == {"count": 1}
    answer = await client.post(f"{FACILITIES}/search", json={"name": "\u3000"})
    assert refused(answer) == (422, "invalid_request", ["name"])


async def test_the_list_is_as_long_as_the_count_says_for_every_scope(client_of: Client, county: None) -> None:
    registrar = client_of(*REGISTRAR)
    for number in range(5):
        made = await enter(registrar, area=VILLAGE if number < 4 else FAR, name=f"第{number}超市", kind="outlet")
    given(await registrar.post(f"{FACILITIES}/{made['id']}/withdraw"))
    await enter(registrar)
    for who, wanted, count in (
        (CLERK, {}, 5),
        (CLERK, {"kind": "outlet"}, 4),
        (CLERK, {"status": "withdrawn"}, 0),
        (FAR_CLERK, {"status": "withdrawn"}, 1),
        (REGISTRAR, {}, 6),
        (REGISTRAR, {"area": TOWN}, 5),
        (OFFICER, {"area": COUNTY, "status": "open", "kind": "convenience_store"}, 1),
    ):
        client = client_of(*who)
        rows = await all_pages(client, FACILITIES, limit=2, **wanted)
        assert len({row["id"] for row in rows}) == len(rows) == count
        assert given(await client.get(f"{FACILITIES}/count", params=wanted)) == {"count": count}


async def test_a_step_by_who_saw_another_version_is_refused(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await enter(client)
    answer = await client.post(f"{FACILITIES}/{made['id']}/withdraw", headers={"If-Match": '"7"'})
    assert code_of(answer) == (412, "version_mismatch")


async def test_it_follows_its_village_and_goes_back_with_it(client_of: Client, county: None, events: Events) -> None:
    registrar = client_of(*REGISTRAR)
    made, theirs = await enter(registrar), await enter(registrar, area=SISTER)
    path = f"{FACILITIES}/{made['id']}"
    given(await registrar.post(f"{path}/correct", json=a_facility(staff=7)))
    plan = {"kind": "merge", "effective_on": "2026-03-10", "opens": [{"code": "450481100210", "name": "合并村"}]}
    plan["moves"] = [{"origin": one, "to": "450481100210"} for one in (VILLAGE, SISTER)]
    change = given(await registrar.post(AREA_CHANGES, json=plan), 201)
    assert {row["id"]: row["area"] for row in await all_pages(registrar, FACILITIES)} == {
        made["id"]: "450481100210",
        theirs["id"]: "450481100210",
    }
    told = [one for one in await events("registry.facility.") if one["type"].endswith("boundary_changed")]
    assert [one["state"]["former"] for one in told] == [
        [{"area": VILLAGE, "until": "2026-03-10"}],
        [{"area": SISTER, "until": "2026-03-10"}],
    ]
    undone = given(await taken_back(registrar, path))
    assert (undone["area"], undone["staff"]) == ("450481100210", 2), "what is undone is not the change of areas"
    other = await enter(registrar, area="450481100210", name="另一处")
    rested = await registrar.post(f"{AREA_CHANGES}/{change['id']}/undo")
    assert code_of(rested) == (409, "area_change_rested_on")
    given(await registrar.post(f"{FACILITIES}/{other['id']}/withdraw"))
    given(await registrar.post(f"{AREA_CHANGES}/{change['id']}/undo"))
    assert given(await registrar.get(path))["area"] == VILLAGE
    assert given(await registrar.get(f"{FACILITIES}/{theirs['id']}"))["area"] == SISTER


async def test_what_went_elsewhere_leaves_its_name_to_the_village_that_goes_on(
    client_of: Client, county: None, committed: Database
) -> None:
    """Two of one name that meet stay both; undone, each has it in its village."""
    registrar, grid = client_of(*REGISTRAR), f"{VILLAGE}001"
    await know_grid(committed, grid)
    made, theirs = await enter(registrar, area=grid), await enter(registrar, area=SISTER)
    plan: Json = {"kind": "regroup", "effective_on": "2026-03-10", "opens": []}
    plan["moves"] = [{"origin": VILLAGE, "shares": [{"to": SISTER, "grids": [grid]}]}]
    change = given(await registrar.post(AREA_CHANGES, json=plan), 201)
    assert given(await registrar.get(f"{FACILITIES}/{made['id']}"))["area"] == f"{SISTER}001"
    again = await enter(registrar)
    given(await registrar.post(f"{FACILITIES}/{theirs['id']}/close", json={"closed_on": "2026-03-11"}))
    assert code_of(await registrar.post(f"{FACILITIES}/{theirs['id']}/reopen", json={"opened_on": "2026-03-11"})) == (
        409,
        "facility_known",
    )
    given(await registrar.post(f"{AREA_CHANGES}/{change['id']}/undo"))
    assert given(await registrar.get(f"{FACILITIES}/{made['id']}"))["area"] == grid
    given(await registrar.post(f"{FACILITIES}/{theirs['id']}/reopen", json={"opened_on": "2026-03-11"}))
    given(await registrar.post(f"{FACILITIES}/{again['id']}/withdraw"))
    assert code_of(await registrar.post(FACILITIES, json=a_facility())) == (409, "facility_known")
