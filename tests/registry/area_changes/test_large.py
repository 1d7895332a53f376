"""Acceptance 4 of the registry at its size: 2,000 residents, 173 villages regrouped into 87, one converted."""

import pytest

from services.registry.life_events.domain import REGISTERED_PLACE, Place
from services.registry.wiring import UseCases
from tests.registry.area_changes.steps import a_plan, assert_balanced, change, figures, opened, tree, undo, whole
from tests.registry.builders import BOOKS_OPENED_ON, COUNTY, SISTER, TOWN, VILLAGE, a_division, a_new_person
from tests.registry.conftest import Client, Events, Work
from tests.registry.steps import AREAS, REGISTRAR, Json, given

RESIDENTS, UNITS = 2_000, 173
OLD = [f"4504811{town:02d}{village}" for town in range(10, 28) for village in range(201, 211)][:UNITS]


@pytest.mark.large
async def test_two_villages_of_two_thousand_and_173_units(
    client_of: Client, county: None, events: Events, work: Work
) -> None:
    client = client_of(*REGISTRAR)
    towns = sorted({code[:9] for code in OLD})
    rows: list[Json] = [a_division(town, f"第{n}镇") for n, town in enumerate(towns)]
    rows += [a_division(code, f"第{n}村委会") for n, code in enumerate(OLD)]
    lines = [{**row, "level": int(row["level"])} for row in rows]
    given(await client.post(f"{AREAS}/import", json={"rows": lines, "valid_from": str(BOOKS_OPENED_ON)}))
    places = [VILLAGE, SISTER] * (RESIDENTS // 2) + OLD * 3

    async def settle(registry: UseCases) -> None:
        people = [a_new_person(residence=Place(one, None), registration=Place(one, REGISTERED_PLACE)) for one in places]
        for start in range(0, len(people), 500):
            await registry.admissions.admit(people[start : start + 500])

    await work(settle)
    trees, counted = await tree(client, "2026-03-09"), await figures(events, "2026-03-09")
    merged = a_plan("merge", whole(VILLAGE, f"{TOWN}298"), whole(SISTER, f"{TOWN}298"), opens=(opened(f"{TOWN}298"),))
    first = given(await change(client, merged), 201)
    assert first["persons"] == RESIDENTS
    moves = [whole(code, OLD[n - 1]) for n, code in enumerate(OLD) if n % 2]
    regrouped = given(await change(client, a_plan("regroup", *moves)), 201)
    assert (regrouped["persons"], UNITS - len(moves)) == (3 * 86, 87)
    community = f"{OLD[0][:9]}001"
    given(await change(client, a_plan("convert", whole(OLD[0], community), opens=(opened(community, "社区"),))), 201)
    assert len(await tree(client, "2026-03-10")) == len(trees) - 2 + 1 - UNITS // 2
    assert (await tree(client, "2026-03-09"), await figures(events, "2026-03-09")) == (trees, counted)
    now = await figures(events, "2026-03-10")
    assert now["POP-RES"] == now["POP-REG"] == now["LEDGER-RES"] == now["LEDGER-REG"]
    assert sum(now["POP-RES"].values()) == len(places)
    assert (now["POP-RES"][f"{TOWN}298"], now["POP-RES"][community], now["POP-RES"][OLD[2]]) == (RESIDENTS, 6, 6)
    await assert_balanced(client_of, VILLAGE, SISTER, f"{TOWN}298", OLD[1], OLD[2], community, COUNTY)
    given(await undo(client, first))
    await assert_balanced(client_of, VILLAGE, SISTER, f"{TOWN}298")
