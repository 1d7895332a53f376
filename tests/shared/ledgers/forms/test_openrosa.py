"""OpenRosa: a phone fetches forms and lists, and what it sends becomes a record once, by the worker's grants."""

import asyncio
import hashlib
from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from shared.ids import new_id
from shared.ledgers.compiler import compile_ledger
from shared.ledgers.forms.drawing.form import draw
from shared.ledgers.forms.openrosa.multipart_body import MAX_SUBMISSION
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door, a_principal
from tests.grid.builders import COUNTY_OFFICER, OTHER_CLERK, OTHER_VILLAGE, VILLAGE, WORKER
from tests.shared.ledgers.forms.conftest import DISPUTES, Book, Enrol, Phone, Published, message_of
from tests.shared.ledgers.forms.ledgers import LISTS, definition_in

LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
MATTER = "排水沟走向争议"
UNENDED = b'--x\r\nContent-Disposition: form-data; name="xml_submission_file"\r\n\r\n<a/>'


def a_dispute(
    *, area: str = VILLAGE, instance: str | None = None, found_on: str = "2026-03-02", version: int = 1, more: str = ""
) -> bytes:
    """A filled form of the disputes."""
    party = "<parties><P_parties><parties.name>{}</parties.name></P_parties></parties>"
    return (
        f'<record id="disputes" version="{version}-0123abcd"><PLACE><AREA>{area}</AREA></PLACE><G1><kind>land</kind>'
        f"<risk>red</risk><found_on>{found_on}</found_on><place>22.9 111.2 0 5</place><matter>{MATTER}</matter>{more}"
        f"</G1><N_parties>2</N_parties>{party.format('甲')}{party.format('乙')}"
        f"<meta><instanceID>uuid:{instance or new_id()}</instanceID></meta></record>"
    ).encode()


async def test_the_list_names_the_forms_that_the_worker_may_fill_in(phone: Phone, published: Published) -> None:
    root = fromstring((await phone.ask("GET", "formList")).text)
    forms = {one.findtext(f"{LIST}formID"): one for one in root.iter(f"{LIST}xform")}
    assert set(forms) == {"disputes", "everything"}, "volunteers are not captured in the field"
    one = forms["disputes"]
    form = draw(published.ledgers["disputes"].definition, 1, {})
    assert (one.findtext(f"{LIST}name"), one.findtext(f"{LIST}version")) == ("矛盾纠纷调解台账", form.version)
    fetched = await phone.ask("GET", one.findtext(f"{LIST}downloadUrl") or "")
    assert fetched.text == form.xml
    assert one.findtext(f"{LIST}hash") == "md5:" + hashlib.md5(fetched.content).hexdigest()
    assert fetched.headers["x-openrosa-version"] == "1.0"


async def test_a_form_offers_the_departments_of_the_county(phone: Phone, door: Door) -> None:
    xml = (await phone.ask("GET", "forms/everything/form.xml")).text
    for name in door.kit.settings.department_names.values():
        assert f"<label>{name}</label>" in xml, name


async def test_the_manifest_names_the_list_of_the_workers_areas(phone: Phone) -> None:
    listed = fromstring((await phone.ask("GET", "formList")).text).find(f"{LIST}xform")
    assert listed is not None
    root = fromstring((await phone.ask("GET", listed.findtext(f"{LIST}manifestUrl") or "")).text)
    (file,) = root.iter(f"{MANIFEST}mediaFile")
    assert file.findtext(f"{MANIFEST}filename") == "areas.csv"
    fetched = await phone.ask("GET", file.findtext(f"{MANIFEST}downloadUrl") or "")
    assert file.findtext(f"{MANIFEST}hash") == "md5:" + hashlib.md5(fetched.content).hexdigest()
    assert fetched.text == f"name,label,level\n{VILLAGE},测试（{VILLAGE}）,village\n"


async def test_another_worker_is_offered_other_areas(enrol: Enrol, villages: None) -> None:
    offered = (await (await enrol(COUNTY_OFFICER)).ask("GET", "forms/disputes/areas.csv")).text.splitlines()
    assert [line.split(",")[0] for line in offered[1:]] == [
        "450481", "450481100", "450481100201", "450481100202", "450481101", "450481101201",
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["volunteer_hours", "nothing", "..%2f..%2fetc"])
async def test_a_form_that_is_none_of_the_workers_is_not_there(phone: Phone, code: str) -> None:
    for part in ("form.xml", "manifest", "areas.csv"):
        assert (await phone.ask("GET", f"forms/{code}/{part}")).status_code == 404


async def test_head_tells_where_and_how_much(phone: Phone) -> None:
    answer = await phone.ask("HEAD", "submission")
    assert answer.status_code == 204
    assert answer.headers["location"] == f"{phone.server}/submission"
    assert answer.headers["x-openrosa-version"] == "1.0"
    assert int(answer.headers["x-openrosa-accept-content-length"]) == MAX_SUBMISSION


async def test_what_is_sent_becomes_a_record_in_the_name_of_the_worker(phone: Phone, book: Book) -> None:
    answer = await phone.send(a_dispute())
    assert (answer.status_code, message_of(answer)) == (201, "已登记")
    (record,) = book.records
    assert (record["by"], record["area"]) == (WORKER.subject, VILLAGE)
    assert record["values"]["parties"] == [{"name": "甲", "phone": None}, {"name": "乙", "phone": None}]
    assert record["values"]["matter"] == MATTER
    assert record["values"]["place"] == {"longitude": 111.2, "latitude": 22.9}


async def test_three_times_sent_arrives_once(phone: Phone, book: Book) -> None:
    instance = a_dispute()
    answers = [await phone.send(instance) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert message_of(answers[2]) == "已收到，此前已登记"
    assert len(book.records) == 1


async def test_sent_by_many_at_the_same_moment_it_arrives_once(phone: Phone, book: Book) -> None:
    instance = a_dispute()
    answers = await asyncio.gather(*(phone.send(instance) for _ in range(8)))
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len(book.records) == 1


async def test_an_instance_that_arrived_is_neither_changed_nor_taken_by_others(
    phone: Phone, enrol: Enrol, book: Book
) -> None:
    instance = str(new_id())
    await phone.send(a_dispute(instance=instance))
    changed = await phone.send(a_dispute(instance=instance, found_on="2026-03-01"))
    other = await (await enrol(COUNTY_OFFICER)).send(a_dispute(instance=instance))
    assert [changed.status_code, other.status_code] == [409, 409]
    assert "已提交过" in message_of(other)
    assert len(book.records) == 1


async def test_a_refused_instance_may_be_sent_again(phone: Phone, book: Book, clock: FrozenClock) -> None:
    tomorrow = (clock.now() + timedelta(days=1)).date().isoformat()
    instance = a_dispute(found_on=tomorrow)
    assert (await phone.send(instance)).status_code == 422
    clock.advance(days=1)
    assert (await phone.send(instance)).status_code == 201
    assert len(book.records) == 1


async def test_each_record_is_judged_for_itself_by_the_area_it_lies_in(phone: Phone, book: Book) -> None:
    areas = (OTHER_VILLAGE, VILLAGE, "450481101201")
    outcomes = [(await phone.send(a_dispute(area=area))).status_code for area in areas]
    assert outcomes == [404, 201, 404]
    assert "不在您的管辖范围内" in message_of(await phone.send(a_dispute(area=OTHER_VILLAGE)))
    assert [record["area"] for record in book.records] == [VILLAGE]


async def test_grants_are_those_at_the_arrival(door: Door, phone: Phone, book: Book) -> None:
    filled_before = a_dispute()
    moved = a_principal("grid_worker", OTHER_VILLAGE, subject=WORKER.subject)
    async with door.client(moved) as client:
        await client.post(f"/devices/{phone.credentials[0]}/confirm")
    assert (await phone.send(filled_before)).status_code == 404
    assert (await phone.send(a_dispute(area=OTHER_VILLAGE))).status_code == 201


async def test_a_revoked_device_sends_nothing(door: Door, phone: Phone, book: Book) -> None:
    async with door.client(WORKER) as client:
        await client.post(f"/devices/{phone.credentials[0]}/revoke")
    answer = await phone.send(a_dispute())
    assert answer.status_code == 401
    assert book.records == []


@pytest.mark.parametrize(
    "instance",
    [
        b"", b"<record/>", b"not xml",
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + a_dispute().replace(MATTER.encode(), b"&x;"),
        b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + a_dispute().replace(MATTER.encode(), b"&b;"),
        b"<a>" * 100_000,
    ],
    ids=["empty", "no form", "no xml", "external entity", "billion laughs", "deep"],
)  # fmt: skip
async def test_hostile_xml_is_refused_and_nothing_is_kept(phone: Phone, book: Book, instance: bytes) -> None:
    answer = await phone.send(instance)
    assert answer.status_code == 422
    assert "root:" not in answer.text
    assert book.records == []


async def test_a_body_that_is_too_large_is_refused(phone: Phone, book: Book) -> None:
    answer = await phone.send(a_dispute(), {"a.jpg": b"x" * MAX_SUBMISSION})
    assert answer.status_code == 413
    assert "过大" in message_of(answer)
    assert book.records == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"--x--\r\n", "multipart/form-data; boundary=x"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (UNENDED, "multipart/form-data; boundary=x"),
        (b"<record/>", "text/xml"),
        (b"{}", "application/json"),
        (b"--\r\n", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=" + "y" * 300),
    ],
)
async def test_what_is_no_submission_is_refused(phone: Phone, body: bytes, kind: str) -> None:
    answer = await phone.ask("POST", "submission", content=body, headers={"content-type": kind})
    assert answer.status_code == 422
    assert message_of(answer).startswith("提交的内容不是表单")


ENCRYPTED = """<data xmlns="http://opendatakit.org/submissions" id="disputes" version="1-0123abcd"{mark}>
  <base64EncryptedKey>sHXUut13</base64EncryptedKey><encryptedXmlFile>submission.xml.enc</encryptedXmlFile>
  <media><file>a.jpg.enc</file></media><base64EncryptedElementSignature>OU7r</base64EncryptedElementSignature>
  <meta xmlns="http://openrosa.org/xforms"><instanceID>uuid:5b9cf8d1-106f-4004-844f-c072d76762ed</instanceID></meta>
</data>"""


@pytest.mark.parametrize("mark", [' encrypted="yes"', ""])
@pytest.mark.parametrize("more", [{}, {"*isIncomplete*": b"yes"}])
async def test_what_was_encrypted_on_the_phone_is_refused_in_words_and_nothing_of_it_is_kept(
    phone: Phone, book: Book, committed: Database, mark: str, more: dict[str, bytes]
) -> None:
    """Nobody could judge it (decision 64), and the worker is told what to do."""
    fields = [(name, (None, content)) for name, content in more.items()]
    enc = [(name, (name, b"\x01\x02", "application/octet-stream")) for name in ("submission.xml.enc", "a.jpg.enc")]
    manifest = ("xml_submission_file", ("submission.xml", ENCRYPTED.format(mark=mark).encode(), "text/xml"))
    answer = await phone.ask("POST", "submission", files=[manifest, *fields, *enc])
    assert answer.status_code == 422
    assert message_of(answer).startswith("表单在手机上已加密")
    assert "重新获取" in message_of(answer)
    assert book.records == []
    async with committed.session() as session:
        for table in ("files", "ledger_waiting_files", "ledger_submissions"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table


async def test_no_form_asks_a_phone_to_encrypt(published: Published) -> None:
    for code, ledger in published.ledgers.items():
        assert "base64RsaPublicKey" not in draw(ledger.definition, 1, LISTS).xml, code


async def test_two_instances_in_one_submission_are_none(phone: Phone, book: Book) -> None:
    parts = [("xml_submission_file", (f"{name}.xml", a_dispute(), "text/xml")) for name in "ab"]
    assert (await phone.ask("POST", "submission", files=parts)).status_code == 422
    assert book.records == []


async def test_files_are_refused_where_none_are_kept(phone: Phone, book: Book) -> None:
    answer = await phone.send(a_dispute(more="<agreement>a.jpg</agreement>"), {"a.jpg": b"\xff\xd8"})
    assert answer.status_code == 422
    assert "暂不接收" in message_of(answer)
    assert book.records == []


async def test_what_the_ledger_refuses_is_told_in_words_without_the_answer(phone: Phone, book: Book) -> None:
    answer = await phone.send(a_dispute(found_on="2999-01-01"))
    assert answer.status_code == 422
    assert "今天" in message_of(answer)
    assert "2999" not in answer.text
    assert MATTER not in answer.text


async def test_an_old_form_is_taken_as_long_as_it_fits(phone: Phone, published: Published, book: Book) -> None:
    definition = definition_in(DISPUTES)
    published.ledgers["disputes"] = compile_ledger(definition, version=2)
    assert (await phone.send(a_dispute(version=1))).status_code == 201
    unfit = await phone.send(a_dispute(version=1, more="<gone>1</gone>"))
    assert unfit.status_code == 422
    assert message_of(unfit).startswith("表单已更新")


async def test_nothing_personal_is_logged_or_kept_of_a_refused_instance(
    phone: Phone, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    await phone.send(a_dispute(area=OTHER_VILLAGE))
    await phone.send(a_dispute(found_on="2999-01-01"))
    said: Any = capsys.readouterr()
    assert MATTER not in caplog.text + said.out + said.err


async def test_other_methods_are_refused(phone: Phone) -> None:
    for method, path in (("POST", "formList"), ("DELETE", "submission"), ("PUT", "forms/disputes/form.xml")):
        assert (await phone.ask(method, path)).status_code == 405


async def test_a_neighbours_phone_opens_no_record_here(enrol: Enrol, villages: None, book: Book) -> None:
    phone = await enrol(OTHER_CLERK)
    assert (await phone.send(a_dispute())).status_code == 404
    assert book.records == []
