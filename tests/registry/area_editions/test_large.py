"""A county's newer file at its size: 173 villages of 18 towns, every second one merged into the one before, in one."""

import pytest

from services.registry.life_events.domain import REGISTERED_PLACE, Place
from services.registry.wiring import UseCases
from tests.registry.area_changes.steps import assert_balanced, tree
from tests.registry.area_editions.comparing import apply, compared, goes, lines
from tests.registry.builders import BOOKS_OPENED_ON, COUNTY, DIVISIONS, a_division, a_new_person
from tests.registry.conftest import Client, Work
from tests.registry.steps import AREAS, PERSONS, REGISTRAR, given

OLD = [f"4504811{town:02d}{village}" for town in range(10, 28) for village in range(201, 211)][:173]


@pytest.mark.large
async def test_a_county_goes_over_to_its_newer_file(client_of: Client, county: None, work: Work) -> None:
    client = client_of(*REGISTRAR)
    towns = sorted({code[:9] for code in OLD})
    file = [*DIVISIONS, *(a_division(town, f"第{n}镇") for n, town in enumerate(towns))]
    villages = [a_division(code, f"第{n}村委会") for n, code in enumerate(OLD)]
    body = {"rows": lines(*file, *villages), "valid_from": str(BOOKS_OPENED_ON)}
    given(await client.post(f"{AREAS}/import", json=body))

    async def settle(registry: UseCases) -> None:
        places = OLD * 3
        people = [a_new_person(residence=Place(one, None), registration=Place(one, REGISTERED_PLACE)) for one in places]
        await registry.admissions.admit(people)

    await work(settle)
    newer = [{**one, "name": f"{one['name']}改"} if n % 10 == 0 else one for n, one in enumerate(villages)]
    rows = lines(*file, *(one for n, one in enumerate(newer) if n % 2 == 0))
    edition = {"area": COUNTY, "effective_on": "2026-03-10", "rows": rows}
    seen = await compared(client, edition)
    assert (len(seen["ended"]), len(seen["renamed"]), seen["added"]) == (86, 18, [])
    moves = [goes(code, OLD[n - 1]) for n, code in enumerate(OLD) if n % 2]
    done = given(await apply(client, edition, *moves, digest=seen["digest"]))
    assert (done["ended"], done["renamed"], len(done["changes"])) == (86, 18, 86)
    assert len(await tree(client, "2026-03-10")) == 4 + 87
    for area in (OLD[0], OLD[2]):
        params = {"area": area, "book": "residence", "status": "active"}
        assert given(await client.get(f"{PERSONS}/count", params=params))["count"] == 6
    await assert_balanced(client_of, OLD[0], OLD[1], COUNTY)
    assert given(await apply(client, edition, *moves, digest=seen["digest"]))["changes"] == []
