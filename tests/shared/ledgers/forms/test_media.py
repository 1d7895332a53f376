"""Photos, files and signatures of a submission become attachments of its record, over grid as it runs."""

from asyncio import gather
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from sqlalchemy import func, select

from shared.db.engine import Database
from shared.files.tables import FileRow
from shared.ids import new_id
from shared.ledgers.forms.openrosa.models import LedgerWaitingFile
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door
from tests.grid.builders import CLERK, VILLAGE, WORKER
from tests.shared.ledgers.doors import door_of
from tests.shared.ledgers.forms.conftest import Enrol, Phone, message_of
from tests.shared.ledgers.records.conftest import Published
from tests.shared.ledgers.records.test_attachments import INSPECTIONS, JPEG, PDF, RECORDS, WHY

XFORMS = "{http://www.w3.org/2002/xforms}"


@pytest.fixture
def door(committed: Database, service_database: ServiceDatabase, clock: FrozenClock, tmp_path: Path) -> Door:
    return door_of(committed, service_database, clock, files=str(tmp_path))


@pytest.fixture
async def ledgers(committed: Database) -> None:
    await Published(committed).publish(INSPECTIONS, access={"captured_in_field": True})


def an_inspection(instance: str, front: str = "front.jpg", room: str = "room.jpg") -> bytes:
    return (
        f'<record id="inspections" version="1-0123abcd"><PLACE><AREA>{VILLAGE}</AREA></PLACE><G1>'
        f"<subject>消防</subject><plan>plan.pdf</plan><front>{front}</front></G1><N_rooms>1</N_rooms><rooms><P_rooms><rooms.number>1"
        f"</rooms.number><rooms.photo>{room}</rooms.photo></P_rooms></rooms>"
        f"<meta><instanceID>uuid:{instance}</instanceID></meta></record>"
    ).encode()


SENT = {"plan.pdf": PDF, "front.jpg": JPEG, "room.jpg": JPEG + b"1"}


async def files_kept(committed: Database) -> tuple[int, int]:
    """Files of records, and contents that lie there for nobody."""
    async with committed.session() as session:
        bound = await session.scalar(select(func.count()).where(FileRow.noun.is_not(None)).select_from(FileRow))
        loose = await session.scalar(select(func.count()).where(FileRow.noun.is_(None)).select_from(FileRow))
    return bound or 0, loose or 0


async def test_media_parts_are_bound_to_their_fields_once(
    door: Door, ledgers: None, phone: Phone, committed: Database
) -> None:
    form = fromstring((await phone.ask("GET", "forms/inspections/form.xml")).text)
    asked = {one.attrib["ref"].rpartition("/")[2] for one in form.iter(f"{XFORMS}upload")}
    assert {"front", "plan", "signed", "rooms.photo"} <= asked, "where files are kept, forms ask for them"
    for path in ("formList", "forms/inspections/form.xml"):  # for who can send none
        plain = await phone.ask("GET", f"{path}?media=none")
        assert plain.status_code == 200
        assert "<upload" not in plain.text
        assert plain.text != (await phone.ask("GET", path)).text
    instance = an_inspection(str(new_id()))
    answers = [await phone.send(instance, {**SENT, "more.jpg": JPEG}) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201], message_of(answers[0])
    async with door.client(CLERK) as client:
        (record,) = (await client.get(RECORDS)).json()["items"]
        path = f"{RECORDS}/{record['id']}"
        values = (await client.get(path, params={"view": "full", **WHY})).json()["values"]
        named = {"plan.pdf": values["plan"], "front.jpg": values["front"], "room.jpg": values["rooms"][0]["photo"]}
        for name, file in named.items():
            assert (await client.get(f"{path}/files/{file}/content", params=WHY)).content == SENT[name]
            assert (await client.get(f"{path}/files/{file}", params=WHY)).json()["name"] == name
    assert await files_kept(committed) == (3, 0), "what no value names is not received, nor what has arrived"


async def test_what_is_wrong_with_a_part_refuses_the_instance(
    door: Door, ledgers: None, phone: Phone, committed: Database
) -> None:
    instance = str(new_id())
    for parts, said in (
        ({"plan.pdf": PDF, "front.jpg": JPEG}, "没有随表单一起提交"),
        ({**SENT, "front.jpg": PDF}, "文件类型不符合"),
        ({**SENT, "front.jpg": b"<html>"}, "不支持的文件类型"),
    ):
        refused = await phone.send(an_inspection(instance), parts)
        assert (refused.status_code, said in message_of(refused)) == (422, True), message_of(refused)
        assert await files_kept(committed) == (0, 0), "what a refused instance brought is gone at once"
    assert (await phone.send(an_inspection(instance), SENT)).status_code == 201
    async with door.client(WORKER) as client:
        assert (await client.get(f"{RECORDS}/count")).json()["total"] == 1


MORE = {"data": {"*isIncomplete*": "yes"}}
"""What a phone says with every part but the last."""


@pytest.mark.parametrize("parts", [["plan.pdf", "front.jpg", "room.jpg", None], [None, "plan.pdf", "front.jpg"]])
async def test_files_that_come_apart_are_one_record(
    door: Door, ledgers: None, phone: Phone, committed: Database, parts: list[str | None]
) -> None:
    """Media first or last: each part carries the instance, all but the last say that more comes."""
    instance = an_inspection(str(new_id()))
    for name in parts:
        for _ in range(2):  # the answer was lost: the part is sent again
            answer = await phone.send(instance, {name: SENT[name]} if name else {}, **MORE)
            assert answer.status_code == 202, message_of(answer)
    loose = len([name for name in parts if name])
    assert await files_kept(committed) == (0, loose), "each is kept once, and of no record yet"
    async with door.client(WORKER) as client:
        assert (await client.get(f"{RECORDS}/count")).json()["total"] == 0
    rest = {name: content for name, content in SENT.items() if name not in parts}
    last = [await phone.send(instance, rest) for _ in range(2)]
    assert [one.status_code for one in last] == [201, 201], message_of(last[0])
    assert (await phone.send(instance, SENT, **MORE)).status_code == 201, "it is a record already"
    assert await files_kept(committed) == (3, 0)
    async with door.client(CLERK) as client:
        (record,) = (await client.get(RECORDS)).json()["items"]
        path = f"{RECORDS}/{record['id']}"
        values = (await client.get(path, params={"view": "full", **WHY})).json()["values"]
        for name, file in (("plan.pdf", values["plan"]), ("front.jpg", values["front"])):
            assert (await client.get(f"{path}/files/{file}/content", params=WHY)).content == SENT[name]
    async with committed.session() as session:
        assert await session.scalar(select(func.count()).select_from(LedgerWaitingFile)) == 0


async def test_what_waits_is_of_its_sender_and_of_that_filling(
    door: Door, ledgers: None, phone: Phone, enrol: Enrol, committed: Database
) -> None:
    instance, most = str(new_id()), {"plan.pdf": PDF, "room.jpg": SENT["room.jpg"]}
    front = {"front.jpg": JPEG}
    assert (await phone.send(an_inspection(instance), most, **MORE)).status_code == 202
    other = await enrol(CLERK)
    refused = await other.send(an_inspection(instance), front)
    assert (refused.status_code, "没有随表单一起提交" in message_of(refused)) == (422, True), "of somebody else"
    changed = an_inspection(instance).replace("消防".encode(), "电气".encode())
    refused = await phone.send(changed, front)
    assert (refused.status_code, "没有随表单一起提交" in message_of(refused)) == (422, True), "of another filling"
    assert (await phone.send(an_inspection(instance), front)).status_code == 201


async def test_a_part_is_refused_as_the_whole_would_be(
    door: Door, ledgers: None, phone: Phone, committed: Database
) -> None:
    instance = str(new_id())
    away = an_inspection(instance).replace(VILLAGE.encode(), b"450481101201")
    assert (await phone.send(away, SENT, **MORE)).status_code == 404
    assert (
        await phone.send(an_inspection(instance).replace(b"inspections", b"nothing"), SENT, **MORE)
    ).status_code == 404
    nowhere = an_inspection(instance).replace(VILLAGE.encode(), b"")
    assert (await phone.send(nowhere, SENT, **MORE)).status_code == 422
    refused = await phone.send(an_inspection(instance), {"front.jpg": b"<html>"}, **MORE)
    assert (refused.status_code, "不支持的文件类型" in message_of(refused)) == (422, True)
    assert await files_kept(committed) == (0, 0), "nothing of what was refused waits"
    assert (await phone.send(an_inspection(instance), SENT, data={"*isIncomplete*": "no"})).status_code == 201


async def test_parts_at_once_wait_once_and_go_with_their_upload(
    door: Door, ledgers: None, phone: Phone, committed: Database, clock: FrozenClock
) -> None:
    instance = an_inspection(str(new_id()))
    answers = await gather(*(phone.send(instance, SENT, **MORE) for _ in range(3)))
    assert [one.status_code for one in answers] == [202] * 3
    assert await files_kept(committed) == (0, 3)
    clock.advance(days=8)
    async with committed.session() as session:
        assert await door.kit.archive.sweep(session) == 3
        await session.commit()
        assert await session.scalar(select(func.count()).select_from(LedgerWaitingFile)) == 0
