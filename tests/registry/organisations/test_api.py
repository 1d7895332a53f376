"""Organisations over HTTP: entered, corrected, ended, reopened, withdrawn, undone; scope, masking, lists, searches."""

from typing import Any

import pytest
from sqlalchemy import text

from services.registry.organisations.service.reads import restate
from shared.db.engine import Database
from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.organisations.entering import (
    ADDRESS,
    CODE,
    NAME,
    ORGANISATIONS,
    PHONE,
    RESPONSIBLE,
    a_team,
    an_organisation,
    enter,
    enter_team,
)
from tests.registry.steps import (
    AREA_CHANGES,
    CLERK,
    FAR_CLERK,
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

SECRETS = (ADDRESS, RESPONSIBLE, PHONE, NAME, CODE)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def refused(answer: Any) -> tuple[int, str, list[str]]:
    return *code_of(answer), [one["path"] for one in answer.json().get("errors", ())]


async def test_it_is_entered_corrected_ended_reopened_and_withdrawn(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await enter(client)
    path = f"{ORGANISATIONS}/{made['id']}"
    assert {name: made[name] for name in an_organisation()} == an_organisation()
    assert (made["version"], made["status"], made["ended_on"], made["earlier"]) == (1, "active", None, [])
    seen = await client.get(path)
    assert seen.json() == made
    more = an_organisation(members=38, phone="0774-8212345")
    right = given(await client.post(f"{path}/correct", json=more, headers={"If-Match": seen.headers["etag"]}))
    assert right == {**made, "version": 2, "members": 38, "phone": "0774-8212345"}
    gone = given(await client.post(f"{path}/end", json={"ended_on": "2026-02-10"}))
    assert gone == {**right, "version": 3, "status": "ended", "ended_on": "2026-02-10"}
    again = given(await client.post(f"{path}/reopen", json={"began_on": "2026-03-02"}))
    past = [{"since": "2026-01-05", "until": "2026-02-10"}]
    assert again == {**right, "version": 4, "began_on": "2026-03-02", "earlier": past}
    assert given(await client.post(f"{path}/withdraw"))["status"] == "withdrawn"


async def test_whatever_was_done_last_is_undone_step_by_step(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await enter(client)
    path = f"{ORGANISATIONS}/{made['id']}"
    states = [made]
    for step, body in (
        ("correct", an_organisation(name="思孟村经济合作社", responsible="司马植出")),
        ("end", {"ended_on": "2026-02-10"}),
        ("reopen", {"began_on": "2026-03-02"}),
        ("withdraw", None),
    ):
        states.append(given(await client.post(f"{path}/{step}", json=body)))
    for number, before in enumerate(reversed(states[:-1])):
        assert given(await taken_back(client, path)) == {**before, "version": 6 + number}
    assert code_of(await taken_back(client, path)) == (409, "organisation_nothing_to_undo")
    assert code_of(await client.post(f"{path}/undo")) == (428, "precondition_required")
    rows = await all_pages(client, f"{path}/history", limit=4)
    assert [row["step"] for row in rows] == ["entered", "corrected", "ended", "reopened", "withdrawn", *["undone"] * 4]
    assert [row["organisation"] for row in rows[:5]] == states
    assert {row["done_by"] for row in rows} == {"tester"}


async def test_an_undo_itself_is_corrected_by_doing_the_step_again(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    path = f"{ORGANISATIONS}/{(await enter(client))['id']}"
    given(await client.post(f"{path}/end", json={"ended_on": "2026-02-10"}))
    seen = given(await client.get(path))
    asked = {"if-match": f'"{seen["version"]}"'}
    given(await client.post(f"{path}/undo", headers=asked))
    assert code_of(await client.post(f"{path}/undo", headers=asked)) == (412, "version_mismatch"), "no second step"
    given(await client.post(f"{path}/end", json={"ended_on": "2026-02-11"}))
    assert given(await taken_back(client, path))["ended_on"] is None
    assert code_of(await taken_back(client, path)) == (409, "organisation_nothing_to_undo")


async def test_every_version_is_told_once_and_nobody_is_named(
    client_of: Client, county: None, events: Events, committed: Database
) -> None:
    client = client_of(*CLERK)
    made = await enter(client)
    path = f"{ORGANISATIONS}/{made['id']}"
    given(await client.post(f"{path}/correct", json=an_organisation(members=38)))
    given(await client.post(f"{path}/end", json={"ended_on": "2026-02-10"}))
    given(await client.post(f"{path}/reopen", json={"began_on": "2026-03-02"}))
    given(await client.post(f"{path}/withdraw"))
    given(await taken_back(client, path))
    told = await events("registry.organisation.")
    assert [(one["type"].rsplit(".")[-1], one["sequence"]) for one in told] == [
        ("entered", 1),
        ("corrected", 2),
        ("ended", 3),
        ("reopened", 4),
        ("withdrawn", 5),
        ("undone", 6),
    ]
    assert not any(secret in str(one) for one in told for secret in SECRETS)
    async with committed.session() as session:
        (fact,) = await restate(session, None, 5)
        rows = list((await session.execute(text("SELECT * FROM organisations"))).mappings())
        rows += (await session.execute(text("SELECT * FROM organisation_versions"))).mappings()
    assert fact.state.model_dump(mode="json") == told[-1]["state"]
    assert not any(
        secret in str(row) or secret.encode() in row["contact_sealed"] for row in rows for secret in SECRETS[:3]
    )


@pytest.mark.parametrize(
    ("what", "status", "code", "paths"),
    [
        ({"began_on": "2026-03-17"}, 422, "organisation_dates_wrong", ["began_on"]),
        ({"registered_on": "2026-03-17"}, 422, "organisation_dates_wrong", ["registered_on"]),
        ({"area": "450481100299"}, 404, "not_found", []),
        ({"area": TOWN}, 422, "invalid_request", ["area"]),
        ({"kind": "castle"}, 422, "invalid_request", ["kind"]),
        ({"credit_code": "N2450481MF00000013"}, 422, "invalid_request", ["credit_code"]),
        ({"kind": "social_organisation"}, 422, "invalid_request", ["credit_code"]),
        ({"registration": "filed"}, 422, "invalid_request", ["registration"]),
        ({"members": -1}, 422, "invalid_request", ["members"]),
        ({"members": "36"}, 422, "invalid_request", ["members"]),
        ({"responsible": "欧阳?"}, 422, "invalid_request", ["responsible"]),
        ({"phone": "12"}, 422, "invalid_request", ["phone"]),
        ({"name": "长" * 201}, 422, "invalid_request", ["name"]),
    ],
)
async def test_bad_input_is_refused_by_name(
    client_of: Client, county: None, events: Events, what: Json, status: int, code: str, paths: list[str]
) -> None:
    answer = await client_of(*CLERK).post(ORGANISATIONS, json=an_organisation(**what))
    assert refused(answer) == (status, code, paths)
    assert not any(secret in answer.text for secret in SECRETS)
    assert await events("registry.organisation.") == []


async def test_name_and_code_stand_once_among_the_active_ones_of_a_village(client_of: Client, county: None) -> None:
    client, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    made = await enter(client)
    for what, path in (
        ({"credit_code": None, "name": f" {NAME[:3]} {NAME[3:]}"}, "name"),
        ({"name": "另一社"}, "credit_code"),
    ):
        answer = await client.post(ORGANISATIONS, json=an_organisation(**what))
        assert refused(answer) == (409, "organisation_known", [path])
    await enter(registrar, area=SISTER)
    given(await client.post(f"{ORGANISATIONS}/{made['id']}/end", json={"ended_on": "2026-02-10"}))
    other = await enter(client)
    for step, body in (("reopen", {"began_on": "2026-02-10"}), ("undo", None)):
        answer = await over_the_seen(client, f"{ORGANISATIONS}/{made['id']}", step, body)
        assert code_of(answer) == (409, "organisation_known")
    given(await client.post(f"{ORGANISATIONS}/{other['id']}/withdraw"))
    given(await taken_back(client, f"{ORGANISATIONS}/{made['id']}"))


async def test_days_of_end_and_beginning_follow_each_other(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    path = f"{ORGANISATIONS}/{(await enter(client))['id']}"
    for day in ("2026-01-04", "2026-03-17"):
        assert refused(await client.post(f"{path}/end", json={"ended_on": day}))[1:] == (
            "organisation_dates_wrong",
            ["ended_on"],
        )
    given(await client.post(f"{path}/end", json={"ended_on": "2026-02-10"}))
    assert refused(await client.post(f"{path}/reopen", json={"began_on": "2026-02-09"}))[1:] == (
        "organisation_dates_wrong",
        ["began_on"],
    )
    given(await client.post(f"{path}/reopen", json={"began_on": "2026-02-10"}))
    answer = await client.post(f"{path}/correct", json=an_organisation(began_on="2026-02-09"))
    assert refused(answer)[1:] == ("organisation_dates_wrong", ["began_on"])


async def test_a_correction_says_something_new_and_stays_in_the_village(
    client_of: Client, county: None, committed: Database
) -> None:
    client, grid = client_of(*CLERK), f"{VILLAGE}001"
    await know_grid(committed, grid)
    path = f"{ORGANISATIONS}/{(await enter(client))['id']}"
    assert code_of(await client.post(f"{path}/correct", json=an_organisation())) == (422, "organisation_unchanged")
    answer = await client_of(*REGISTRAR).post(f"{path}/correct", json=an_organisation(area=SISTER))
    assert code_of(answer) == (422, "organisation_of_other_village")
    assert code_of(await client.post(f"{path}/correct", json=an_organisation(area=f"{VILLAGE}009")))[0] == 503
    assert given(await client.post(f"{path}/correct", json=an_organisation(area=grid)))["area"] == grid
    given(await client.post(f"{path}/withdraw"))
    for step, body in (
        ("correct", an_organisation()),
        ("end", {"ended_on": "2026-02-10"}),
        ("reopen", {"began_on": "2026-02-10"}),
        ("withdraw", None),
    ):
        answer = await client.post(f"{path}/{step}", json=body)
        assert code_of(answer) == (409, "organisation_transition_not_allowed"), step


async def test_elsewhere_it_does_not_exist(client_of: Client, county: None) -> None:
    made = await enter(client_of(*CLERK))
    far, path = client_of(*FAR_CLERK), f"{ORGANISATIONS}/{made['id']}"
    for answer in (
        await far.get(path),
        await far.get(f"{path}/history"),
        await far.post(f"{path}/correct", json=an_organisation(members=2)),
        await far.post(f"{path}/end", json={"ended_on": "2026-02-10"}),
        await far.post(f"{path}/reopen", json={"began_on": "2026-02-10"}),
        await far.post(f"{path}/withdraw"),
        await taken_back(far, path),
        await far.post(ORGANISATIONS, json=an_organisation()),
        await far.get(ORGANISATIONS, params={"area": VILLAGE}),
        await far.post(f"{ORGANISATIONS}/search", json={"area": VILLAGE, "name": "思孟"}),
    ):
        assert_not_found(answer)
    assert given(await far.post(f"{ORGANISATIONS}/search", json={"credit_code": CODE}))["items"] == []
    given(await far.post(ORGANISATIONS, json=an_organisation(area=FAR)), 201)


async def test_who_may_not_see_who_answers_for_it_sees_it_masked(
    client_of: Client, county: None, committed: Database
) -> None:
    made = await enter(client_of(*CLERK))
    officer, path = client_of(*OFFICER), f"{ORGANISATIONS}/{made['id']}"
    seen = given(await officer.get(path))
    assert seen == {**made, "address": None, "responsible": "欧**入", "phone": "139****5678"}
    assert given(await officer.get(ORGANISATIONS))["items"] == [seen]
    assert given(await officer.post(f"{ORGANISATIONS}/search", json={"name": "经济合作"}))["items"] == [seen]
    assert given(await client_of("grid_worker", VILLAGE).get(path)) == {**seen, "address": ADDRESS}
    (row,) = given(await officer.get(f"{path}/history"))["items"]
    assert row["organisation"] == seen
    notes = (
        "SELECT action, detail, role, area FROM access_log WHERE noun = 'registry.organisation' ORDER BY occurred_at"
    )
    async with committed.session() as session:
        noted = [tuple(row) for row in await session.execute(text(notes))]
    assert noted == [
        ("enter_organisation", "write", "village_clerk", VILLAGE),
        ("read_organisation", "masked", "county_officer", VILLAGE),
        ("list_organisations", "masked", "county_officer", VILLAGE),
        ("list_organisations", "masked", "county_officer", VILLAGE),
        ("read_organisation", "masked", "grid_worker", VILLAGE),
        ("read_organisation_history", "masked", "county_officer", VILLAGE),
    ]


async def test_it_is_found_by_a_part_of_its_name_or_by_its_code(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made, team = await enter(client), await enter_team(client, name="100%志愿_服务队")
    for wanted, found in (
        ({"name": "股份经济"}, [made["id"]]),
        ({"name": "股 份"}, [made["id"]]),
        ({"name": "0%志"}, [team["id"]]),
        ({"name": "％"}, [team["id"]]),
        ({"name": "愿_服"}, [team["id"]]),
        ({"name": "愿a服"}, []),
        ({"credit_code": CODE.lower()}, [made["id"]]),
        ({"kind": "volunteer_team"}, [team["id"]]),
        ({"name": "社", "status": "ended"}, []),
    ):
        rows = given(await client.post(f"{ORGANISATIONS}/search", json=wanted))["items"]
        assert [row["id"] for row in rows] == found, wanted
    answer = await client.post(f"{ORGANISATIONS}/search", json={"credit_code": CODE[:-1] + "3"})
    assert refused(answer) == (422, "invalid_request", ["credit_code"])
    answer = await client.post(f"{ORGANISATIONS}/search", json={"name": "\u3000"})
    assert refused(answer) == (422, "invalid_request", ["name"])


async def test_the_list_is_as_long_as_the_count_says_for_every_scope(client_of: Client, county: None) -> None:
    registrar = client_of(*REGISTRAR)
    for number in range(5):
        made = await enter_team(registrar, area=VILLAGE if number < 4 else FAR, name=f"第{number}志愿服务队")
    given(await registrar.post(f"{ORGANISATIONS}/{made['id']}/withdraw"))
    await enter(registrar)
    for who, wanted, count in (
        (CLERK, {}, 5),
        (CLERK, {"kind": "volunteer_team"}, 4),
        (CLERK, {"status": "withdrawn"}, 0),
        (FAR_CLERK, {"status": "withdrawn"}, 1),
        (REGISTRAR, {}, 6),
        (REGISTRAR, {"area": TOWN}, 5),
        (OFFICER, {"area": COUNTY, "status": "active", "kind": "collective"}, 1),
    ):
        client = client_of(*who)
        rows = await all_pages(client, ORGANISATIONS, limit=2, **wanted)
        assert len({row["id"] for row in rows}) == len(rows) == count
        assert given(await client.get(f"{ORGANISATIONS}/count", params=wanted)) == {"count": count}


async def test_a_step_by_who_saw_another_version_is_refused(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await enter(client)
    answer = await client.post(f"{ORGANISATIONS}/{made['id']}/withdraw", headers={"If-Match": '"7"'})
    assert code_of(answer) == (412, "version_mismatch")


async def test_it_follows_its_village_and_goes_back_with_it(client_of: Client, county: None, events: Events) -> None:
    registrar = client_of(*REGISTRAR)
    made, theirs = await enter(registrar), await enter(registrar, area=SISTER)
    path = f"{ORGANISATIONS}/{made['id']}"
    given(await registrar.post(f"{path}/correct", json=an_organisation(members=40)))
    plan = {"kind": "merge", "effective_on": "2026-03-10", "opens": [{"code": "450481100210", "name": "合并村"}]}
    plan["moves"] = [{"origin": one, "to": "450481100210"} for one in (VILLAGE, SISTER)]
    change = given(await registrar.post(AREA_CHANGES, json=plan), 201)
    assert {row["id"]: row["area"] for row in await all_pages(registrar, ORGANISATIONS)} == {
        made["id"]: "450481100210",
        theirs["id"]: "450481100210",
    }
    told = [one for one in await events("registry.organisation.") if one["type"].endswith("boundary_changed")]
    assert [one["state"]["former"] for one in told] == [
        [{"area": VILLAGE, "until": "2026-03-10"}],
        [{"area": SISTER, "until": "2026-03-10"}],
    ]
    undone = given(await taken_back(registrar, path))
    assert (undone["area"], undone["members"]) == ("450481100210", 36), "what is undone is not the change of areas"
    team = await enter_team(registrar, area="450481100210")
    rested = await registrar.post(f"{AREA_CHANGES}/{change['id']}/undo")
    assert code_of(rested) == (409, "area_change_rested_on")
    given(await registrar.post(f"{ORGANISATIONS}/{team['id']}/withdraw"))
    given(await registrar.post(f"{AREA_CHANGES}/{change['id']}/undo"))
    assert given(await registrar.get(path))["area"] == VILLAGE
    assert given(await registrar.get(f"{ORGANISATIONS}/{theirs['id']}"))["area"] == SISTER


async def test_what_went_elsewhere_leaves_its_name_and_code_to_the_village_that_goes_on(
    client_of: Client, county: None, committed: Database
) -> None:
    """And undone, it has them in its village again, whatever was entered where it had been."""
    registrar, grid = client_of(*REGISTRAR), f"{VILLAGE}001"
    await know_grid(committed, grid)
    made = await enter(registrar, area=grid)
    plan: Json = {"kind": "regroup", "effective_on": "2026-03-10", "opens": []}
    plan["moves"] = [{"origin": VILLAGE, "shares": [{"to": SISTER, "grids": [grid]}]}]
    change = given(await registrar.post(AREA_CHANGES, json=plan), 201)
    assert given(await registrar.get(f"{ORGANISATIONS}/{made['id']}"))["area"] == f"{SISTER}001"
    answer = await registrar.post(ORGANISATIONS, json=an_organisation(area=SISTER))
    assert code_of(answer) == (409, "organisation_known")
    again = await enter(registrar)
    given(await registrar.post(f"{AREA_CHANGES}/{change['id']}/undo"))
    assert given(await registrar.get(f"{ORGANISATIONS}/{made['id']}"))["area"] == grid
    await enter(registrar, area=SISTER)
    given(await registrar.post(f"{ORGANISATIONS}/{again['id']}/withdraw"))
    answer = await registrar.post(ORGANISATIONS, json=an_organisation())
    assert code_of(answer) == (409, "organisation_known")


async def test_of_a_team_little_needs_to_be_known(client_of: Client, county: None) -> None:
    made = await enter_team(client_of(*CLERK))
    assert {name: made[name] for name in a_team()} == a_team()
    assert (made["registration"], made["credit_code"], made["members"], made["phone"]) == ("none", None, None, None)
