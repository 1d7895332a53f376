"""Next year's file is compared by line: what is new, gone, renamed; a defective one is refused, a moved code asked."""

from typing import Any

import pytest

from tests.registry.area_editions.comparing import EDITIONS, compared, edition, lines
from tests.registry.builders import (
    COUNTY,
    DIVISIONS,
    FAR,
    FARTHER,
    OTHER_TOWN,
    SISTER,
    TOWN,
    VILLAGE,
    a_division,
)
from tests.registry.conftest import Client, Events
from tests.registry.steps import AREAS, CLERK, REGISTRAR, Json, assert_not_found, assert_refused, given

COMPARE = f"{EDITIONS}/compare"


async def test_the_same_file_changes_nothing(client_of: Client, county: None) -> None:
    found = await compared(client_of(*REGISTRAR), edition())
    assert {**found, "digest": ""} == {"digest": "", "added": [], "ended": [], "renamed": [], "unchanged": 7}


async def test_what_is_new_gone_and_renamed_is_shown_and_a_moved_code_is_asked_about(
    client_of: Client, county: None, events: Events
) -> None:
    client, before = client_of(*REGISTRAR), await events()
    file = edition(SISTER, FAR, _450481100203="木榔村委会", _450481100204="善村村委会", _450481102202="昙容新村委会")
    found = await compared(client, file)
    assert [(one["code"], one["name"]) for one in found["added"]] == [
        ("450481100203", "木榔村委会"),
        ("450481100204", "善村村委会"),
    ]
    assert found["ended"] == [
        {
            "code": SISTER,
            "name": "木榔村委会",
            "heirs": [{"code": "450481100203", "name": "木榔村委会", "same_parent": True}],
        },
        {
            "code": FAR,
            "name": "善村村委会",
            "heirs": [{"code": "450481100204", "name": "善村村委会", "same_parent": False}],
        },
    ]
    assert found["renamed"] == [{"code": FARTHER, "name": "昙容新村委会", "name_before": "昙容村委会"}]
    assert found["unchanged"] == 4
    assert await events() == before
    other = await compared(client, edition(SISTER, FAR, _450481100203="木榔村委会", _450481100204="善村村委会"))
    assert other["digest"] != found["digest"]
    assert (await compared(client, file))["digest"] == found["digest"]


async def test_a_file_of_a_town_touches_that_town_alone(client_of: Client, county: None) -> None:
    file = {
        "area": TOWN,
        "effective_on": "2026-03-10",
        "rows": lines(*DIVISIONS[2:4], a_division(VILLAGE, "思孟村委会")),
    }
    found = await compared(client_of("county_registrar", TOWN), file)
    assert [one["code"] for one in found["ended"]] == [SISTER]
    beside = {**file, "rows": [*file["rows"], *lines(a_division(FAR, "善村村委会"))]}
    answer = await client_of("county_registrar", TOWN).post(COMPARE, json=beside)
    assert_refused(answer, "invalid_request", [("rows.3.code", "outside_area")])
    renamed_above = {
        **file,
        "rows": lines(a_division(COUNTY, "新县"), *DIVISIONS[3:4], a_division(VILLAGE, "思孟村委会")),
    }
    answer = await client_of(*REGISTRAR).post(COMPARE, json=renamed_above)
    assert_refused(answer, "invalid_request", [("rows.0.code", "outside_area")])


async def test_only_ones_own_areas_are_compared(client_of: Client, county: None) -> None:
    for area, client in ((COUNTY, client_of("county_registrar", TOWN)), ("431024", client_of(*REGISTRAR))):
        assert_not_found(await client.post(COMPARE, json=edition(area=area)))
    assert_not_found(await client_of("county_registrar", TOWN).post(COMPARE, json=edition(area=OTHER_TOWN)))
    assert_refused(await client_of(*CLERK).post(COMPARE, json=edition()), "forbidden")
    answer = await client_of(*REGISTRAR).post(COMPARE, json=edition(area="450481109"))
    assert_refused(answer, "unknown_area", [("area", "unknown_area")])
    answer = await client_of(*REGISTRAR).post(COMPARE, json=edition(area=VILLAGE))
    assert_refused(answer, "invalid_request", [("area", "level")])


def changed(number: int, **cells: Any) -> list[Json]:
    """The file with other cells in a line."""
    rows = lines(*DIVISIONS)
    rows[number] |= cells
    return rows


DEFECTIVE: list[tuple[str, list[Json], list[tuple[str, str]]]] = [
    ("lost by a conversion", changed(5, name="思？村委会"), [("rows.5.name", "lost_character")]),
    ("replacement character", changed(5, name="思\ufffd村委会"), [("rows.5.name", "lost_character")]),
    ("private use", changed(5, name="思\ue863村委会"), [("rows.5.name", "lost_character")]),
    (
        "levels off by one, upwards",
        [{**one, "level": one["level"] + 1} for one in lines(*DIVISIONS)],
        [("rows", "levels_shifted")],
    ),
    (
        "levels off by one, downwards",
        [{**one, "level": one["level"] - 1} for one in lines(*DIVISIONS)],
        [("rows", "levels_shifted")],
    ),
    ("a town twice", [*lines(*DIVISIONS), *lines(DIVISIONS[3])], [("rows.9.code", "duplicate")]),
    (
        "a town twice, under two codes",
        [*lines(*DIVISIONS), *lines(a_division("450481103", "岑城镇"), a_division("450481103201", "某村委会"))],
        [("rows.9.name", "named_twice")],
    ),
    (
        "a city without counties",
        lines(*DIVISIONS[:2], a_division("450400100", "岑城镇"), a_division("450400100201", "某村委会")),
        [("rows.2.code", "outside_area"), ("rows.3.code", "outside_area")],
    ),
    (
        "villages without their town",
        lines(*DIVISIONS[:3], *DIVISIONS[4:]),
        [("rows.4.parent_code", "parent_missing"), ("rows.5.parent_code", "parent_missing")],
    ),
    (
        "a new town without villages",
        lines(*DIVISIONS, a_division("450481103", "新镇")),
        [("rows.9.code", "no_villages")],
    ),
    (
        "codes and names swapped",
        [{**one, "code": one["name"], "name": one["code"]} for one in lines(*DIVISIONS)],
        [("rows", "columns_swapped")],
    ),
    (
        "codes and those above swapped",
        [{**one, "code": one["parent_code"], "parent_code": one["code"]} for one in lines(*DIVISIONS)],
        [("rows", "columns_swapped")],
    ),
]


@pytest.mark.parametrize(("rows", "errors"), [one[1:] for one in DEFECTIVE], ids=[one[0] for one in DEFECTIVE])
async def test_a_defective_file_is_refused_by_line(
    client_of: Client, county: None, rows: list[Json], errors: list[tuple[str, str]]
) -> None:
    file = {"area": COUNTY, "effective_on": "2026-03-10", "rows": rows}
    assert_refused(await client_of(*REGISTRAR).post(COMPARE, json=file), "invalid_request", errors)


async def test_nothing_opens_before_what_it_lies_in(client_of: Client, county: None) -> None:
    """A year that was typed wrong, in a file that only adds: no change of areas would find it."""
    client = client_of(*REGISTRAR)
    for on in ("1926-03-10", "2025-12-31"):
        answer = await client.post(COMPARE, json=edition(on=on, _450481100203="新村委会"))
        assert_refused(answer, "invalid_request", [("effective_on", "before_parent")])
    await compared(client, edition(on="2026-01-01", _450481100203="新村委会"))
    await compared(client, edition(on="1926-03-10"))


async def test_ideographic_spaces_are_no_change(client_of: Client, county: None) -> None:
    rows = [{**one, "name": f"\u3000{one['name'][:1]}\u3000{one['name'][1:]}\u00a0"} for one in lines(*DIVISIONS)]
    found = await compared(client_of(*REGISTRAR), {**edition(), "rows": rows})
    assert (found["renamed"], found["unchanged"]) == ([], 7)


async def test_a_code_that_ended_does_not_come_again(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    given(await client.post(f"{AREAS}/{FAR}/abolish", json={"valid_to": "2026-03-01", "successors": []}))
    answer = await client.post(COMPARE, json=edition())
    assert_refused(answer, "invalid_request", [("rows.7.code", "code_ended")])
    assert (await compared(client, edition(FAR)))["ended"] == []
