"""The tree of areas: read from a division file as published, dated, and never used twice."""

from collections.abc import Mapping
from typing import Any

from services.registry.areas.repository import AreaRepository, lines
from shared.auth.lineage import Lineage
from shared.db.compare_and_set import compare_and_set
from shared.db.engine import Database
from tests.registry.builders import COUNTY, DIVISIONS, FAR, OTHER_TOWN, SISTER, TODAY, TOWN, VILLAGE, a_division
from tests.registry.conftest import Client, Events, Work

REGISTRAR = ("county_registrar", COUNTY)


def rows(*divisions: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{**one, "level": int(str(one["level"]))} for one in divisions]


async def test_a_registrar_imports_and_renames(client_of: Client, events: Events) -> None:
    client = client_of(*REGISTRAR)
    body = {"rows": rows(*DIVISIONS), "books_opened_on": "2026-01-01"}
    answer = await client.post("/registry/v1/areas/import", json=body)
    assert answer.json() == {"opened": len(DIVISIONS), "renamed": 0, "unchanged": 0}, answer.text
    county = (await client.get(f"/registry/v1/areas/{COUNTY}")).json()
    assert (county["books_opened_on"], county["kind"], county["parent"]) == ("2026-01-01", "county", "4504")
    again = {"rows": rows(*DIVISIONS[:-1], a_division("450481102202", "昙容新村委会"))}
    answer = await client.post("/registry/v1/areas/import", json=again)
    assert answer.json() == {"opened": 0, "renamed": 1, "unchanged": len(DIVISIONS) - 1}
    (renamed,) = await events("registry.area.renamed")
    assert (renamed["key"], renamed["sequence"], renamed["state"]["name"]) == ("450481102202", 2, "昙容新村委会")


async def test_nobody_imports_beside_his_own_county(client_of: Client, county: None) -> None:
    body = {"rows": rows(a_division("431024", "嘉禾县"))}
    answer = await client_of(*REGISTRAR).post("/registry/v1/areas/import", json=body)
    assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [("rows.0.code", "outside_scope")]
    assert (await client_of("village_clerk", VILLAGE).post("/registry/v1/areas/import", json=body)).status_code == 403


async def test_the_tree_is_read_by_steps_and_as_a_whole(client_of: Client, county: None) -> None:
    client = client_of("village_clerk", VILLAGE)
    roots = (await client.get("/registry/v1/areas")).json()["items"]
    assert [one["code"] for one in roots] == ["45"]
    children = (await client.get(f"/registry/v1/areas/{COUNTY}/children")).json()["items"]
    assert [one["code"] for one in children] == [TOWN, OTHER_TOWN]
    whole = await client.get(f"/registry/v1/areas/{COUNTY}/subtree")
    assert len(whole.json()["items"]) == 7
    same = await client.get(f"/registry/v1/areas/{COUNTY}/subtree", headers={"if-none-match": whole.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert (await client.get("/registry/v1/areas/450482")).status_code == 404


async def test_an_abolished_area_ends_once_and_is_seen_by_its_successor(
    client_of: Client, county: None, work: Work, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    body = {"valid_to": TODAY.isoformat(), "successors": [SISTER]}
    answer = await client.post(f"/registry/v1/areas/{VILLAGE}/abolish", json=body)
    assert (answer.status_code, answer.json()["successors"]) == (200, [SISTER]), answer.text
    again = await client.post(f"/registry/v1/areas/{VILLAGE}/abolish", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "area_already_abolished")
    (told,) = await events("registry.area.abolished")
    assert (told["key"], told["state"]["valid_to"]) == (VILLAGE, "2026-03-16")
    now = (await client.get(f"/registry/v1/areas/{TOWN}/children", params={"on": "2026-03-16"})).json()["items"]
    before = (await client.get(f"/registry/v1/areas/{TOWN}/children", params={"on": "2026-03-15"})).json()["items"]
    assert ([one["code"] for one in now], [one["code"] for one in before]) == ([SISTER], [VILLAGE, SISTER])


async def test_successors_are_living_areas(client_of: Client, county: None) -> None:
    body = {"valid_to": "2026-03-16", "successors": ["450481100299"]}
    answer = await client_of(*REGISTRAR).post(f"/registry/v1/areas/{VILLAGE}/abolish", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_area")


async def test_the_lineage_comes_out_of_the_tree(county: None, committed: Database) -> None:
    async with committed.session() as session:
        assert await lines(session) == []
    async with committed.session() as session:
        far = await AreaRepository(session).get(FAR)
        assert far is not None
        await compare_and_set(session, far, valid_to=TODAY, successors=[VILLAGE])
        await session.commit()
        tree = Lineage.of(await lines(session), TODAY)
    assert tree.expand(VILLAGE) == (VILLAGE, FAR)
    assert set(tree.expand(FAR)) == {VILLAGE, FAR}
