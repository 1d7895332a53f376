"""Retention rules over HTTP: set from a day ahead, withdrawn before it, at the county alone."""

import pytest
from httpx import AsyncClient

from shared.testing.clock import FrozenClock
from tests.registry.builders import COUNTY, TOWN
from tests.registry.conftest import Client
from tests.registry.erasures.erasing import ASKER, asking
from tests.registry.retention_runs.running import RULES, rules, set_rule
from tests.registry.steps import NOBODY, assert_not_found, assert_refused, given, move_out, register


@pytest.fixture
def registrar(client_of: Client, county: None) -> AsyncClient:
    return client_of("county_registrar", COUNTY, subject="registrar")


async def test_a_rule_is_set_from_a_day_ahead_and_taken_back_before_it(registrar: AsyncClient) -> None:
    shipped = await rules(registrar)
    assert [(one["kind"], one["years"], one["source"], one["in_force"], one["action"]) for one in shipped] == [
        ("moved_out", 5, "shipped", True, "erase"),
        ("deceased", 10, "shipped", True, "erase"),
        ("annulled", 1, "shipped", True, "erase"),
    ]
    made = given(await set_rule(registrar), 201)
    assert (made["years"], made["set_by"], made["in_force"], made["version"]) == (6, "registrar", False, 1)
    assert_refused(await set_rule(registrar, years=7), "retention_rule_known")
    path = f"{RULES}/{made['id']}/withdraw"
    assert_refused(await registrar.post(path, headers={"if-match": '"2"'}), "version_mismatch")
    gone = given(await registrar.post(path))
    assert (gone["status"], gone["withdrawn_by"]) == ("withdrawn", "registrar")
    assert_refused(await registrar.post(path), "retention_rule_in_force")
    given(await set_rule(registrar, years=7), 201)
    assert_not_found(await registrar.post(f"{RULES}/{NOBODY}/withdraw"))


async def test_nothing_is_set_for_today_or_out_of_bounds(registrar: AsyncClient, client_of: Client) -> None:
    for day in ("2026-03-16", "2020-01-01"):
        refused = await set_rule(registrar, effective_on=day)
        assert_refused(refused, "retention_not_ahead", [("effective_on", "retention_not_ahead")])
    for years in (0, 101):
        assert (await set_rule(registrar, years=years)).status_code == 422
    below = client_of("county_registrar", TOWN)
    assert_refused(await set_rule(below), "county_grant_needed")
    assert_refused(await below.get(RULES), "county_grant_needed")


async def test_an_erasure_is_judged_by_the_rule_of_its_day(
    registrar: AsyncClient, client_of: Client, clock: FrozenClock
) -> None:
    clerk = client_of(*ASKER[:2], subject=ASKER[2])
    person = await register(clerk, occurred_on="2010-01-01")
    given(await move_out(clerk, person["id"], "2020-06-01"))
    made = given(await set_rule(registrar, years=6, effective_on="2026-03-17"), 201)
    asked = given(await asking(clerk, person["id"]), 201)
    given(await clerk.post(f"/registry/v1/erasures/{asked['id']}/withdraw"))
    clock.advance(days=1)
    refused = await asking(clerk, person["id"])
    assert_refused(refused, "erasure_too_early")
    assert "2026-06-01" in refused.json()["detail"]
    assert_refused(await registrar.post(f"{RULES}/{made['id']}/withdraw"), "retention_rule_in_force")
    held = {one["kind"]: one["years"] for one in await rules(registrar) if one["in_force"]}
    assert held == {"moved_out": 6, "deceased": 10, "annulled": 1}
