"""Occupancies over HTTP: begun, ended, withdrawn, restored, followed; letters; scope, lists and counts."""

from typing import Any

import pytest
from sqlalchemy import text

from shared.contracts.registry.occupancies import OccupancyState
from shared.db.engine import Database
from tests.registry.builders import FAR, SISTER, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    DWELLINGS,
    FAR_CLERK,
    HOUSEHOLDS,
    NOBODY,
    OCCUPANCIES,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    die,
    enter_building,
    enter_dwelling,
    found,
    given,
    leave,
    members_of,
    move_in,
    move_out,
    occupy,
    register,
)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
async def home(client_of: Client, county: None) -> Json:
    """A dwelling of VILLAGE."""
    clerk = client_of(*CLERK)
    return await enter_dwelling(clerk, await enter_building(clerk))


async def lived_in(client_of: Client, home: Json, **what: Any) -> tuple[Json, Json]:
    """Somebody of VILLAGE who lives in the dwelling, and the occupancy."""
    client = client_of(*CLERK)
    person = await register(client)
    return person, given(await occupy(client, home, person_id=person["id"], **what), 201)


async def test_it_begins_ends_and_is_undone_and_every_version_is_told(
    client_of: Client, home: Json, events: Events
) -> None:
    client = client_of(*CLERK)
    person, made = await lived_in(client_of, home)
    path = f"{OCCUPANCIES}/{made['id']}"
    seen = await client.get(path)
    assert (seen.json(), seen.headers["etag"]) == (made, '"1"')
    assert (made["person_id"], made["area"], made["until"]) == (person["id"], VILLAGE, None)
    shown = [made]
    ended = await client.post(f"{path}/end", json={"until": "2026-03-01"}, headers={"If-Match": '"1"'})
    shown.append(given(ended))
    shown.append(given(await client.post(f"{path}/withdraw")))
    shown.append(given(await client.post(f"{path}/restore")))
    assert (shown[-1]["status"], shown[-1]["until"]) == ("ended", "2026-03-01")
    shown.append(given(await client.post(f"{path}/restore")))
    assert (shown[-1]["status"], shown[-1]["until"]) == ("current", None)
    shown.append(given(await client.post(f"{path}/withdraw")))
    shown.append(given(await client.post(f"{path}/restore")))
    assert shown[-1] == {**made, "version": 7}
    told = await events("registry.occupancy.")
    assert [one["type"].rsplit(".")[-1] for one in told] == [
        *("begun", "ended", "withdrawn", "restored", "restored", "withdrawn", "restored")
    ]
    for fact, view in zip(told, shown, strict=True):
        expected = {name: view[name] for name in OccupancyState.model_fields if name != "letter"}
        assert fact["state"] == {**expected, "letter": False}
        assert fact["sequence"] == view["version"]


async def test_what_does_not_begin_there_is_refused_there(client_of: Client, home: Json) -> None:
    client = client_of(*CLERK)
    _, made = await lived_in(client_of, home)
    path = f"{OCCUPANCIES}/{made['id']}"
    assert code_of(await client.post(f"{path}/restore")) == (409, "occupancy_transition_not_allowed")
    assert code_of(await client.post(f"{path}/end", json={"until": "2025-12-31"})) == (422, "occupancy_dates_wrong")
    assert code_of(await client.post(f"{path}/end", json={"until": "2026-03-17"})) == (422, "occupancy_dates_wrong")
    given(await client.post(f"{path}/withdraw"))
    for step, body in (("end", {"until": "2026-03-01"}), ("withdraw", None)):
        answer = await client.post(f"{path}/{step}", json=body)
        assert code_of(answer) == (409, "occupancy_transition_not_allowed")
    stale = await client.post(f"{path}/restore", headers={"If-Match": '"1"'})
    assert code_of(stale) == (412, "version_mismatch")


async def test_many_share_a_room_and_nobody_lives_in_two(client_of: Client, home: Json) -> None:
    client = client_of(*CLERK)
    other = await enter_dwelling(client, {"id": home["building_id"]}, room="302室")
    person, made = await lived_in(client_of, home)
    for _ in range(3):
        await lived_in(client_of, home)
    again = await occupy(client, other, person_id=person["id"])
    assert code_of(again) == (409, "occupancy_overlaps")
    given(await client.post(f"{OCCUPANCIES}/{made['id']}/end", json={"until": "2026-02-01"}))
    early = await occupy(client, other, person_id=person["id"], since="2026-01-31")
    assert code_of(early) == (409, "occupancy_overlaps")
    given(await occupy(client, other, person_id=person["id"], since="2026-02-01"), 201)
    undone = await client.post(f"{OCCUPANCIES}/{made['id']}/restore")
    assert code_of(undone) == (409, "occupancy_overlaps")


async def test_one_owns_several_dwellings_and_each_once(client_of: Client, home: Json) -> None:
    client = client_of(*CLERK)
    other = await enter_dwelling(client, {"id": home["building_id"]}, room="302室")
    owner = (await register(client))["id"]
    for dwelling in (home, other):
        given(await occupy(client, dwelling, role="owner", person_id=owner), 201)
    assert code_of(await occupy(client, home, role="owner", person_id=owner)) == (409, "occupancy_overlaps")
    given(await occupy(client, home, person_id=owner), 201)


async def test_who_lives_there_lives_in_its_village_all_that_time(client_of: Client, home: Json) -> None:
    client = client_of(*CLERK)
    late = await register(client, entry="move_in", occurred_on="2026-02-10")
    answer = await occupy(client, home, person_id=late["id"], since="2026-02-09")
    assert code_of(answer) == (409, "occupant_elsewhere")
    given(await occupy(client, home, person_id=late["id"], since="2026-02-10"), 201)
    registrar = client_of(*REGISTRAR)
    sister = await register(registrar, residence={"area": SISTER, "kind": "registered"})
    assert code_of(await occupy(client, home, person_id=sister["id"])) == (409, "occupant_elsewhere")
    given(await occupy(client, home, role="owner", person_id=sister["id"]), 201)


async def test_it_ends_with_a_move_and_a_death_and_only_then(client_of: Client, home: Json, events: Events) -> None:
    client = client_of(*CLERK)
    mover, moved = await lived_in(client_of, home)
    dead, died = await lived_in(client_of, home)
    _, stays = await lived_in(client_of, home)
    owner, owned = await lived_in(client_of, home, role="owner")
    given(await move_out(client, mover["id"], "2026-03-01"))
    given(await move_out(client, owner["id"], "2026-03-01"))
    given(await die(client, dead["id"], "2026-03-02"))
    seen = {
        one["id"]: (one["status"], one["until"])
        for one in given(await client.get(OCCUPANCIES, params={"dwelling_id": home["id"]}))["items"]
    }
    assert seen == {
        moved["id"]: ("ended", "2026-03-01"),
        died["id"]: ("ended", "2026-03-02"),
        stays["id"]: ("current", None),
        owned["id"]: ("current", None),
    }
    told = [one for one in await events("registry.occupancy.") if one["type"].endswith("followed")]
    assert [one["key"] for one in told] == [moved["id"], died["id"]]
    undone = await client.post(f"{OCCUPANCIES}/{moved['id']}/restore")
    assert code_of(undone) == (409, "occupant_elsewhere")


async def test_who_comes_back_lives_in_a_dwelling_again_when_a_clerk_says_so(client_of: Client, home: Json) -> None:
    client = client_of(*CLERK)
    person, made = await lived_in(client_of, home)
    given(await move_out(client, person["id"], "2026-03-10"))
    given(await move_in(client, person["id"], "2026-03-12", residence=VILLAGE, registration=VILLAGE))
    seen = given(await client.get(f"{OCCUPANCIES}/{made['id']}"))
    assert (seen["status"], seen["until"], seen["version"]) == ("ended", "2026-03-10", 2)


async def test_a_household_lives_there_until_it_is_dissolved(client_of: Client, home: Json) -> None:
    client = client_of(*CLERK)
    household = await found(client)
    made = given(await occupy(client, home, household_id=household["id"]), 201)
    assert (made["household_id"], made["person_id"]) == (household["id"], None)
    head, spouse = members_of(household)
    given(await leave(client, household, spouse, "2026-03-01"))
    assert given(await client.get(f"{OCCUPANCIES}/{made['id']}"))["status"] == "current"
    given(await leave(client, household, head, "2026-03-05"))
    seen = given(await client.get(f"{OCCUPANCIES}/{made['id']}"))
    assert (seen["status"], seen["until"]) == ("ended", "2026-03-05")
    other = await enter_dwelling(client, {"id": home["building_id"]}, room="302室")
    gone = await occupy(client, other, household_id=household["id"], since="2026-03-06")
    assert code_of(gone) == (409, "household_dissolved")
    assert code_of(await client.post(f"{OCCUPANCIES}/{made['id']}/restore")) == (409, "household_dissolved")
    young = await found(client, established_on="2026-02-01")
    assert code_of(await occupy(client, other, household_id=young["id"])) == (422, "occupancy_dates_wrong")


async def test_a_dwelling_does_not_go_while_somebody_is_linked_with_it(client_of: Client, home: Json) -> None:
    client = client_of(*CLERK)
    _, made = await lived_in(client_of, home)
    path = f"{DWELLINGS}/{home['id']}"
    for step, body in (("end", {"valid_to": "2026-03-10"}), ("withdraw", None)):
        assert code_of(await client.post(f"{path}/{step}", json=body)) == (409, "dwelling_in_use")
    given(await client.post(f"{OCCUPANCIES}/{made['id']}/end", json={"until": "2026-03-01"}))
    given(await client.post(f"{path}/end", json={"valid_to": "2026-03-10"}))
    assert code_of(await client.post(f"{OCCUPANCIES}/{made['id']}/restore")) == (409, "dwelling_not_standing")
    person = await register(client)
    assert code_of(await occupy(client, home, person_id=person["id"])) == (409, "dwelling_not_standing")


async def test_a_tenant_has_a_lease_and_signs_a_letter(client_of: Client, home: Json, events: Events) -> None:
    client = client_of(*CLERK)
    _, tenant = await lived_in(client_of, home, role="tenant", lease_until="2027-01-31")
    _, other = await lived_in(client_of, home)
    assert tenant["lease_until"] == "2027-01-31"

    async def hand_in(content: bytes) -> str:
        return str(given(await client.post("/registry/v1/files", content=content), 201)["id"])

    letter = await hand_in(b"%PDF-1.7 letter")
    path = f"{OCCUPANCIES}/{tenant['id']}/letter"
    kept = given(await client.post(path, json={"file": letter}))
    assert (kept["letter_id"], kept["version"]) == (letter, 2)
    (told,) = [one for one in await events("registry.occupancy.") if one["type"].endswith("letter_kept")]
    assert told["state"]["letter"] is True
    assert letter not in str(told)
    colleague = client_of("grid_worker", VILLAGE, subject="colleague")
    assert given(await colleague.get(f"/registry/v1/files/{letter}"))["kind"] == "pdf"
    assert_not_found(await client_of(*FAR_CLERK, subject="far").get(f"/registry/v1/files/{letter}"))
    answer = await client.post(f"{OCCUPANCIES}/{other['id']}/letter", json={"file": letter})
    assert code_of(answer) == (422, "lease_is_a_tenants")
    table = await hand_in("姓名,地址\n".encode())
    assert code_of(await client.post(path, json={"file": table})) == (422, "wrong_file_kind")
    assert_not_found(await client.post(path, json={"file": NOBODY}), "file")
    given(await client.post(f"{OCCUPANCIES}/{tenant['id']}/withdraw"))
    late = await hand_in(b"%PDF-1.7 another")
    assert code_of(await client.post(path, json={"file": late})) == (409, "occupancy_transition_not_allowed")
    person = await register(client)
    wrong = await occupy(client, home, person_id=person["id"], lease_until="2027-01-31")
    assert code_of(wrong) == (422, "lease_is_a_tenants")


async def test_of_a_person_and_a_household_one_is_named(client_of: Client, home: Json) -> None:
    client = client_of(*CLERK)
    for body in ({}, {"person_id": NOBODY, "household_id": NOBODY}):
        answer = await occupy(client, home, **body)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "one_of_two")


async def test_elsewhere_it_does_not_exist(client_of: Client, home: Json) -> None:
    _, made = await lived_in(client_of, home)
    far, path = client_of(*FAR_CLERK), f"{OCCUPANCIES}/{made['id']}"
    stranger = await register(far, residence={"area": FAR}, registration={"area": FAR})
    for answer in (
        await far.get(path),
        await far.post(f"{path}/end", json={"until": "2026-03-01"}),
        await far.post(f"{path}/withdraw"),
        await far.post(f"{path}/restore"),
        await far.post(f"{path}/letter", json={"file": NOBODY}),
        await occupy(far, home, person_id=stranger["id"]),
        await far.get(OCCUPANCIES, params={"area": VILLAGE}),
    ):
        assert_not_found(answer)
    assert given(await far.get(OCCUPANCIES, params={"person_id": made["person_id"]}))["items"] == []
    clerk = client_of(*CLERK)
    assert_not_found(await occupy(clerk, home, person_id=stranger["id"]), "person_id")
    household = await found(far, {"relation": "02", "person_id": stranger["id"]}, area=FAR)
    assert_not_found(await occupy(clerk, home, household_id=household["id"]), "household_id")


async def test_every_look_and_change_is_noted_at_the_person(client_of: Client, home: Json, committed: Database) -> None:
    person, made = await lived_in(client_of, home)
    client = client_of(*CLERK)
    given(await client.get(f"{OCCUPANCIES}/{made['id']}"))
    given(await client.get(OCCUPANCIES))
    given(await client.post(f"{OCCUPANCIES}/{made['id']}/withdraw"))
    notes = "SELECT action, detail FROM access_log WHERE object_id = :id ORDER BY occurred_at"
    async with committed.session() as session:
        noted = [tuple(row) for row in await session.execute(text(notes), {"id": person["id"]})]
    assert noted[1:] == [
        ("begin_occupancy", "write"),
        ("read_occupancy", "existence"),
        ("list_occupancies", "existence"),
        ("withdraw_occupancy", "write"),
    ]


async def test_the_list_is_as_long_as_the_count_says_for_every_scope_and_filter(client_of: Client, home: Json) -> None:
    registrar = client_of(*REGISTRAR)
    person, made = await lived_in(client_of, home)
    await lived_in(client_of, home, role="owner")
    _, gone = await lived_in(client_of, home)
    given(await registrar.post(f"{OCCUPANCIES}/{gone['id']}/withdraw"))
    away = await enter_dwelling(registrar, await enter_building(registrar, area=FAR))
    far = await found(registrar, kind="living")
    given(await occupy(registrar, home, household_id=far["id"]), 201)
    given(await occupy(registrar, away, role="owner", person_id=person["id"]), 201)
    for who, wanted, count in (
        (CLERK, {}, 4),
        (CLERK, {"role": "occupant"}, 3),
        (CLERK, {"role": "occupant", "status": "current"}, 2),
        (CLERK, {"person_id": person["id"]}, 1),
        (CLERK, {"household_id": far["id"]}, 1),
        (CLERK, {"dwelling_id": away["id"]}, 0),
        (FAR_CLERK, {}, 1),
        (REGISTRAR, {"person_id": person["id"]}, 2),
        (REGISTRAR, {"area": VILLAGE}, 4),
    ):
        client = client_of(*who)
        rows = await all_pages(client, OCCUPANCIES, limit=2, **wanted)
        assert len({row["id"] for row in rows}) == len(rows) == count, wanted
        assert given(await client.get(f"{OCCUPANCIES}/count", params=wanted)) == {"count": count}
    assert made["id"] in {row["id"] for row in await all_pages(registrar, OCCUPANCIES)}
    assert given(await registrar.get(f"{HOUSEHOLDS}/{far['id']}"))["id"] == far["id"]
