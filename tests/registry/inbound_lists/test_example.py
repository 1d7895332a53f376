"""The example of a department: the parts that it makes are taken in as they are, by its program as it is started."""

import asyncio
import importlib.util
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import pytest_asyncio
from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, Producer, TopicPartition

from deploy.local.stack.deployment import ROOT
from shared.contracts.county.lists import MAX_ROWS
from shared.messaging.dead_letters.store import StoredRecord
from shared.testing.broker import BrokerProcess
from tests.examples.county import bytes_of
from tests.examples.hotline import LIMIT, python_with
from tests.registry.builders import a_number
from tests.registry.conftest import Client
from tests.registry.inbound_lists.civil_affairs import PUBLIC_KEY, SOURCE, TOPIC, CivilAffairs, results
from tests.registry.steps import CLERK, register

FOLDER = ROOT / "examples/department_lists"


def example() -> ModuleType:
    """Its program, as a module."""
    spec = importlib.util.spec_from_file_location("department_lists", FOLDER / "lists.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_the_examples_parts_are_taken_in(client_of: Client, office: CivilAffairs) -> None:
    listed: dict[str, Any] = json.loads((FOLDER / "list.json").read_text(encoding="utf-8")) | {"as_of": "2026-03-10"}
    number = a_number()
    await register(client_of(*CLERK), document={"number": number})
    listed["rows"][0]["number"] = number
    listed["rows"] += [{**listed["rows"][0], "row": f"R-{n}", "number": a_number()} for n in range(MAX_ROWS)]
    parts = list(example().events_of(listed, SOURCE, PUBLIC_KEY))
    for place, part in enumerate(parts):
        headers = tuple((name, value.encode()) for name, value in part.headers.items())
        await office.take(StoredRecord(TOPIC, 0, place, part.key.encode(), part.value, headers))
    first, last = await office.outcomes()
    assert (first.request_id, first.complete, last.complete) == ("DB-2026-11.1", False, True)
    assert (results(first)["DB-0017"], results(first)["DB-0018"], set(results(last).values())) == (
        "applied", "unknown", {"unknown"},
    )  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def broker() -> AsyncIterator[BrokerProcess]:
    process = BrokerProcess()
    await process.start()
    yield process
    await process.stop()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """The example as a department starts it, with what its own requirements.txt names."""
    python = python_with(FOLDER / "requirements.txt", tmp_path_factory.mktemp("department"))
    return (python, "lists.py")


async def run(program: tuple[str, ...], *arguments: str, **settings: str) -> tuple[int | None, str]:
    """Its exit status, and what it printed."""
    told = {f"LISTS_{name.upper()}": value for name, value in settings.items()}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *program, *arguments, cwd=FOLDER, env=kept | told,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(LIMIT):
        said = (await process.communicate())[0].decode()
    return process.returncode, said


def _stored(one: Message) -> StoredRecord:
    headers = tuple((str(name), bytes_of(value)) for name, value in dict(one.headers() or []).items())
    place = one.topic() or "", one.partition() or 0, one.offset() or 0
    return StoredRecord(*place, bytes_of(one.key()), bytes_of(one.value()), headers)


async def arrived(bootstrap: str, count: int) -> list[StoredRecord]:
    """What lies on the topic of lists, once it is so many."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "unused", "enable.auto.commit": False})
    places = consumer.list_topics(TOPIC, timeout=10).topics[TOPIC].partitions
    consumer.assign([TopicPartition(TOPIC, place, OFFSET_BEGINNING) for place in places])
    found: list[StoredRecord] = []
    try:
        async with asyncio.timeout(LIMIT):
            while len(found) < count:
                for one in await asyncio.to_thread(consumer.consume, 10, 0.2):
                    assert one.error() is None
                    found.append(_stored(one))
    finally:
        consumer.close()
    return found


@pytest.mark.embedded
@pytest.mark.xdist_group("examples")
async def test_the_program_sends_a_list_and_reads_what_became_of_each_row(
    client_of: Client, office: CivilAffairs, broker: BrokerProcess, program: tuple[str, ...], tmp_path: Path
) -> None:
    number = a_number()
    await register(client_of(*CLERK), document={"number": number})
    listed: dict[str, Any] = json.loads((FOLDER / "list.json").read_text(encoding="utf-8")) | {"as_of": "2026-03-10"}
    listed["rows"][0]["number"] = number
    file, keys = tmp_path / "list.json", tmp_path / "keys.json"
    file.write_text(json.dumps(listed), encoding="utf-8")
    keys.write_text(json.dumps({"keys": [PUBLIC_KEY]}), encoding="utf-8")
    settings = {"bootstrap": broker.bootstrap, "source": SOURCE, "keys": str(keys)}
    assert await run(program, "send", str(file), **settings) == (0, "1 parts sent\n")
    records = await arrived(broker.bootstrap, 1)
    assert number not in str(records), "a number is encrypted, and nowhere else"
    await office.take(*records)
    producer = Producer({"bootstrap.servers": broker.bootstrap, "log_level": 0})
    for state in await office.outcomes():
        value = json.dumps({"state": state.model_dump(mode="json")})
        producer.produce("registry.list_outcomes", value, str(state.id))
    assert producer.flush(10) == 0
    status, said = await run(program, "follow", "--seconds", "60", **settings)
    assert status == 0, said
    first, *rows = said.splitlines()
    assert first == f"{listed['list_id']}.1 accepted missing 0"
    assert [line.split() for line in rows][:2] == [["DB-0017", "applied"], ["DB-0018", "unknown"]]
    status, said = await run(program, "send", str(file), bootstrap=broker.bootstrap)
    assert (status, said) == (1, "LISTS_SOURCE is missing\n")
