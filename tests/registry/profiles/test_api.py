"""Community profiles over HTTP: equal to the lists, for every scope; small cells; restricted tags; few statements."""

from collections import Counter
from typing import Any

from sqlalchemy import event

from shared.db.engine import Database
from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, VILLAGE, a_household
from tests.registry.conftest import Client, token_of
from tests.registry.facilities.entering import FACILITIES
from tests.registry.facilities.entering import enter as enter_facility
from tests.registry.organisations.entering import ORGANISATIONS, enter, enter_team
from tests.registry.steps import (
    BUILDINGS,
    CLERK,
    DWELLINGS,
    FAR_CLERK,
    HOUSEHOLDS,
    OFFICER,
    PERSONS,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    enter_building,
    enter_dwelling,
    given,
    register,
)


def profile_of(area: str) -> str:
    return f"/registry/v1/areas/{area}/profile"


async def read(client: Any, area: str) -> Json:
    return given(await client.get(profile_of(area)))


async def a_community(client_of: Client) -> list[str]:
    """People of several villages with tags, homes, organisations and facilities; some of each are no more."""
    client = client_of(*REGISTRAR)
    given(await client.post(HOUSEHOLDS, json=a_household()), 201)
    people = []
    for number, (birth, area) in enumerate(
        [("2019-03-02", VILLAGE), ("2019-02-02", VILLAGE), ("1946-02-10", VILLAGE), ("1990-05-05", SISTER)]
    ):
        places = {"residence": {"area": area}, "registration": {"area": SISTER if number == 1 else area}}
        made = await register(
            client, name=f"植入{'甲乙丙丁'[number]}", birth_date=birth, sex=str(1 + number % 2), **places
        )
        people.append(str(made["id"]))
    gone = await register(client, name="植入戊")
    given(await client.post(f"{PERSONS}/{gone['id']}/move-out", json={"occurred_on": "2026-03-10"}))
    for tag, started in (("elder_alone", "2026-02-01"), ("disabled", "2026-02-01")):
        body = {"code": tag, "started_on": started}
        made = given(await client.post(f"{PERSONS}/{people[2]}/tags", json=body), 201)
    given(await client.post(f"/registry/v1/tags/{made['id']}/end", json={"ended_on": "2026-03-01"}))
    body = {"code": "drug_user", "started_on": "2026-02-01"}
    given(await client.post(f"{PERSONS}/{people[2]}/restricted-tags", json=body), 201)
    building = await enter_building(client)
    let = await enter_dwelling(client, building)
    for value, since in (("own", "2026-02-01"), ("let", "2026-03-01")):
        body = {"topic": "use", "value": value, "since": since}
        given(await client.post(f"{DWELLINGS}/{let['id']}/conditions", json=body))
    await enter_dwelling(client, building, room="302室")
    ended = await enter_dwelling(client, building, room="303室")
    given(await client.post(f"{DWELLINGS}/{ended['id']}/end", json={"valid_to": "2026-03-10"}))
    team = await enter_team(client)
    await enter(client)
    await enter_team(client, area=SISTER)
    withdrawn = await enter_team(client, name="误登队")
    given(await client.post(f"{ORGANISATIONS}/{withdrawn['id']}/withdraw"))
    await enter_facility(client, organisation_id=team["id"])
    await enter_facility(client, name="卫生室", kind="health_centre", serves=["minor_illness"], floor_area="60")
    closed = await enter_facility(client, name="旧站", kind="reading_room", serves=["training_reading"])
    given(await client.post(f"{FACILITIES}/{closed['id']}/close", json={"closed_on": "2026-03-10"}))
    return people


async def counted(client: Any, path: str, **wanted: str) -> int:
    return int(given(await client.get(f"{path}/count", params=wanted))["count"])


async def test_it_equals_the_lists_for_every_scope(client_of: Client, county: None) -> None:
    await a_community(client_of)
    for who, area in ((CLERK, VILLAGE), (REGISTRAR, COUNTY), (REGISTRAR, TOWN), (REGISTRAR, SISTER), (OFFICER, TOWN)):
        client = client_of(*who)
        seen = await read(client, area)
        people, homes, seats = seen["people"], seen["homes"], seen["seats"]
        assert seen["exact"] is True
        residents = await all_pages(client, PERSONS, area=area)
        assert people["residents"] == len(residents) == await counted(client, PERSONS, area=area)
        assert people["by_sex"] == Counter(one["sex"] for one in residents)
        assert sum(people["by_age"].values()) == len(residents)
        assert people["registered"] == await counted(client, PERSONS, area=area, book="registration")
        assert people["residents_missing"] == await counted(client, PERSONS, area=area, status="missing")
        tags: Counter[str] = Counter()
        for one in residents:
            tags.update(
                tag["code"]
                for tag in given(await client.get(f"{PERSONS}/{one['id']}/tags"))["items"]
                if tag["ended_on"] is None
            )
        assert people["tags"] == tags
        assert homes["households"] == await counted(client, HOUSEHOLDS, area=area)
        assert homes["buildings"] == await counted(client, BUILDINGS, area=area, status="standing")
        assert homes["dwellings"] == await counted(client, DWELLINGS, area=area, status="standing")
        for use in ("own", "let", "empty", "relocated"):
            expected = await counted(client, DWELLINGS, area=area, status="standing", use=use)
            assert homes["dwellings_by_use"].get(use, 0) == expected
        assert seats["organisations"] == await counted(client, ORGANISATIONS, area=area, status="active")
        for kind in ("collective", "volunteer_team", "resident_unit"):
            expected = await counted(client, ORGANISATIONS, area=area, status="active", kind=kind)
            assert seats["organisations_by_kind"].get(kind, 0) == expected
        assert seats["facilities"] == await counted(client, FACILITIES, area=area, status="open")
        for need, count in seats["by_need"].items():
            assert count == await counted(client, FACILITIES, area=area, status="open", serves=need)


async def test_it_tells_what_a_community_has_and_lacks(client_of: Client, county: None) -> None:
    await a_community(client_of)
    seen = await read(client_of(*CLERK), VILLAGE)
    assert (seen["area"], seen["name"], seen["on"]) == (VILLAGE, "思孟村委会", "2026-03-16")
    people, seats = seen["people"], seen["seats"]
    assert (people["residents"], people["registered"]) == (5, 4)
    assert people["by_age"] == {"0-6": 1, "7-14": 1, "15-59": 0, "60-64": 0, "65-79": 2, "80+": 1}
    assert people["tags"] == {"elder_alone": 1}
    assert seats["organisations_by_kind"] == {"collective": 1, "volunteer_team": 1}
    assert seats["facilities_by_kind"] == {"convenience_store": 1, "health_centre": 1}
    assert seats["floor_area"] == "180.50"
    assert seats["lacking_needs"] == ["farm_advice", "recreation", "training_reading"]
    assert "service_hall" in seats["lacking_facilities"]
    assert {"convenience_store", "health_centre"}.isdisjoint(seats["lacking_facilities"])


async def test_restricted_tags_are_counted_for_who_may_know_of_them_alone(client_of: Client, county: None) -> None:
    await a_community(client_of)
    assert (await read(client_of(*REGISTRAR), VILLAGE))["people"]["restricted_tags"] == {"drug_user": 1}
    for who in (CLERK, OFFICER, ("assessor", COUNTY)):
        seen = await read(client_of(*who), VILLAGE)
        assert seen["people"]["restricted_tags"] is None
        assert "drug_user" not in str(seen)


async def test_who_reads_no_list_is_told_no_small_count_of_people(client_of: Client, county: None) -> None:
    await a_community(client_of)
    exact, rough = await read(client_of(*CLERK), VILLAGE), await read(client_of("assessor", COUNTY), VILLAGE)
    assert rough["exact"] is False
    assert (rough["people"]["residents"], rough["people"]["registered"]) == (5, None)
    assert set(rough["people"]["by_age"].values()) == {None, 0}
    assert rough["people"]["tags"] == {"elder_alone": None}
    assert rough["homes"]["households"] is None
    assert rough["seats"] == exact["seats"]


async def test_elsewhere_and_what_never_was_is_not_found(client_of: Client, county: None) -> None:
    assert_not_found(await client_of(*FAR_CLERK).get(profile_of(VILLAGE)))
    assert_not_found(await client_of(*REGISTRAR).get(profile_of("450481100299")))
    assert (await client_of("agent", COUNTY).get(profile_of(VILLAGE))).status_code == 403
    assert (await read(client_of(*FAR_CLERK), FAR))["people"]["residents"] == 0


async def test_of_a_larger_area_only_what_is_in_scope_is_counted(client_of: Client, county: None) -> None:
    await a_community(client_of)
    client = client_of(*CLERK)
    seen = await read(client, TOWN)
    assert seen["people"]["residents"] == await counted(client, PERSONS, area=TOWN)
    assert seen["exact"] is True
    assert seen["seats"] == (await read(client, VILLAGE))["seats"]


async def test_who_belongs_here_by_a_grant_without_lists_is_not_counted_exactly(
    client_of: Client, county: None
) -> None:
    """A clerk who is an assessor elsewhere: who lives in neither village, but is registered there, is unlisted."""
    await register(client_of(*REGISTRAR), residence={"area": SISTER}, registration={"area": FAR})
    client = client_of(*CLERK)
    client.headers["authorization"] = f"Bearer {token_of(CLERK, ('assessor', FAR))}"
    seen = await read(client, TOWN)
    assert seen["exact"] is True
    assert seen["people"]["residents"] == await counted(client, PERSONS, area=TOWN) == 0


async def test_a_grid_has_a_profile_of_its_own(client_of: Client, county: None) -> None:
    await a_community(client_of)
    seen = await read(client_of("grid_worker", f"{VILLAGE}001"), f"{VILLAGE}001")
    assert (seen["name"], seen["people"]["residents"], seen["seats"]["facilities"]) == (None, 0, 0)


async def test_it_takes_a_statement_for_each_noun_however_many_there_are(
    client_of: Client, county: None, committed: Database
) -> None:
    client, engine, sent = client_of(*REGISTRAR), committed.engine.sync_engine, list[str]()

    def heard(_: Any, __: Any, statement: str, *___: Any) -> None:
        sent.append(statement)

    await read(client, COUNTY)
    many = []
    for _ in range(2):
        sent.clear()
        event.listen(engine, "before_cursor_execute", heard)
        try:
            await read(client, COUNTY)
        finally:
            event.remove(engine, "before_cursor_execute", heard)
        many.append(len(sent))
        if len(many) == 1:
            await a_community(client_of)
    assert many[0] == many[1] <= 12, sent
