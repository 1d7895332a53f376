"""Figures of consents: by village and purpose, small ones told to nobody, exact ones to who reads consents."""

from datetime import date
from typing import Any

from services.indicators.features import FEATURES, SPEC
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.feature import schedules_of
from shared.process import plain_context
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door, a_principal
from tests.indicators.county import COUNTY, OFFICER, OTHER_TOWN, TOWN, TREE, ask, by_code, value
from tests.indicators.states import GRID, OTHER_VILLAGE, VILLAGE, a_consent_count, a_person, a_span
from tests.indicators.values.test_events import said

DAY, MOVED = date(2026, 3, 31), date(2026, 3, 10)
ASSESSOR = a_principal("assessor", COUNTY)
"""Reads figures, and no consents."""


def there(area: str = OTHER_VILLAGE) -> Any:
    return (a_span(area, date(2025, 1, 1), kind="residence"),)


async def test_a_move_takes_the_consent_along_from_its_day_on(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, *(a_consent_count(number) for number in range(1, 13)))
    moves = (a_span(VILLAGE, end=MOVED, kind="residence"), a_span(OTHER_VILLAGE, MOVED, kind="residence"))
    await arrivals.take(*(a_consent_count(number, version=2, residence=moves) for number in range(1, 6)))

    async def told(as_of: date) -> list[Any]:
        areas = (VILLAGE, TOWN, OTHER_VILLAGE, OTHER_TOWN, COUNTY)
        return [await value(door, area, "CONSENTS", as_of=as_of) for area in areas]

    assert await told(date(2026, 3, 9)) == [12, 12, 0, 0, 12]
    assert await told(MOVED) == [7, 7, 5, 5, 12]
    given = [await value(door, area, "CONSENTS-GIVEN", as_of=DAY) for area in (VILLAGE, OTHER_VILLAGE)]
    assert given == [12, 0], "it was given where its person lived then"


async def test_by_purpose_and_what_is_small_is_told_to_nobody(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, *(a_consent_count(number) for number in range(1, 8)))
    await arrivals.take(*(a_consent_count(number, purpose="face") for number in range(11, 15)))

    async def of(purpose: str, who: Any = OFFICER) -> Any:
        return await value(door, VILLAGE, "CONSENTS", who, as_of=DAY, dimension=f"purpose:{purpose}")

    assert [await of(purpose) for purpose in ("messages", "face", "research")] == [7, None, 0]
    await arrivals.take(a_consent_count(15, purpose="face"))
    assert await of("face") == 5
    assert await value(door, VILLAGE, "CONSENTS", OFFICER, as_of=DAY) == 12
    rounded = [await of("messages", ASSESSOR), await value(door, VILLAGE, "CONSENTS", ASSESSOR, as_of=DAY)]
    assert rounded == [5, 10], "exact figures are for who reads consents"


async def test_below_the_village_nothing_is_counted_and_levels_add_up(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, *(a_consent_count(number) for number in range(1, 7)))
    await arrivals.take(*(a_consent_count(number, residence=there()) for number in range(11, 18)))
    answer = (
        await ask(door, OFFICER, area=COUNTY, code="CONSENTS", as_of=DAY.isoformat(), breakdown="children")
    ).json()
    parts = {one["area"]: by_code(one["values"])["CONSENTS"]["value"] for one in answer["children"]}
    assert (parts, by_code(answer["values"])["CONSENTS"]["value"]) == ({TOWN: 6, OTHER_TOWN: 7}, 13)
    assert await value(door, GRID, "CONSENTS", as_of=DAY) == 0


async def test_values_of_consents_are_known_and_not_announced(
    door: Door, arrivals: Arrivals, committed: Database, clock: FrozenClock, crypto: Crypto
) -> None:
    await arrivals.take(*TREE, a_person(), *(a_consent_count(number) for number in range(1, 7)))
    [duty] = [one for one in schedules_of(FEATURES) if one.name == "announce_values"]
    async with committed.session() as session:
        await duty.run(plain_context(session, SPEC, clock, crypto))
        await session.commit()
    codes = {state["code"] for type_, state in await said(committed) if type_.startswith("indicators.value.")}
    assert "POP-RES" in codes
    assert not [code for code in codes if code.startswith("CONSENTS")]
    shown = (await ask(door, OFFICER, "/definitions", area=COUNTY)).json()["items"]
    assert {one["code"] for one in shown} >= {"CONSENTS", "CONSENTS-GIVEN", "CONSENTS-WITHDRAWN"}
