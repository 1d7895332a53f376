"""Everything can be said again: the same versions, in id order, page by page."""

import asyncio
import hashlib
from typing import Any

import pytest
from sqlalchemy import text

from services.registry.features import SPEC
from services.registry.tags.service.announcing import restate
from shared.clock import SystemClock
from shared.contracts.catalogue import TOPICS, nouns_of
from shared.db.engine import Database
from shared.jobs.runner import run_one
from shared.reconciliation.repository import ReconciliationRepository, own_versions
from shared.republish import KIND, republish_kind
from tests.registry.area_sets.forming import form
from tests.registry.builders import COUNTY, VILLAGE, a_household, a_person
from tests.registry.conftest import Client, Events, Work
from tests.registry.consents.giving import recorded
from tests.registry.facilities.entering import enter as enter_facility
from tests.registry.organisations.entering import ORGANISATIONS, enter_team
from tests.registry.steps import DWELLINGS, enter_building, enter_dwelling, occupy


def test_every_noun_can_be_restated() -> None:
    assert set(SPEC.restate) == set(nouns_of("registry"))


async def test_every_noun_is_restated_as_it_was_last_told(
    client_of: Client, county: None, work: Work, events: Events, committed: Database, subtests: pytest.Subtests
) -> None:
    clerk, registrar = client_of("village_clerk", VILLAGE), client_of("county_registrar", COUNTY)
    await work(lambda registry: registry.calendar.seed())
    made = [(await clerk.post("/registry/v1/households", json=a_household())).json() for _ in range(2)]
    person = made[0]["members"][1]["person_id"]
    for path, code in (("tags", "elder_alone"), ("tags", "disabled"), ("restricted-tags", "drug_user")):
        body = {"code": code, "started_on": "2026-03-01"}
        await registrar.post(f"/registry/v1/persons/{person}/{path}", json=body)
    await clerk.post(f"/registry/v1/persons/{person}/move-out", json={"occurred_on": "2026-03-10"})
    await clerk.post("/registry/v1/persons", json=a_person())
    await recorded(clerk, {"id": made[1]["members"][0]["person_id"]})
    dwelling = await enter_dwelling(clerk, await enter_building(clerk))
    use = {"topic": "use", "value": "let", "since": "2026-03-01"}
    await clerk.post(f"{DWELLINGS}/{dwelling['id']}/conditions", json=use)
    await occupy(clerk, dwelling, household_id=made[1]["id"])
    team = await enter_team(clerk)
    await enter_facility(clerk, organisation_id=team["id"])
    await form(registrar)
    await clerk.post(f"{ORGANISATIONS}/{team['id']}/end", json={"ended_on": "2026-03-02"})
    for noun in sorted(SPEC.restate):
        with subtests.test(noun):
            await assert_restated(events, committed, noun)
            await assert_counted(events, committed, noun)


async def assert_restated(events: Events, committed: Database, noun: str) -> None:
    last = {one["key"]: one for one in await events(noun + ".")}
    restated: list[Any] = []
    async with committed.session() as session:
        after: str | None = None
        while page := await SPEC.restate[noun](session, after, 3):
            restated += page
            after = page[-1].state.subject
    assert [fact.state.subject for fact in restated] == sorted(last)
    for fact in restated:
        told = last[fact.state.subject]
        assert fact.type == noun + ".restated"
        assert (fact.state.version, fact.state.model_dump(mode="json")) == (told["sequence"], told["state"])


async def assert_counted(events: Events, committed: Database, noun: str) -> None:
    """A stranger's sums over what was told, by the contract's words alone, are those that the owner says."""
    counts, sums = [0] * 256, [0] * 256
    for key, told in {one["key"]: one for one in await events(noun + ".")}.items():
        bucket = hashlib.md5(key.encode()).digest()[0]
        first = hashlib.md5(f"{key}:{told['sequence']}".encode()).digest()[:8]
        counts[bucket] += 1
        sums[bucket] = (sums[bucket] + int.from_bytes(first)) % 2**64
    async with committed.session() as session:
        said = await ReconciliationRepository(session).sums(own_versions(SPEC.aggregates[noun]))
    assert (list(said.counts), list(said.sums)) == (counts, [f"{one:016x}" for one in sums])


async def test_a_tag_is_restated_after_the_change_that_was_under_way(
    client_of: Client, county: None, committed: Database
) -> None:
    """Whoever restates waits for the person's row, and tells what that change left."""
    clerk = client_of("village_clerk", VILLAGE)
    person = (await clerk.post("/registry/v1/persons", json=a_person())).json()["id"]
    body = {"code": "elder_alone", "started_on": "2026-03-01"}
    tag = (await clerk.post(f"/registry/v1/persons/{person}/tags", json=body)).json()["id"]
    async with committed.session() as changing, committed.session() as restating:
        await changing.execute(
            text("SELECT 1 FROM persons WHERE id = CAST(:id AS uuid) FOR NO KEY UPDATE"), {"id": person}
        )
        waiting = asyncio.create_task(restate(restating, None, 10))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await changing.execute(text("UPDATE tags SET version = 2 WHERE id = CAST(:id AS uuid)"), {"id": tag})
        await changing.commit()
        (fact,) = await waiting
        assert fact.state.version == 2


async def test_how_many_restricted_ones_there_are_is_not_told(
    client_of: Client, county: None, events: Events, committed: Database
) -> None:
    """An operator sees no person, and learns not how many have a restricted tag or stand in a ledger about people."""
    registrar, operator = client_of("county_registrar", COUNTY), client_of("operator", COUNTY)
    person = (await registrar.post("/registry/v1/persons", json=a_person())).json()["id"]
    for path, code in (("tags", "elder_alone"), ("restricted-tags", "drug_user"), ("restricted-tags", "mental")):
        body = {"code": code, "started_on": "2026-03-01"}
        await registrar.post(f"/registry/v1/persons/{person}/{path}", json=body)
    assert len(await events("registry.restricted_tag.")) > 0
    run = (await operator.post("/registry/v1/republish", json={})).json()
    assert set(run["nouns"]) == {noun for noun in SPEC.restate if TOPICS[noun].published}
    assert "registry.restricted_tag" not in run["nouns"]
    assert run["count"] == sum(run["nouns"].values())
    kind = republish_kind(SPEC, database=committed, clock=SystemClock())
    assert await run_one(committed, {KIND: kind}, stop=asyncio.Event())
    assert "registry.restricted_tag.restated" in {one["type"] for one in await events("registry.restricted_tag.")}
    job = (await operator.get(f"/registry/v1/jobs/{run['job']}")).json()
    assert (job["status"], job["done"], job["total"]) == ("done", run["count"], run["count"])
