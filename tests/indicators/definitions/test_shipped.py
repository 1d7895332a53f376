"""Definitions that ship: explained in words, counted by hand, and sayable in the grammar that counties use."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.indicators.definitions.domain.versions import Versions
from services.indicators.definitions.repository import DefinitionRepository
from services.indicators.definitions.service.checking import checked
from services.indicators.definitions.service.grammar import DraftContent
from shared.db.engine import Database
from shared.reference.departments import DEPARTMENTS
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door, a_principal
from tests.indicators.county import COUNTY, PREFECTURE, REGISTRAR, ask, by_code, figures
from tests.indicators.definitions.counted_states import AS_OF, SAMPLES
from tests.indicators.states import GRID, VILLAGE

HERE = Path(__file__).parent
TABLE: Mapping[str, Mapping[str, Any]] = yaml.safe_load((HERE / "counted.yaml").read_text(encoding="utf-8"))
COUNTED = {code: told for part in TABLE.values() for code, told in part.items()}
"""By code, what the samples come to."""

FILES = sorted(Path("services/indicators/migrations").glob("definitions_*/*.json"))
SHIPPED = [one for path in FILES for one in json.loads(path.read_text(encoding="utf-8"))]


REPORTED = {one["code"] for path in FILES if path.stem == "reported" for one in json.loads(path.read_text("utf-8"))}
"""What a ledger's records come to (`test_reported`)."""


def told(figure: Mapping[str, Any]) -> Any:
    """A value, or the rate of a ratio."""
    return figure["value"] if figure["numerator"] is None else figure["rate"]


async def test_every_definition_that_ships_comes_to_what_was_counted_by_hand(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*SAMPLES)
    found = await figures(door, COUNTY, REGISTRAR, as_of=AS_OF)
    assert {code: told(figure) for code, figure in found.items() if code not in REPORTED} == COUNTED
    assert len(COUNTED) >= 120
    assert 0 not in COUNTED.values()


async def test_levels_add_up_and_percentiles_do_not(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*SAMPLES)
    answer = await ask(door, REGISTRAR, area=COUNTY, as_of=AS_OF.isoformat(), breakdown="children")
    body = answer.json()
    whole, parts = by_code(body["values"]), [by_code(one["values"]) for one in (*body["children"], body["own"])]
    shown = (await ask(door, REGISTRAR, "/definitions", area=COUNTY)).json()["items"]
    additive = {one["code"]: one["additive"] for one in shown}
    for code, figure in whole.items():
        if additive[code]:
            assert figure["value"] == sum(part[code]["value"] for part in parts), code
        elif figure["numerator"] is not None:
            assert figure["numerator"] == sum(part[code]["numerator"] for part in parts), code
    assert [code for code, adds in additive.items() if not adds and whole[code]["numerator"] is None] == [
        *("CASE-DAYS-MEDIAN", "CASE-DAYS-P90", "CORRECTION-DAYS-MEDIAN", "INC-DAYS-MEDIAN", "INC-DAYS-P90")
    ]
    assert whole["INC-DAYS-MEDIAN"]["observations"] == sum(part["INC-DAYS-MEDIAN"]["observations"] for part in parts)


async def test_grids_and_what_is_outside_them_come_to_the_village(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*SAMPLES)
    body = (await ask(door, REGISTRAR, area=VILLAGE, as_of=AS_OF.isoformat(), breakdown="children")).json()
    whole, grids = by_code(body["values"]), {one["area"]: by_code(one["values"]) for one in body["children"]}
    own = by_code(body["own"]["values"])
    for code in ("INC-FILED", "BUILDINGS", "DWELLINGS-FLOOR-AREA", "FAC-FLOOR-AREA", "TAG-STARTED", "GRIDS-MICRO"):
        assert whole[code]["value"] == own[code]["value"] + sum(one[code]["value"] for one in grids.values()), code
    assert (grids[GRID]["INC-DAYS-P90"]["value"], grids[GRID]["INC-DAYS-P90"]["observations"]) == (5, 3)
    assert (own["CASE-DAYS-MEDIAN"]["value"], own["INC-DAYS-P90"]["value"]) == (3, None)


async def test_above_the_county_durations_are_put_together(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*SAMPLES)
    for area in (PREFECTURE, PREFECTURE[:2]):
        found = await figures(door, area, a_principal("county_registrar", area), as_of=AS_OF)
        assert (found["CASE-DAYS-MEDIAN"]["value"], found["CASE-DAYS-MEDIAN"]["observations"]) == (3, 3), area
        assert found["AREAS-URBAN-RATE"]["rate"] == "25.00", area


async def test_parts_add_up_because_what_is_unknown_is_a_part(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*SAMPLES)
    for code, axis, parts in (
        ("INC-FILED", "severity", ("normal", "serious", "urgent", "unknown")),
        ("CASE-DECIDED", "category", ("social_assistance", "medical", "unknown")),
        ("TAG-STARTED", "code", ("disabled", "elder_alone")),
    ):
        values = [
            (await figures(door, COUNTY, code=code, as_of=AS_OF, dimension=f"{axis}:{part}"))[code]["value"]
            for part in parts
        ]
        assert sum(values) == (COUNTED[code] if code != "TAG-STARTED" else 3), code


async def test_the_days_of_a_series_come_to_the_period(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*SAMPLES)
    for code in ("BIRTHS-BOOKED", "POP-CHANGE", "INC-RETURNS"):
        answer = await ask(door, REGISTRAR, "/series", area=COUNTY, code=code, since="2026-01-01", until="2026-06-30")
        assert sum(day["value"] for day in answer.json()["days"]) == COUNTED[code], code
    answer = await ask(
        door, REGISTRAR, "/series", area=COUNTY, code="CASE-DAYS-P90", since="2026-01-08", until="2026-01-09"
    )
    assert [day["value"] for day in answer.json()["days"]] == [3, None]
    answer = await ask(
        door, REGISTRAR, "/series", area=COUNTY, code="BALANCE-RES", since="2026-06-29", until="2026-06-30"
    )
    assert [day["value"] for day in answer.json()["days"]] == [5, 5]


async def test_what_comes_late_counts_by_occurrence_in_its_month_and_by_books_in_the_next(
    door: Door, arrivals: Arrivals
) -> None:
    await arrivals.take(*SAMPLES)
    asked = ["BIRTHS", "BIRTHS-BOOKED", "BIRTHS-LATE", "DEATHS", "DEATHS-BOOKED", "MOVES-IN", "MOVES-IN-BOOKED"]

    async def month(first: str, last: str) -> list[Any]:
        found = await figures(door, COUNTY, code=asked, since=first, as_of=last)
        return [found[code]["value"] for code in asked]

    assert await month("2026-02-01", "2026-02-28") == [2, 1, 0, 0, 1, 0, 1]
    assert await month("2026-04-01", "2026-04-30") == [0, 1, 1, 0, 0, 0, 0]
    assert await month("2026-05-01", "2026-05-31") == [0, 0, 0, 0, 0, 1, 0]
    assert await month("2026-07-01", "2026-07-31") == [0, 0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize("one", SHIPPED, ids=[one["code"] for one in SHIPPED])
async def test_a_definition_that_ships_could_be_drafted_by_a_county(
    one: dict[str, Any], committed: Database, clock: FrozenClock
) -> None:
    content = DraftContent.model_validate(one)
    assert content.department in DEPARTMENTS
    async with committed.session() as session:
        held = await DefinitionRepository(session).versions()
    others = Versions([version for code in held.codes if code != one["code"] for version in held.of(code)])
    version, _ = checked(content, others, date(2026, 1, 1))
    (kept,) = held.of(one["code"])
    assert (kept.formula, kept.axes, kept.percentile) == (version.formula, version.axes, version.percentile)
    assert (kept.measure, kept.unit, kept.scale) == (version.measure, version.unit, version.scale)
