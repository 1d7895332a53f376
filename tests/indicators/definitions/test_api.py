"""The list of definitions: what every indicator means, to whoever may use it."""

import pytest

from shared.auth.principal import Grant, Principal
from shared.auth.roles import Role
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door, a_principal
from tests.indicators.county import CLERK, COUNTY, OFFICER, REGISTRAR, TREE, ask, figures
from tests.indicators.definitions.test_shipped import SHIPPED
from tests.indicators.states import OTHER_VILLAGE, VILLAGE

STOCKS = {
    *("POP-RES", "POP-REG", "POP-RES-MALE", "POP-RES-FEMALE", "POP-FLOATING", "HOUSEHOLDS", "LEDGER-RES", "LEDGER-REG"),
    *("POP-AGE-0-14", "POP-AGE-15-59", "POP-AGE-60", "POP-AGE-80", "INC-OPEN"),
    *("ORGANISATIONS", "ORG-UNITS", "ORG-SOCIAL", "ORG-COLLECTIVES", "ORG-VOLUNTEERS", "FACILITIES", "FAC-SHOPPING"),
    *("FAC-FARM-SUPPLIES", "FAC-FARM-ADVICE", "FAC-MINOR-ILLNESS", "FAC-RECREATION", "FAC-TRAINING-READING"),
    *("TAG-CARE", "TAG-ELDER-ALONE", "TAG-LEFT-BEHIND-ELDER", "TAG-LEFT-BEHIND-CHILD", "TAG-RESTRICTED"),
}
FLOWS = {
    *("BIRTHS", "DEATHS", "MOVES-IN", "MOVES-OUT", "CASE-ACCEPTED", "CASE-CLOSED", "CASE-CLOSED-IN-TIME"),
    *("INC-REPORTED", "INC-CLOSED", "INC-CLOSED-IN-TIME", "VISIT-DUE", "VISIT-DONE"),
    *("VISIT-RESTRICTED-DUE", "VISIT-RESTRICTED-DONE", "DEATHS-INFANT", "DEATHS-MATERNAL"),
}
RATIOS = {"BIRTHS-IN-FACILITY-RATE", "BIRTHS-ATTENDED-RATE"}
RATIOS |= {"CASE-IN-TIME-RATE", "INC-CLOSING-RATE", "INC-IN-TIME-RATE", "VISIT-RATE", "VISIT-RESTRICTED-RATE"}
RESTRICTED = {"TAG-RESTRICTED", "VISIT-RESTRICTED-DUE", "VISIT-RESTRICTED-DONE", "VISIT-RESTRICTED-RATE"}
RESTRICTED |= {"DEATHS-INFANT", "DEATHS-MATERNAL"}
RESTRICTED |= {f"TAG-{one}" for one in ("CORRECTION", "RELEASED", "MENTAL", "DRUG", "KEY-YOUTH")}
SECOND = {"INC-REPORTED", "INC-CLOSED-IN-TIME", "VISIT-DUE", "VISIT-DONE", "VISIT-RATE"}
"""What means something else today than at first."""

NEW_VERSION = """
INSERT INTO definitions (code, version, name, unit, direction, kind, meaning, department, count_measure,
  count_dimension, base_measure, base_dimension, restricted)
SELECT code, 2, name, unit, direction, kind, $2, department, count_measure, $3, base_measure,
  base_dimension, restricted FROM definitions WHERE code = $1 AND version = 1
"""


async def defined_anew(database: ServiceDatabase, code: str, meaning: str, dimension: str) -> None:
    """A changed meaning, as a migration brings it."""
    owner = await database.as_owner()
    try:
        await owner.execute(NEW_VERSION, code, meaning, dimension)
    finally:
        await owner.close()


async def test_every_definition_says_what_it_means_and_who_answers_for_it(door: Door) -> None:
    shown = (await ask(door, REGISTRAR, "/definitions", area=COUNTY)).json()["items"]
    known = {**dict.fromkeys(STOCKS, "stock"), **dict.fromkeys(FLOWS, "flow"), **dict.fromkeys(RATIOS, "ratio")}
    known |= {one["code"]: one["kind"] for one in SHIPPED}
    assert {one["code"]: one["kind"] for one in shown} == known
    for one in shown:
        assert one["meaning"].endswith("。"), one["code"]
        assert one["department"]
        assert one["name"]
        assert one["unit"]
        assert one["version"] == (2 if one["code"] in SECOND else 1)
        assert one["direction"] in ("up", "down", "neutral")
    assert [one["code"] for one in shown] == sorted(one["code"] for one in shown)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.RESIDENT}))
async def test_a_restricted_definition_is_known_to_those_who_may_see_restricted_tags(door: Door, role: Role) -> None:
    for query, seen in (({"area": VILLAGE}, role == Role.COUNTY_REGISTRAR), ({}, False), ({"area": "450482"}, False)):
        answer = await ask(door, a_principal(role, COUNTY), "/definitions", **query)
        shown = {one["code"] for one in answer.json()["items"]}
        assert shown & RESTRICTED == (RESTRICTED if seen else set()), query
        assert len(shown) >= 35
        assert "restricted" not in answer.text


async def test_a_restricted_definition_is_listed_where_one_grant_opens_figures_and_tags(door: Door) -> None:
    two = Principal("two", (Grant("county_registrar", VILLAGE), Grant("village_clerk", OTHER_VILLAGE)))
    for area, seen in ((VILLAGE, True), (OTHER_VILLAGE, False), (COUNTY, False)):
        items = (await ask(door, two, "/definitions", area=area)).json()["items"]
        assert ("TAG-RESTRICTED" in {one["code"] for one in items}) is seen, area


async def test_definitions_are_for_those_who_read_figures(door: Door) -> None:
    assert (await ask(door, CLERK, "/definitions")).status_code == 200
    refused = await ask(door, a_principal("resident", COUNTY), "/definitions")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await ask(door, None, "/definitions")).status_code == 401


async def test_every_definition_is_answered_and_nothing_else_is(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE)
    for caller in (OFFICER, REGISTRAR):
        shown = {one["code"] for one in (await ask(door, caller, "/definitions", area=COUNTY)).json()["items"]}
        assert set(await figures(door, COUNTY, caller)) == shown


async def test_a_changed_meaning_is_a_new_version_and_the_highest_is_in_force(
    door: Door, arrivals: Arrivals, service_database: ServiceDatabase
) -> None:
    from_women = "常住人口中的女性人数。"
    await defined_anew(service_database, "POP-RES", from_women, "sex:2")
    shown = {one["code"]: one for one in (await ask(door, OFFICER, "/definitions")).json()["items"]}
    assert (shown["POP-RES"]["version"], shown["POP-RES"]["meaning"]) == (2, from_women)
    assert len(shown) == 260
    await arrivals.take(*TREE)
    found = await figures(door, COUNTY)
    assert (found["POP-RES"]["definition_version"], found["POP-REG"]["definition_version"]) == (2, 1)
    series = await ask(door, OFFICER, "/series", area=COUNTY, code="POP-RES", since="2026-01-05", until="2026-01-05")
    assert series.json()["definition_version"] == 2
