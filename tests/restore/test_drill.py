"""The drill: databases are lost and come back from base backup and log; nothing committed before the point is missing,
what came after is told by id and count, and all readers agree with the owners again."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import pytest_asyncio

from shared.contracts.catalogue import STATE_TOPICS
from tests.e2e.faults.books import on_the_bus, rows
from tests.restore.archive import Archive, take_one
from tests.restore.county import SPECS, Told, Versions, WholeCounty, a_whole_county, moved_out, tagged
from tests.restore.report import Report

pytestmark = [pytest.mark.restore, pytest.mark.embedded, pytest.mark.xdist_group("restore")]

SOON = 0.3
"""Seconds between a commit and the point in time, so that clocks' last digits decide nothing."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def county(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WholeCounty]:
    async with a_whole_county(tmp_path_factory.mktemp("restore")) as county:
        yield county


@pytest.fixture(scope="module")
def report() -> Iterator[Report]:
    found = Report()
    yield found
    found.write()


@pytest.fixture
def archive_of(tmp_path: Path) -> Iterator[Callable[[WholeCounty], Archive]]:
    made: list[Archive] = []

    def make(county: WholeCounty) -> Archive:
        made.append(Archive(county.postgres, tmp_path / "backup"))
        return made[-1]

    yield make
    for archive in made:
        archive.end()


async def now(county: WholeCounty) -> datetime:
    """A moment between two commits, by the server's clock."""
    await asyncio.sleep(SOON)
    (found,) = await rows(county, "registry", "SELECT clock_timestamp() AS now")
    await asyncio.sleep(SOON)
    moment: datetime = found["now"]
    return moment


async def some_days(county: WholeCounty, people: int) -> list[str]:
    """People are registered, tagged and leave; returns the ids of those who stay."""
    async with county.clerk() as client:
        made = [await tagged(client) for _ in range(people)]
        for one in made[: people // 3]:
            await moved_out(client, one)
    return made[people // 3 :]


def open_to_all(versions: Versions) -> Versions:
    """Of nouns whose ids are told: those that are published."""
    return {key: version for key, version in versions.items() if STATE_TOPICS[key[0]].published}


def what_was_lost_is_told(told: Told, before: Versions, after: Versions) -> None:
    """By id, each with the version that was told, and by count: exactly what came after the point."""
    before, after = open_to_all(before), open_to_all(after)
    persons_and_tags = {noun for noun, _ in after}
    lost = {one for one in told.lost if one[0] in persons_and_tags}
    assert lost == after.keys() - before.keys()
    rewound = {one: versions for one, versions in told.rewound.items() if one[0] in persons_and_tags}
    assert rewound == {one: (before[one], after[one]) for one in before if after[one] > before[one]}
    for noun, counted in told.counts.items():
        assert counted == (
            sum(1 for one in told.lost if one[0] == noun),
            sum(1 for one in told.rewound if one[0] == noun),
        )


async def test_a_county_comes_back_to_a_point_in_time(
    county: WholeCounty, report: Report, archive_of: Callable[[WholeCounty], Archive]
) -> None:
    archive = archive_of(county)
    early = await some_days(county, 6)
    await asyncio.to_thread(archive.begin)
    kept = await some_days(county, 6)
    await county.settled()
    before, point = await county.versions(), await now(county)
    async with county.clerk() as client:
        for one in (early[0], kept[0]):
            await moved_out(client, one)
    await some_days(county, 6)
    await county.settled()  # all of it is on the bus and with its readers
    after = await county.versions()
    assert len(after) > len(before)
    await asyncio.to_thread(archive.until_received)

    began = time.monotonic()
    await county.down()
    await asyncio.to_thread(county.postgres.stop, immediately=True)
    await asyncio.to_thread(archive.end)
    server = county.another_server()
    replayed = await asyncio.to_thread(archive.bring_back, server, point)
    county.postgres = server
    assert await county.versions() == before, "all that was committed before the point, and nothing of what came after"

    verbs = time.monotonic()
    told = {service: await county.after_restore(service) for service in SPECS}
    what_was_lost_is_told(told["registry"], before, after)
    assert told["grid"].lost, "the visits to those who were tagged after the point"
    verbs = time.monotonic() - verbs
    catching_up = time.monotonic()
    await county.up()
    await county.settled()
    residents = await county.figures_are_the_lists()
    catching_up = time.monotonic() - catching_up
    down = time.monotonic() - began

    await some_days(county, 6)  # life goes on: who was lost is entered again
    await county.settled()
    assert await county.figures_are_the_lists() == residents + 4
    report.take(
        "a whole county to a point in time",
        {
            "out of service": down,
            "copying the base backup and replaying the log": replayed,
            "the verb `after-restore`, four times": verbs,
            "until all readers agreed with the owners": catching_up,
            "residents and tags that were kept": len(before),
            "lost after the point, by id": sum(len(one.lost) for one in told.values()),
            "went back to an earlier version, by id": sum(len(one.rewound) for one in told.values()),
        },
    )


async def test_one_service_comes_back_alone_while_the_others_work(
    county: WholeCounty, report: Report, archive_of: Callable[[WholeCounty], Archive], tmp_path: Path
) -> None:
    archive = archive_of(county)
    await asyncio.to_thread(archive.begin)
    kept = await some_days(county, 6)
    await county.settled()
    before, point = await county.versions(), await now(county)
    async with county.clerk() as client:
        await moved_out(client, kept[0])
    await some_days(county, 6)
    await county.settled()
    after = await county.versions()
    await asyncio.to_thread(archive.until_received)
    await asyncio.to_thread(archive.end)

    began = time.monotonic()
    scratch = county.another_server()
    await asyncio.to_thread(archive.bring_back, scratch, point)
    await county.down("registry")
    folder = tmp_path / "dump"
    folder.mkdir()
    await asyncio.to_thread(take_one, scratch, county.postgres, "registry", folder)
    await asyncio.to_thread(scratch.stop)
    assert await county.versions() == before
    assert await county.differing() != [], "its readers are ahead of it"
    told = await county.after_restore("registry")
    what_was_lost_is_told(told, before, after)
    await county.up("registry")
    await county.settled()
    residents = await county.figures_are_the_lists()
    took = time.monotonic() - began
    (open_,) = await rows(
        county,
        "grid",
        "SELECT count(*) AS many FROM visits WHERE status = 'due' AND NOT EXISTS (SELECT FROM projected_states AS tag"
        " WHERE tag.noun IN ('registry.tag', 'registry.restricted_tag') AND tag.aggregate = visits.tag_id::text)",
    )
    assert open_["many"] == 0, "nobody is visited because of a tag that was lost"
    await some_days(county, 6)
    await county.settled()
    assert await county.figures_are_the_lists() == residents + 4
    report.take(
        "one service alone",
        {
            "registry out of service, a scratch server included": took,
            "lost after the point, by id": len(told.lost),
            "went back to an earlier version, by id": len(told.rewound),
        },
    )


async def test_a_lost_broker_is_filled_again_by_republishing(county: WholeCounty, report: Report) -> None:
    await some_days(county, 3)
    await county.settled()
    for service in SPECS:  # as if all of it were older than what the outbox keeps
        await rows(county, service, "DELETE FROM outbox WHERE published_at IS NOT NULL")
    began = time.monotonic()
    await county.broker.replace()
    await county.down("grid")
    await rows(county, "grid", "DELETE FROM projected_states")  # a reader that has to have everything again
    await county.up("grid")
    for service in SPECS:
        code, said = await county.verb(service, "republish")
        assert code == 0, said
    for service in SPECS:
        await _until_done(county, service)
    await county.settled()
    took = time.monotonic() - began
    residents = await county.figures_are_the_lists()
    laid = await on_the_bus(county)
    persons = await rows(county, "registry", "SELECT id::text, version FROM persons")
    assert {key: max(found) for (noun, key), found in laid.items() if noun == "registry.person"} == {
        row["id"]: row["version"] for row in persons
    }
    report.take("a lost broker", {"until all was filled again": took, "residents, before and after": residents})


async def _until_done(county: WholeCounty, service: str) -> None:
    async with asyncio.timeout(120):
        while True:
            (left,) = await rows(county, service, "SELECT count(*) AS open FROM jobs WHERE finished_at IS NULL")
            if not left["open"]:
                return
            await asyncio.sleep(0.2)


async def test_the_verb_is_refused_while_its_service_runs(county: WholeCounty) -> None:
    code, said = await county.verb("grid", "after-restore")
    assert code == 1
    assert "its API or its worker still runs: stop both" in said
