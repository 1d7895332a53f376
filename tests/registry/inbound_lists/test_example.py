"""The example of a department: the parts that it makes are taken in as they are."""

import importlib.util
import json
from types import ModuleType
from typing import Any

from deploy.local.stack.deployment import ROOT
from shared.contracts.county.lists import MAX_ROWS
from shared.messaging.dead_letters.store import StoredRecord
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
