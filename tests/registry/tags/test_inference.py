"""Nothing that registry publishes, or shows to a clerk, differs for a person who has a restricted tag."""

import asyncio
from datetime import date
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import func, select

from services.registry.features import SPEC
from shared.contracts.catalogue import TOPICS, TopicKind
from shared.contracts.envelope import noun_of
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.jobs.queue import enqueue
from shared.jobs.runner import run_one
from shared.jobs.tables import JobRow
from shared.messaging.outbox.position import Positions
from shared.messaging.outbox.tables import OutboxMessage
from shared.process import plain_context
from shared.reconciliation.jobs import ANNOUNCE, announce_kind
from shared.reconciliation.service import EVERY
from shared.settings import ServiceSettings
from shared.testing.clock import FrozenClock
from tests.registry.builders import COUNTY, SISTER, TOWN, VILLAGE, a_household, a_number, a_person
from tests.registry.conftest import Client, Events

CLERK, REGISTRAR = ("village_clerk", VILLAGE), ("county_registrar", COUNTY)
PERSONS = "/registry/v1/persons"
CARE = {"code": "elder_alone", "started_on": "2026-03-01"}


def of_person(value: Any, person: str) -> bool:
    """Whether an id stands anywhere in a value."""
    if isinstance(value, dict):
        return any(of_person(one, person) for one in value.values())
    if isinstance(value, list):
        return any(of_person(one, person) for one in value)
    return bool(value == person)


def plain(value: Any) -> Any:
    """A value without ids, which differ for everybody."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items() if name not in ("id", "key", "person_id", "reverses")}
    return [plain(one) for one in value] if isinstance(value, list) else value


async def test_no_metric_counts_what_is_restricted(client_of: Client, county: None) -> None:
    """Whoever may read the metrics would see in their steps when somebody was given a restricted tag."""
    clerk, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    founded = await clerk.post("/registry/v1/households", json=a_household())
    path = f"{PERSONS}/{founded.json()['members'][0]['person_id']}/restricted-tags"
    before = _counted("registry.restricted"), _counted("restricted", "operation")
    made = await registrar.post(path, json={"code": "drug_user", "started_on": "2026-03-02"})
    assert made.status_code == 201, made.text
    assert (_counted("registry.restricted"), _counted("restricted", "operation")) == (before[0] + 1, before[1] + 1)
    told = {
        value
        for family in REGISTRY.collect()
        if family.name != "xiangli_consumer_lag_records"  # how far behind, not how many
        for sample in family.samples
        for value in sample.labels.values()
    }
    names = {noun for noun, topic in TOPICS.items() if not topic.published and topic.kind is TopicKind.STATES}
    names |= {TOPICS[noun].name for noun in names}
    assert names & told == set()
    assert not [one for one in told if "RestrictedTag" in one]


def _counted(name: str, label: str = "noun") -> float:
    metric = "xiangli_outbox_added_total" if label == "noun" else "xiangli_http_requests_total"
    asked = {label: name} if label == "noun" else {label: name, "status": "201"}
    return REGISTRY.get_sample_value(metric, asked) or 0


async def test_two_lives_that_differ_in_restricted_tags_alone_are_told_alike(
    client_of: Client, county: None, events: Events
) -> None:
    clerk, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    twins: list[str] = []
    for tagged in (False, True):
        founded = await clerk.post(
            "/registry/v1/households", json=a_household({"relation": "02", "person": a_person()})
        )
        assert founded.status_code == 201, founded.text
        person = founded.json()["members"][0]["person_id"]
        twins.append(person)
        assert (await clerk.post(f"{PERSONS}/{person}/tags", json=CARE)).status_code == 201
        if tagged:
            path = f"{PERSONS}/{person}/restricted-tags"
            for code in ("released_prisoner", "community_correction"):
                made = await registrar.post(path, json={"code": code, "started_on": "2026-03-02"})
                assert made.status_code == 201, made.text
            ended = {"ended_on": "2026-03-10"}
            assert (
                await registrar.post(f"/registry/v1/restricted-tags/{made.json()['id']}/end", json=ended)
            ).status_code == 200
            assert (await registrar.get(path)).status_code == 200
        moved = {"occurred_on": "2026-03-12"}
        answer = await clerk.post(f"{PERSONS}/{person}/move-out", json=moved)
        assert answer.status_code == 200, answer.text
    told = [
        [
            (event["type"], event["sequence"], plain(event))
            for event in await events()
            if TOPICS[noun_of(event["type"])].published and of_person(event, person)
        ]
        for person in twins
    ]
    assert len(told[0]) > 3
    assert told[0] == told[1]
    hidden = [event["type"] for event in await events("registry.restricted_tag.")]
    assert hidden[:3] == ["registry.restricted_tag.started"] * 2 + ["registry.restricted_tag.ended"]
    shown = [(await clerk.get(f"{PERSONS}/{person}")) for person in twins]
    assert shown[0].headers["etag"].split("-")[0] == shown[1].headers["etag"].split("-")[0]
    own = dict.fromkeys(("registry_number", "document_number"), "")
    assert {**plain(shown[0].json()), **own} == {**plain(shown[1].json()), **own}


def steps() -> dict[str, Any]:
    """What happens to a person, each with what tags repeat of the person."""
    return {
        "correct": {"birth_date": "1960-06-17", "document": {"number": a_number(date(1960, 6, 17), "2")}},
        "move-in": {"occurred_on": "2026-03-10", "residence": {"area": SISTER, "kind": "floating"}},
        "death": {"occurred_on": "2026-03-12"},
    }


@pytest.mark.usefixtures("unguarded")
async def test_no_answer_about_a_person_tells_a_clerk_of_restricted_tags_not_even_by_its_length(
    client_of: Client, county: None, settings: ServiceSettings
) -> None:
    """Tags are announced again with their person; the position of the answer named them, and was longer by each."""
    town, registrar = client_of("town_officer", TOWN), client_of(*REGISTRAR)
    positions = Positions.from_settings(settings)
    told: list[list[tuple[int, list[str], list[tuple[str, int]]]]] = []
    for tagged in (False, True):
        person = (await town.post(PERSONS, json=a_person())).json()["id"]
        assert (await town.post(f"{PERSONS}/{person}/tags", json=CARE)).status_code == 201
        if tagged:
            tag = {"code": "community_correction", "started_on": "2026-03-02"}
            made = await registrar.post(f"{PERSONS}/{person}/restricted-tags", json=tag)
            known = positions.open(made.headers["xiangli-position"])
            assert [entry.noun for entry in known.entries] == ["registry.restricted_tag"]
        told.append([])
        for step, body in steps().items():
            answer = await town.post(f"{PERSONS}/{person}/{step}", json=body, headers={"If-Match": "*"})
            assert answer.status_code == 200, answer.text
            position = positions.open(answer.headers["xiangli-position"])
            named = sorted((entry.noun, entry.sequence) for entry in position.entries)
            told[-1].append((answer.status_code, sorted(answer.headers), named))
    assert {noun for _, _, named in told[0] for noun, _ in named} >= {"registry.person", "registry.tag"}
    assert told[0] == told[1]


async def test_how_far_an_announcement_is_says_nothing_of_how_many_restricted_states_there_are(
    client_of: Client, county: None, committed: Database, clock: FrozenClock, crypto: Crypto
) -> None:
    """Who runs the machines sees long work: its steps would count restricted tags from day to day."""
    clerk, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    founded = await clerk.post("/registry/v1/households", json=a_household())
    person = f"{PERSONS}/{founded.json()['members'][0]['person_id']}"
    for client, path, body in (
        (clerk, "tags", CARE),
        (registrar, "restricted-tags", {"code": "drug_user", "started_on": "2026-03-02"}),
    ):
        assert (await client.post(f"{person}/{path}", json=body)).status_code == 201
    done = {}
    kind = announce_kind(
        SPEC, lambda session: plain_context(session, SPEC, clock, crypto), database=committed, clock=clock
    )
    for noun in ("registry.tag", "registry.restricted_tag"):
        async with committed.session() as session:
            job = await enqueue(session, ANNOUNCE, {"noun": noun, "buckets": list(EVERY), "reader": "grid"})
            await session.commit()
        assert await run_one(committed, {ANNOUNCE: kind}, stop=asyncio.Event())
        async with committed.session() as session:
            again = select(func.count()).where(OutboxMessage.revision == job.number, OutboxMessage.noun == noun)
            said = await session.scalar(again)
            done[noun] = (said, (await session.scalars(select(JobRow.done).where(JobRow.id == job.id))).one())
    assert done == {"registry.tag": (1, 1), "registry.restricted_tag": (1, 0)}
