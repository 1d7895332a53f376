"""Two registrars at the same code at once: one abolishes, names are kept whole, each version is told once."""

import asyncio

from httpx import Response

from tests.registry.builders import FAR, SISTER, VILLAGE, a_division
from tests.registry.conftest import Client, Events
from tests.registry.steps import AREAS, REGISTRAR, Json, assert_refused, given


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


async def test_a_renaming_and_an_abolition_at_once_keep_both(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    await asyncio.gather(
        client.post(f"{AREAS}/import", json=edition((VILLAGE, "思孟新村委会"))),
        client.post(f"{AREAS}/{VILLAGE}/abolish", json={"valid_to": "2026-03-10", "successors": [SISTER]}),
    )
    told = await events("registry.area.", VILLAGE)
    assert [one["sequence"] for one in told] == [1, 2, 3]
    last = told[-1]["state"]
    assert (last["name"], last["valid_to"], last["successors"]) == ("思孟新村委会", "2026-03-10", [SISTER])
