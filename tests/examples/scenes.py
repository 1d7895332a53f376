"""What a county's hotline lives through with a running county, whatever its language and whatever the bus."""

import asyncio
import json
import time
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from deploy.local.story.client import StoryClient, Who
from deploy.local.story.grid import handled
from shared.crypto.jwe import InboundKeys, new_private_key
from shared.crypto.keyring import KeyRing
from tests.examples.hotline import Hotline

VILLAGE = "450481114203"
OFFICER = Who("county_officer", "450481")
PATIENCE = 60.0


def order(**fields: Any) -> dict[str, Any]:
    """A work order with a number of its own; nobody in it exists."""
    told = {"category": "livelihood", "area": VILLAGE, "caller": {"phone": "19900000003"}, "text": "三天没有自来水。"}
    return {"id": f"HL-{uuid4()}", **told, **fields}


async def incidents(client: StoryClient) -> int:
    """How many the village ever had."""
    counted = await client.get(OFFICER, "/grid/v1/incidents/count", {"area": VILLAGE})
    total: int = counted["count"]
    return total


async def from_sent_to_closed(hotline: Hotline, client: StoryClient) -> None:
    """One request: accepted, sent a second time for nothing, dealt with by officers, closed in the table."""
    sent = order()
    before = await incidents(client)
    assert "1 sent" in await hotline.run("send", "-", orders=[sent])
    await hotline.run("follow", "--until", "answered", "--seconds", "60")
    row = (await hotline.orders())[sent["id"]]
    assert (row["status"], row["code"], row["times"]) == ("reported", None, 1)
    assert await incidents(client) == before + 1
    await hotline.run("resend", sent["id"])
    await hotline.run("follow", "--until", "answered", "--seconds", "60")
    again = (await hotline.orders())[sent["id"]]
    assert (again["incident"], again["times"], again["answered"]) == (row["incident"], 2, 1)
    assert await incidents(client) == before + 1, "the second sending made no second incident"
    await handled(client, VILLAGE, row["incident"])
    said = await hotline.run("follow", "--until", "closed", "--seconds", "60")
    assert f"{sent['id']} accepted closed" in said
    ended = (await hotline.orders())[sent["id"]]
    assert (ended["status"], ended["incident"]) == ("closed", row["incident"])
    assert ended["due_at"] is not None
    assert ended["closed_at"] is not None


async def rejected_with_a_code(hotline: Hotline, folder: Path) -> None:
    """A stranger's key, a key that nobody has, and a number where a code belongs: each is told, and in the table."""
    for name, kid in (("stolen", "c1"), ("unknown", "nobody's")):
        keys = InboundKeys(KeyRing({kid: new_private_key()}))
        (folder / f"{name}.json").write_text(json.dumps(keys.public_set()), encoding="utf-8")
    plain, wrong, unknown = order(category="13907741234"), order(), order()
    await hotline.run("send", "-", orders=[plain])
    await hotline.told(keys=str(folder / "stolen.json")).run("send", "-", orders=[wrong])
    await hotline.told(keys=str(folder / "unknown.json")).run("send", "-", orders=[unknown])
    said = await hotline.run("follow", "--until", "answered", "--seconds", "60")
    table = await hotline.orders()
    for one, code, final in (
        (plain, "plain_identifier", 1),
        (wrong, "jwe_invalid", 1),
        (unknown, "jwe_unknown_key", 0),
    ):
        row = table[one["id"]]
        assert (row["status"], row["code"], row["final"]) == ("rejected", code, final)
        assert f"{one['id']} rejected {code}" in said
        assert row["incident"] is None


async def mirror_equals_the_published_values(hotline: Hotline, client: StoryClient) -> None:
    """Every announced figure of county and towns, as HTTP tells it; asked again while some are on their way."""
    until = time.monotonic() + PATIENCE
    while True:
        await hotline.run("mirror", "--until", "current", "--seconds", "60")
        mirrored = {place: (row["day"], row["value"], row["base"]) for place, row in (await hotline.figures()).items()}
        published = await values(client)
        if mirrored == published or time.monotonic() > until:
            break
        await asyncio.sleep(2)
    assert len({area for area, _ in published}) == 15, "the county and its fourteen towns"
    assert any(number for _, number, _ in published.values())
    assert mirrored == published


async def values(client: StoryClient) -> dict[tuple[str, str], tuple[str, int, int | None]]:
    """Day, count and base of each figure that is announced, by area and code."""
    definitions = (await client.get(OFFICER, "/indicators/v1/definitions", {"area": "450481"}))["items"]
    announced = {one["code"] for one in definitions if one["announced"]}
    assert announced, "the county announces figures"
    answer = await client.get(OFFICER, "/indicators/v1/values", {"area": "450481", "breakdown": "children"})
    day = str(date.fromisoformat(answer["as_of"]))
    found = {}
    for area in (answer, *answer["children"]):
        for one in area["values"]:
            if one["code"] not in announced:
                continue
            ratio = one["numerator"] is not None
            count = one["numerator"] if ratio else one["value"]
            found[area["area"], one["code"]] = (day, count, one["denominator"])
    return found
