"""Several at the tree at once: one abolishes, names are kept whole, nobody settles in what ends meanwhile."""

import asyncio

from httpx import Response

from services.registry.areas.domain import UnknownArea
from services.registry.wiring import UseCases
from shared.db.engine import Database
from shared.testing.doors import a_principal
from tests.grid.builders import until_it_waits
from tests.registry.builders import DIVISIONS, FAR, SISTER, TODAY, VILLAGE, a_division, a_person
from tests.registry.conftest import Client, Events, Work
from tests.registry.steps import AREAS, PERSONS, REGISTRAR, Json, assert_refused, given


def edition(*names: tuple[str, str]) -> Json:
    rows = [a_division(code, name) for code, name in names]
    return {"rows": [{**one, "level": int(one["level"] or 0)} for one in rows]}


async def test_an_area_is_abolished_once(client_of: Client, county: None, events: Events) -> None:
    answers: list[Response] = await asyncio.gather(
        *(
            client_of(*REGISTRAR).post(
                f"{AREAS}/{VILLAGE}/abolish", json={"valid_to": f"2026-03-1{n}", "successors": [SISTER]}
            )
            for n in range(4)
        )
    )
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    for one in answers:
        if one.status_code == 409:
            assert_refused(one, "area_already_abolished")
    (won,) = [one.json() for one in answers if one.status_code == 200]
    (told,) = await events("registry.area.abolished")
    assert (told["sequence"], told["state"]["valid_to"]) == (2, won["valid_to"])


async def test_two_that_would_carry_each_other_on_do_not_both_end(
    client_of: Client, county: None, events: Events
) -> None:
    """An heir that is abolished at the same moment is no heir."""
    first, second = await asyncio.gather(
        client_of(*REGISTRAR).post(
            f"{AREAS}/{VILLAGE}/abolish", json={"valid_to": "2026-03-10", "successors": [SISTER]}
        ),
        client_of(*REGISTRAR).post(
            f"{AREAS}/{SISTER}/abolish", json={"valid_to": "2026-03-10", "successors": [VILLAGE]}
        ),
    )
    assert sorted(one.status_code for one in (first, second)) == [200, 422]
    (lost,) = [one for one in (first, second) if one.status_code == 422]
    assert_refused(lost, "unknown_area")
    assert len(await events("registry.area.abolished")) == 1


async def test_renamings_at_once_are_a_version_each(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    names = [f"思孟{n}村委会" for n in "甲乙丙丁"]
    bodies = [edition((VILLAGE, name), (FAR, f"善村{name}")) for name in names]
    bodies[1]["rows"].reverse()  # whatever the order in the file
    answers = await asyncio.gather(*(client.post(f"{AREAS}/import", json=body) for body in bodies))
    assert [given(one)["renamed"] for one in answers] == [2, 2, 2, 2]
    for code in (VILLAGE, FAR):
        told = await events("registry.area.", code)
        assert [one["sequence"] for one in told] == [1, 2, 3, 4, 5]
        shown = given(await client.get(f"{AREAS}/{code}"))
        assert (told[-1]["state"]["name"], told[-1]["state"]["version"]) == (shown["name"], shown["version"])


async def test_a_renaming_before_an_abolition_is_kept_and_one_after_it_is_refused(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    renaming, abolition = await asyncio.gather(
        client.post(f"{AREAS}/import", json=edition((VILLAGE, "思孟新村委会"))),
        client.post(f"{AREAS}/{VILLAGE}/abolish", json={"valid_to": "2026-03-10", "successors": [SISTER]}),
    )
    assert abolition.status_code == 200
    told = await events("registry.area.", VILLAGE)
    last = told[-1]["state"]
    assert (last["valid_to"], last["successors"]) == ("2026-03-10", [SISTER])
    if renaming.status_code == 200:
        assert ([one["sequence"] for one in told], last["name"]) == ([1, 2, 3], "思孟新村委会")
    else:
        assert_refused(renaming, "invalid_request", [("rows.0.name", "abolished")])
        assert ([one["sequence"] for one in told], last["name"]) == ([1, 2], "思孟村委会")


async def test_of_two_imports_at_once_one_opens_and_the_others_find(client_of: Client, events: Events) -> None:
    """Not even in an empty tree does one of them fail."""
    body = {"rows": [{**one, "level": int(one["level"] or 0)} for one in DIVISIONS]}
    clients = [client_of(*REGISTRAR) for _ in range(3)]
    answers = await asyncio.gather(*(client.post(f"{AREAS}/import", json=body) for client in clients))
    assert sorted(given(one)["opened"] for one in answers) == [0, 0, len(DIVISIONS)]
    assert sorted(given(one)["unchanged"] for one in answers) == [0, len(DIVISIONS), len(DIVISIONS)]
    assert len(await events("registry.area.opened")) == len(DIVISIONS)


async def test_a_village_is_either_populated_and_stays_or_ends_and_takes_nobody_in(
    client_of: Client, county: None
) -> None:
    client, where = client_of(*REGISTRAR), {"residence": {"area": FAR}, "registration": {"area": FAR}}
    ended, registered = await asyncio.gather(
        client.post(f"{AREAS}/{FAR}/abolish", json={"valid_to": "2026-03-16", "successors": []}),
        client.post(PERSONS, json=a_person(occurred_on="2026-02-01", **where)),
    )
    if registered.status_code == 201:
        assert_refused(ended, "area_populated")
    else:
        assert_refused(registered, "unknown_area")
        given(ended)


async def test_whoever_registers_into_a_village_that_is_being_abolished_waits_and_is_refused(
    client_of: Client, county: None, committed: Database, work: Work
) -> None:
    """It has read the village as it was: its rows are refused, and asked for again it sees how it is."""
    body = a_person(residence={"area": FAR}, registration={"area": FAR})
    registrar, client = a_principal(*REGISTRAR), client_of(*REGISTRAR)
    late: list[asyncio.Task[Response]] = []

    async def abolish(registry: UseCases) -> None:
        await registry.area_ends.abolish(registrar, FAR, valid_to=TODAY, successors=[])
        late.append(asyncio.ensure_future(client.post(PERSONS, json=body)))
        await until_it_waits(late[0], committed)

    await work(abolish)
    assert_refused(await late[0], UnknownArea.code)
