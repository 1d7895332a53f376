"""The five flows that every generated client does against a running county: what it is given, what must come.

1. A household is registered, and once more with the same `Idempotency-Key`: one household of two.
2. A birth is registered; the child is read again.
3. An incident is reported at a point in the middle of a grid, which is read before.
4. A case is submitted for the head of the household, with a signed extract, for an item of the catalogue.
5. Figures: the population before, after the household, after the birth. And a refusal comes with its code.

A client is a program: it reads what it is given as JSON from the variable `FLOWS`, and the last line that it writes is
what came, as JSON (`Came`). Nothing of it is decided in the program: `confirm` is the only judge.
"""

import json
import secrets
from typing import Any, TypedDict

from deploy.local.story.client import StoryClient
from deploy.local.story.household import Story
from deploy.local.story.state import GRID, VILLAGE
from deploy.local.tokens import token
from tests.e2e.stack import Running

INDICATOR = "POP-RES"
NOBODY = "00000000-0000-7000-8000-000000000000"


class Came(TypedDict):
    """What a client got: ids, numbers and codes as its generated types gave them."""

    household: str
    repeated: str
    members: int
    birth_month: str
    incident: list[str]
    case: list[str]
    population: list[int]
    refusal: list[Any]


def given_name() -> str:
    """Two characters by chance: every client registers a child today, and one of the same name would be asked about."""
    return "".join(chr(0x4E00 + secrets.randbelow(0x51A6)) for _ in range(2))


async def given(county: Running) -> dict[str, Any]:
    """What a client is given: people who are new in every run, and figures that have settled."""
    asking = StoryClient(county.stack.ports)
    story = Story(county.stack, asking)
    await story.settles()
    await asking.close()
    day = str(story.today)
    return {
        "origin": county.stack.ports.origin,
        "clerk": token(county.stack.ports, "village_clerk", VILLAGE),
        "worker": token(county.stack.ports, "grid_worker", VILLAGE),
        "village": VILLAGE,
        "grid": GRID,
        "indicator": INDICATOR,
        "nobody": NOBODY,
        "household": story.new_household(),
        "birth": {
            "entry": "birth", "occurred_on": day, "birth_date": day, "name": f"示{given_name()}", "sex": "2",
            "residence": {"area": GRID}, "registration": {"area": VILLAGE},
        },
        "incident": {"source": "patrol", "category": "environment", "severity": "normal"},
        "extract": {"audience": "services_hall", "purpose": "case_handling", "place": VILLAGE},
    }  # fmt: skip


def confirm(said: str, told: dict[str, Any]) -> Came:
    """What the client wrote, if it is what must come."""
    came: Came = json.loads(said.strip().splitlines()[-1])
    assert set(came) == Came.__required_keys__, came
    assert came["household"] == came["repeated"] != "", "the same key gave another household"
    assert came["members"] == 2
    assert came["birth_month"] == told["birth"]["birth_date"][:7]
    assert came["incident"] == [told["grid"], "reported"], "the point was located elsewhere"
    number, status = came["case"]
    assert status == "submitted"
    assert number
    before, with_household, with_child = came["population"]
    assert (with_household, with_child) == (before + 2, before + 3), came["population"]
    assert came["refusal"] == [404, "not_found"]
    return came
