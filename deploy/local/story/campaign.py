"""Steps of the story about a ledger of the county's own: a campaign from its first morning to its last evening."""

import io
import re
import zipfile
from dataclasses import dataclass
from secrets import token_hex
from typing import Any
from uuid import uuid4

from deploy.local.stack.deployment import ROOT
from deploy.local.story.client import Device, StoryClient, Who, position_of, require
from deploy.local.story.state import COUNTY, OFFICER, StoryState

WORKBOOK, CODE = ROOT / "docs" / "ledgers" / "river_clearance.xlsx", b"river_clearance"
"""The ledger that the page about ledgers makes. A code is used once in a county, so each story has one of its own."""

SECOND_OFFICER = Who("county_officer", COUNTY, name="story-second")
VILLAGES = ("450481114201", "450481114202", "450481114203")
WORKERS = tuple(Who("grid_worker", village) for village in VILLAGES)
INSTANCE = re.compile(r"<record .*?</record>")


@dataclass(frozen=True)
class Campaign:
    """One campaign. `workbook`: the XLSForm from which its ledger is drafted."""

    code: str
    workbook: bytes

    @property
    def path(self) -> str:
        return f"/grid/v1/ledgers/{self.code}"

    @property
    def figure(self) -> str:
        return f"grid.{self.code}.found"

    async def draft(self, client: StoryClient) -> None:
        """An officer uploads the workbook and drafts from it; nothing in it may be left out."""
        file = (await client.post(OFFICER, "/grid/v1/files", self.workbook, 201)).json()
        drafted = await client.post(OFFICER, "/grid/v1/ledger-drafts/from-xlsform", {"file": file["id"]}, 201)
        findings = drafted.json()["findings"]
        require(not findings, f"of the workbook was left out: {findings}")

    async def publish(self, client: StoryClient, who: Who, expect: int = 200) -> Any:
        """What came of publishing the draft."""
        path = f"/grid/v1/ledger-drafts/{self.code}/publish"
        return (await client.post(who, path, None, expect, {"If-Match": "*"})).json()


def new_campaign(code: str | None = None) -> Campaign:
    """The ledger of the page under a code that this county does not know."""
    code = code or f"river_{token_hex(4)}"
    written = io.BytesIO()
    with zipfile.ZipFile(WORKBOOK) as kept, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as ours:
        for part in kept.namelist():
            ours.writestr(part, kept.read(part).replace(CODE, code.encode()))
    return Campaign(code, written.getvalue())


async def campaign(story: StoryState) -> None:
    """12 to 15: drafted and published by two people, filled in by three workers, counted, taken out, retired."""
    made = new_campaign()
    await _opens(story, made)
    device, positions = await _fills_in(story, made)
    await _counts(story, made, positions)
    await _ends(story, made, device)


async def _opens(story: StoryState, made: Campaign) -> None:
    client = story.client
    await made.draft(client)
    refused = await made.publish(client, OFFICER, 403)
    require(refused["code"] == "same_person", f"the drafter got {refused['code']}")
    opened = await made.publish(client, SECOND_OFFICER)
    client.say(
        12,
        "Monday: a ledger is drafted from a spreadsheet, and published",
        f"same_person; {opened['title']}, by another",
    )


async def _fills_in(story: StoryState, made: Campaign) -> tuple[Device, list[str]]:
    """Two workers over HTTP; the third one's phone had no network, and sends what it kept three times.

    The phone, and the positions of the three records.
    """
    client = story.client
    *online, offline = WORKERS
    positions = []
    enrolled = (await client.post(offline, "/grid/v1/devices", {"days": 1}, 201)).json()
    device = Device(enrolled["device"]["id"], enrolled["username"], enrolled["password"])
    form = (await client.phone(device, "GET", f"forms/{made.code}/form.xml")).text
    areas = (await client.phone(device, "GET", f"forms/{made.code}/areas.csv")).text
    require(
        offline.area in areas and VILLAGES[0] not in areas, "the phone was offered other villages than its worker's"
    )
    for worker, kind in zip(online, ("occupying", "dumping"), strict=True):
        values = {"kind": kind, "river": story.river, "found_on": str(story.today)}
        values |= {"area_m2": "12.5"} if kind == "occupying" else {}
        answer = await client.post(worker, f"{made.path}/records", {"area": worker.area, "values": values}, 201)
        positions.append(position_of(answer))
    kept = _filled_in(form, story, offline.area)
    for time in range(3):
        answer = await client.phone(device, "POST", "submission", kept, expect=201)
        require(("此前已登记" in answer.text) == (time > 0), f"submission {time + 1} was answered: {answer.text}")
        if time == 0:
            positions.append(position_of(answer))
    count = (await client.get(OFFICER, f"{made.path}/records/count"))["total"]
    require(count == len(WORKERS), f"three workers wrote {count} records")
    client.say(
        13, "three workers fill it in, one on a phone without network that sends three times", f"{count} records"
    )
    return device, positions


def _filled_in(form: str, story: StoryState, area: str) -> bytes:
    """The instance that the form holds, with answers: what a phone sends."""
    found = INSTANCE.search(form)
    require(found is not None, "the form holds no instance")
    assert found is not None
    text = found[0]
    answers = {"AREA": area, "kind": "building", "river": story.river, "found_on": str(story.today)}
    for node, answer in {**answers, "instanceID": f"uuid:{uuid4()}"}.items():
        text = text.replace(f"<{node}/>", f"<{node}>{answer}</{node}>")
    return text.encode()


async def _counts(story: StoryState, made: Campaign, positions: list[str]) -> None:
    values = [await story.figure(made.figure, COUNTY, position=position) for position in positions]
    require(values[-1] == len(WORKERS), f"the county counts {values[-1]} of {len(WORKERS)}")
    below = [await story.figure(made.figure, village) for village in VILLAGES]
    require(below == [1, 1, 1], f"the villages count {below}")
    story.client.say(14, "its figure at the county, and in the three villages", f"{values[-1]}; {below}")


async def _ends(story: StoryState, made: Campaign, device: Device) -> None:
    client = story.client
    export = (
        await client.post(OFFICER, f"{made.path}/exports", {"purpose": "statistics", "format": "csv"}, 201)
    ).json()
    at = f"{made.path}/exports/{export['id']}"
    await client.finished(OFFICER, at)
    table = (await client.ask(OFFICER, "GET", f"{at}/content", expect=200)).text
    require(table.count(story.river) == len(WORKERS), "the table does not hold the three records")
    await client.post(SECOND_OFFICER, f"{made.path}/retire", None, headers={"If-Match": "*"})
    await client.post(WORKERS[2], f"/grid/v1/devices/{device.id}/revoke", {})
    refused = await client.phone(device, "GET", "formList", expect=401)
    require("<message" in refused.text, "a revoked phone is told nothing")
    values = {"kind": "digging", "river": story.river, "found_on": str(story.today)}
    over = await client.post(WORKERS[0], f"{made.path}/records", {"area": VILLAGES[0], "values": values}, 409)
    require(over.json()["code"] == "ledger_retired", f"a retired ledger answered {over.json()['code']}")
    stays = await story.figure(made.figure, COUNTY)
    require(stays == len(WORKERS), f"the figure was {len(WORKERS)}, and is {stays} after the ledger was retired")
    client.say(15, "the table is taken out, the ledger is retired", f"ledger_retired; the figure stays {stays}")
