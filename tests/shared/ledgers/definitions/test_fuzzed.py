"""Whatever is drafted over HTTP is refused by its places or published as it was drafted: never a fault."""

import copy
import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, seed, settings

from shared.ids import new_id
from shared.ledgers.definitions.reading import definition_json
from shared.ledgers.grammar.definition import Definition
from shared.testing.doors import Door
from tests.shared.ledgers.definitions.conftest import an_officer
from tests.shared.ledgers.mutations import definitions

EVERY_ROLE = ("county_officer", "county_registrar")
DRAFTER, PUBLISHER = an_officer("drafter", *EVERY_ROLE), an_officer("publisher", *EVERY_ROLE)


def drawn(count: int, *, start: int | None = None) -> list[dict[str, Any]]:
    """So many definitions: always the same, or those of a seed."""
    found: list[dict[str, Any]] = []

    def keep(drafted: dict[str, Any]) -> None:
        found.append(copy.deepcopy(drafted))

    how = settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=start is None,
        suppress_health_check=list(HealthCheck),
    )
    draw = given(definitions())(keep)
    how(draw if start is None else seed(start)(draw))()
    return found


class Fuzzing:
    """Drafts and publishes what nobody would write, each under a code of its own."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self.published = self.refused = 0

    async def draft(self, drafted: dict[str, Any]) -> None:
        if drafted.get("owner") in ("registry", "services_hall", "indicators"):
            drafted["owner"] = "grid"
        if isinstance(drafted.get("code"), str) and drafted["code"].isidentifier():
            drafted["code"] = f"fuzzed_{self.published + self.refused}"
        answer = await self._ask(DRAFTER, "post", "/ledger-drafts", {"definition": drafted})
        assert answer.status_code < 500, answer.text
        if answer.status_code != 201:
            self._is_told(answer)
            return
        code = answer.json()["code"]
        answer = await self._ask(PUBLISHER, "post", f"/ledger-drafts/{code}/publish")
        assert answer.status_code == 200, answer.text
        read = await self._ask(DRAFTER, "get", f"/ledgers/{code}/versions/1")
        assert read.json()["definition"] == definition_json(Definition.model_validate(drafted))
        typed = await self._ask(DRAFTER, "get", f"/ledgers/{code}/openapi.json")
        assert typed.status_code == 200, typed.text
        self.published += 1

    def _is_told(self, answer: httpx.Response) -> None:
        told = answer.json()
        assert answer.status_code in (400, 403, 409, 422), answer.text
        assert told["title"]
        assert all(error["path"] and error["message"] for error in told["errors"])
        assert told["errors"] or told["code"] != "invalid_request", answer.text
        self.refused += 1

    async def _ask(self, who: Any, method: str, path: str, body: Any = None) -> httpx.Response:
        content = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json", "Idempotency-Key": str(new_id()), "If-Match": '"1"'}
        async with self._door.client(who) as client:
            return await client.request(method.upper(), path, content=content, headers=headers)


async def test_a_definition_that_nobody_would_write_is_refused_or_published_whole(door: Door) -> None:
    fuzzing = Fuzzing(door)
    for one in drawn(80):
        await fuzzing.draft(one)
    assert fuzzing.published > 1
    assert fuzzing.refused > 10


@pytest.mark.large
async def test_ten_thousand_of_them(door: Door) -> None:
    fuzzing, start = Fuzzing(door), new_id().int % 2**32
    for place, one in enumerate(drawn(10_000, start=start)):
        try:
            await fuzzing.draft(one)
        except AssertionError as wrong:
            wrong.add_note(f"number {place} of seed {start}")
            raise
    assert fuzzing.published > 200
