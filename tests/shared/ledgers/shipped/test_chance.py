"""Ledgers that nobody has seen: published, filled, stepped, counted, exported in full, imported again as they were."""

import json
import os
from collections import Counter
from random import Random
from typing import Any

import httpx
import pytest

from shared.ledgers.compiler import Ledger, compile_ledger
from shared.ledgers.grammar.definition import Definition
from shared.testing.clock import FrozenClock
from tests.shared.ledgers.chance import Chance
from tests.shared.ledgers.shipped.conftest import HouseOf
from tests.shared.ledgers.shipped.house import FIRST, OWNERS, SECOND, TOWN, VILLAGES, House

FEW = 10
BEGIN, MANY = int(os.environ.get("FIRST_SEED", str(FEW))), int(os.environ.get("SEEDS", "200"))
RECORDS = 4


async def wrong(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


async def filled(house: House, chance: Chance, ledger: Ledger, clock: FrozenClock) -> None:
    """Records opened by one officer and stepped by another to statuses taken by chance, a day a step."""
    path = f"/ledgers/{ledger.code}/records"
    for at in range(RECORDS):
        values = chance.values(ledger, f"XH-{at:03}", ledger.initial)
        body = {"area": chance.random.choice(VILLAGES), "values": values}
        async with house.door.client(FIRST) as one, house.door.client(SECOND) as other:
            record = await wrong(await one.post(path, json=body), 201)
            for _ in range(chance.random.randint(0, 4)):
                steps = ledger.steps_from(record["status"])
                if not steps:
                    break
                step = chance.random.choice(list(steps))
                clock.advance(days=1)
                filling = chance.values(ledger, f"XH-{at:03}", step.to)
                call = {"values": {name: filling.get(name) for name in step.fills}, "reason": "偶成"}
                for name in ledger.rows:
                    call["values"][name] = call["values"][name] or []  # type: ignore[index]
                seen = {"If-Match": f'"{record["version"]}"'}
                record = await wrong(
                    await other.post(f"{path}/{record['id']}/steps/{step.verb}", json=call, headers=seen)
                )


async def shown(house: House, code: str) -> dict[str, dict[str, Any]]:
    """Every record in full, by its serial: what it holds, where it lies, where it stands and since when."""
    path = f"/ledgers/{code}/records"
    found = {}
    async with house.door.client(FIRST) as one:
        for item in (await wrong(await one.get(path, params={"limit": 100})))["items"]:
            full = await wrong(await one.get(f"{path}/{item['id']}", params={"view": "full", "purpose": "statistics"}))
            entered = {status: at[:10] for status, at in full["entered"].items()}
            kept = {name: full[name] for name in ("area", "status", "values")}
            found[full["values"]["serial"]] = {**kept, "entered": entered}
    return found


async def counts(house: House, code: str) -> Counter[tuple[str, str, str]]:
    """What the records count in figures, by measure, day and part, out of their last states."""
    last = {state.id: state for state in await house.states() if getattr(state, "ledger", None) == code}
    found: Counter[tuple[str, str, str]] = Counter()
    for state in last.values():
        for one in state.counts:  # type: ignore[attr-defined]
            found[one.indicator.rpartition(".")[2], str(one.day), one.dimension] += one.amount
    return found


async def is_counted(house: House, ledger: Ledger, records: dict[str, dict[str, Any]]) -> None:
    """Counts agree with what is listed, and the first measure with the days that were written."""
    async with house.door.client(SECOND) as one:
        path = f"/ledgers/{ledger.code}/records/count"
        assert (await wrong(await one.get(path)))["total"] == len(records) == RECORDS
        for status, number in Counter(record["status"] for record in records.values()).items():
            assert (await wrong(await one.get(path, params={"status": status})))["total"] == number
    by_day = Counter(("all", record["values"]["day"], "") for record in records.values())
    told = {key: amount for key, amount in (await counts(house, ledger.code)).items() if key[0] == "all" and not key[2]}
    assert told == dict(by_day)


async def taken_out(house: House, code: str, asked: dict[str, Any]) -> bytes:
    """The records in full, as a table."""
    async with house.door.client(FIRST) as one:
        begun = await wrong(
            await one.post(f"/ledgers/{code}/exports", json={"purpose": "statistics", "full": True, **asked}), 201
        )
        await house.work()
        done = await wrong(await one.get(f"/ledgers/{code}/exports/{begun['id']}"))
        assert done["status"] == "done", done
        return (await one.get(f"/ledgers/{code}/exports/{done['id']}/content")).content


async def goes_round(house: House, seed: int, clock: FrozenClock) -> None:
    """One ledger from its draft to the same records in another ledger of the same definition."""
    chance = Chance(seed, house.owner)
    ledger = compile_ledger(Definition.model_validate(chance.definition), version=1)
    await house.publish(chance.definition)
    await filled(house, chance, ledger, clock)
    records = await shown(house, ledger.code)
    await is_counted(house, ledger, records)
    asked = Random(seed).choice([{"format": "xlsx"}, {"format": "csv"}, {"format": "csv", "encoding": "gb_18030"}])
    table = await taken_out(house, ledger.code, asked)
    again = f"again_{seed}"
    await house.publish({**chance.definition, "code": again})
    made = await house.imported(again, table, TOWN)
    assert (made["taken"], made["wrong"], made["refused"]) == (RECORDS, 0, 0)
    assert await shown(house, again) == records
    assert await counts(house, again) == await counts(house, ledger.code)


async def go_round(house_of: HouseOf, seeds: range, clock: FrozenClock) -> None:
    begun, failed = clock.now(), []
    for seed in seeds:
        clock.set(begun)
        try:
            await goes_round(await house_of(OWNERS[seed % len(OWNERS)]), seed, clock)
        except AssertionError as error:
            definition = json.dumps(Chance(seed).definition, ensure_ascii=False)
            failed.append(f"seed {seed}: {str(error)[:2_000]}\n{definition}")
    assert not failed, f"{len(failed)} of {len(seeds)}\n" + "\n\n".join(failed[:3])


async def test_ledgers_made_by_chance_come_back_as_they_were(house_of: HouseOf, clock: FrozenClock) -> None:
    await go_round(house_of, range(FEW), clock)


@pytest.mark.large
async def test_two_hundred_of_them(house_of: HouseOf, clock: FrozenClock) -> None:
    await go_round(house_of, range(BEGIN, BEGIN + MANY), clock)
