"""Jobs from the command line: start, show, cancel. A worker of the service runs them."""

import argparse
import asyncio
from collections.abc import Sequence
from uuid import UUID

from shared.clock import SystemClock
from shared.commands.database import database_of
from shared.commands.package import Package, Refused
from shared.contracts.catalogue import STATE_TOPICS
from shared.crypto.service import Crypto
from shared.jobs import queue
from shared.jobs.queue import Job
from shared.migration.kit_schema import KIT
from shared.reference.digits import is_digits
from shared.republish import ask_republish, counts_of
from shared.rotation.job import ask_rotation
from shared.rotation.standing import Standing
from shared.rotation.tables import Ring
from shared.rotation.watch import given_up, held_by
from shared.settings import ServiceSettings

REQUESTED_BY = "command-line"
NOUNS = frozenset(topic.noun for topic in STATE_TOPICS.values())


def show_recent(package: Package, settings: ServiceSettings, _: argparse.Namespace) -> int:
    """Print the newest jobs."""
    for job in asyncio.run(_recent(package, settings)):
        print(_line(job))
    return 0


def show_one(package: Package, settings: ServiceSettings, arguments: argparse.Namespace) -> int:
    """Print one job."""
    print(_line(asyncio.run(_find(package, settings, _id(arguments), cancel=False))))
    return 0


def cancel(package: Package, settings: ServiceSettings, arguments: argparse.Namespace) -> int:
    """Cancel a job; a running one stops at its next step."""
    print(_line(asyncio.run(_find(package, settings, _id(arguments), cancel=True))))
    return 0


def republish(package: Package, settings: ServiceSettings, arguments: argparse.Namespace) -> int:
    """Start a republish run; print the job and the counts of each noun, as `rebuild --expect` takes them."""
    job = asyncio.run(_republish(package, settings, arguments.nouns))
    print(_line(job))
    print(" ".join(f"{noun}={count}" for noun, count in counts_of(job).items()))
    return 0


def rotate_keys(package: Package, settings: ServiceSettings, _: argparse.Namespace) -> int:
    """Start a rotation to the active keys and print the job."""
    print(_line(asyncio.run(_rotate(package, settings))))
    return 0


def show_keys(package: Package, settings: ServiceSettings, _: argparse.Namespace) -> int:
    """Print the ids of the keys of each ring, the active one first, and what still needs another than the active one.

    Exit code 1 while anything does.
    """
    crypto = Crypto.from_settings(settings)
    left = asyncio.run(_left(package, settings, crypto))
    for ring, ids in ((Ring.FIELD, crypto.field_keys), (Ring.INDEX, crypto.index_keys)):
        print(f"{ring.value} active={ids[0]} others={','.join(ids[1:]) or '-'} left={left[ring]}")
    return 1 if any(left.values()) else 0


def give_up_key(package: Package, settings: ServiceSettings, arguments: argparse.Namespace) -> int:
    """Give a lost key up, if the caller says how many values go with it; else print that, exit code 1."""
    crypto = Crypto.from_settings(settings)
    key = (Ring(arguments.ring), arguments.key)
    if arguments.key in held_by(crypto)[key[0]]:
        raise Refused(f"{arguments.key} is in {key[0].setting}: take it out first")
    found = asyncio.run(_give_up(package, settings, crypto, key, arguments.values))
    done = found == arguments.values
    print(f"{found} values need {arguments.key}" + (", given up" if done else f": --values {found} gives them up"))
    return 0 if done else 1


def rebuild(package: Package, settings: ServiceSettings, arguments: argparse.Namespace) -> int:
    """Start a rebuild and print the job.

    It switches when what is expected has arrived, the lag is gone and the counts agree. Of what `republish` printed,
    nouns that this service does not follow are not waited for.
    """
    followed = {route.noun for route in package.routes}
    expected: dict[str, int] = {}
    for item in arguments.expect:
        noun, _, count = item.partition("=")
        if not is_digits(count):
            raise Refused(f"{item} is not of the form noun=count")
        if noun not in NOUNS:
            raise Refused(f"{noun} is not a noun of the catalogue")
        if noun in followed:
            expected[noun] = expected.get(noun, 0) + int(count)
    kind = package.rebuild
    if kind is None:
        raise Refused("this service has nothing to rebuild")
    print(_line(asyncio.run(_rebuild(package, settings, kind, expected))))
    return 0


async def _republish(package: Package, settings: ServiceSettings, nouns: Sequence[str]) -> Job:
    async with database_of(package, settings) as database, database.session() as session:
        job = await ask_republish(session, package.spec, nouns, requested_by=REQUESTED_BY)
        await session.commit()
        return job


async def _rotate(package: Package, settings: ServiceSettings) -> Job:
    async with database_of(package, settings) as database, database.session() as session:
        job = await ask_rotation(session, Crypto.from_settings(settings), requested_by=REQUESTED_BY)
        await session.commit()
        return job


async def _left(package: Package, settings: ServiceSettings, crypto: Crypto) -> dict[Ring, int]:
    async with database_of(package, settings) as database, database.session() as session:
        standing = Standing(session, (KIT, package.spec.metadata))
        return {
            Ring.FIELD: await standing.rows_not_under(crypto.field_keys[0]),
            Ring.INDEX: await standing.lost_without(crypto.index_keys[:1]),
        }


async def _give_up(
    package: Package, settings: ServiceSettings, crypto: Crypto, key: tuple[Ring, str], values: int | None
) -> int:
    async with database_of(package, settings) as database, database.session() as session:
        found = await given_up(session, package.spec.metadata, crypto, key, SystemClock().now(), values)
        await session.commit()
        return found


async def _rebuild(package: Package, settings: ServiceSettings, kind: str, expected: dict[str, int]) -> Job:
    async with database_of(package, settings) as database, database.session() as session:
        job = await queue.enqueue(session, kind, {"expected": expected}, lane=kind, requested_by=REQUESTED_BY)
        await session.commit()
        return job


async def _recent(package: Package, settings: ServiceSettings) -> Sequence[Job]:
    async with database_of(package, settings) as database, database.session() as session:
        return await queue.recent(session)


async def _find(package: Package, settings: ServiceSettings, job_id: UUID, *, cancel: bool) -> Job:
    async with database_of(package, settings) as database, database.session() as session:
        job = await queue.cancel(session, job_id) if cancel else await queue.find(session, job_id)
        await session.commit()
        return job


def _line(job: Job) -> str:
    progress = f"{job.done}" if job.total is None else f"{job.done}/{job.total}"
    words = [str(job.id), f"#{job.number}", job.kind, job.status.value, progress]
    if job.cancel_requested and not job.finished:
        words.append("cancel-requested")
    if job.error_code:
        words.append(job.error_code)
    return " ".join(words)


def _id(arguments: argparse.Namespace) -> UUID:
    try:
        return UUID(arguments.id)
    except ValueError as error:
        raise Refused(f"{arguments.id} is not an id") from error
