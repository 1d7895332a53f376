"""Devices: a worker's phone, set up by a QR code; whose it is, how long it holds, who may revoke it."""

import asyncio
import base64
import contextlib
import json
import zlib
from typing import Any

import pytest
from sqlalchemy import text

from shared.auth.principal import NOBODY, Grant, Principal
from shared.db.engine import Database
from shared.ids import new_id
from shared.ledgers.forms.devices.credentials import read_basic
from shared.ledgers.forms.devices.domain import MAX_DEVICES, home_of
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door, a_principal
from tests.grid.builders import CLERK, COUNTY_OFFICER, OTHER_CLERK, TOWN_OFFICER, VILLAGE, WORKER
from tests.shared.ledgers.forms.conftest import Enrol, Phone, devices_of, message_of

COLLEAGUE = a_principal("grid_worker", VILLAGE, subject="colleague")


async def do(door: Door, who: Principal, device: str, verb: str, **how: Any) -> Any:
    async with door.client(who) as client:
        return await client.post(f"/devices/{device}/{verb}", **how)


async def test_the_qr_code_holds_what_collect_reads(door: Door) -> None:
    async with door.client(WORKER) as client:
        enrolled = (await client.post("/devices", json={"days": 30})).json()
    settings = json.loads(zlib.decompress(base64.b64decode(enrolled["settings"])))
    assert settings["general"]["server_url"] == enrolled["server_url"] == "http://test/grid/v1/openrosa"
    assert settings["general"]["username"] == enrolled["username"] == enrolled["device"]["id"]
    assert settings["general"]["password"] == enrolled["password"]
    assert settings["general"]["form_update_mode"] == "match_exactly"
    assert settings["project"]["name"] == "网格化台账填报"
    assert enrolled["qr_code"].startswith("<svg")
    assert enrolled["device"]["status"] == "active"


async def test_the_password_is_kept_nowhere(door: Door, committed: Database, phone: Phone) -> None:
    password = phone.credentials[1]
    async with committed.session() as session:
        rows = (await session.execute(text("SELECT row_to_json(d)::text FROM ledger_devices AS d"))).scalars().all()
    assert rows
    assert not [row for row in rows if password in row]
    assert password not in json.dumps(await devices_of(door, WORKER))


async def test_a_device_signs_in_with_its_name_and_password_only(phone: Phone) -> None:
    name, password = phone.credentials
    assert (await phone.ask("GET", "formList")).status_code == 200
    wrong: list[Any] = [(name, password[:-1]), (name, ""), (str(new_id()), password), ("worker", password), None]
    for auth in wrong:
        answer = await phone.ask("GET", "formList", auth=auth)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic realm=")
        assert "设备凭证无效" in message_of(answer)


async def test_a_token_opens_nothing_for_phones_and_a_device_nothing_else(door: Door, phone: Phone) -> None:
    async with door.client(WORKER) as client:
        assert (await client.get("/openrosa/formList")).status_code == 401
    assert (await phone.ask("GET", "http://test/grid/v1/devices")).status_code == 401


async def test_a_revoked_device_is_refused_at_once(door: Door, phone: Phone) -> None:
    answer = await do(door, WORKER, phone.credentials[0], "revoke")
    assert (answer.status_code, answer.json()["status"]) == (200, "revoked")
    assert (await phone.ask("GET", "formList")).status_code == 401
    assert (await phone.ask("HEAD", "submission")).status_code == 401
    again = await do(door, WORKER, phone.credentials[0], "revoke")
    assert (again.status_code, again.json()["code"]) == (409, "device_over")


@pytest.mark.parametrize(("who", "status"), [(CLERK, 200), (TOWN_OFFICER, 200), (COUNTY_OFFICER, 200),
                                             (OTHER_CLERK, 404), (COLLEAGUE, 404)])  # fmt: skip
async def test_who_looks_after_the_area_revokes(door: Door, phone: Phone, who: Principal, status: int) -> None:
    assert (await do(door, who, phone.credentials[0], "revoke")).status_code == status
    assert (await phone.ask("GET", "formList")).status_code == (401 if status == 200 else 200)


async def test_one_sees_ones_own_devices_and_those_of_ones_area(door: Door, enrol: Enrol) -> None:
    mine, theirs = await enrol(WORKER), await enrol(COLLEAGUE)
    seen = {who.subject: [one["id"] for one in await devices_of(door, who)] for who in (WORKER, CLERK, OTHER_CLERK)}
    both = [theirs.credentials[0], mine.credentials[0]]
    assert seen == {WORKER.subject: both[1:], CLERK.subject: both, OTHER_CLERK.subject: []}


async def test_a_device_ends_by_itself(door: Door, enrol: Enrol, clock: FrozenClock) -> None:
    phone = await enrol(WORKER, days=1)
    clock.advance(days=1)
    assert (await phone.ask("GET", "formList")).status_code == 401
    assert [one["status"] for one in await devices_of(door, WORKER)] == ["expired"]
    assert (await do(door, WORKER, phone.credentials[0], "confirm")).json()["code"] == "device_over"


async def test_grants_hold_for_seven_days_from_the_last_login(door: Door, enrol: Enrol, clock: FrozenClock) -> None:
    phone = await enrol(WORKER)
    clock.advance(days=7)
    assert (await phone.ask("GET", "formList")).status_code == 200
    clock.advance(seconds=1)
    refused = await phone.ask("GET", "formList")
    assert refused.status_code == 403
    assert "未确认" in message_of(refused)
    assert [one["status"] for one in await devices_of(door, WORKER)] == ["unconfirmed"]
    assert (await do(door, WORKER, phone.credentials[0], "confirm")).status_code == 200
    assert (await phone.ask("GET", "formList")).status_code == 200


async def test_a_login_brings_the_grants_of_today(door: Door, phone: Phone) -> None:
    moved = a_principal("grid_worker", "450481101201", subject=WORKER.subject)
    confirmed = await do(door, moved, phone.credentials[0], "confirm")
    assert confirmed.json()["area"] == "450481101201"
    assert (await do(door, CLERK, phone.credentials[0], "revoke")).status_code == 404, "it left the village"
    listed = await phone.ask("GET", "forms/disputes/areas.csv")
    assert listed.text.splitlines()[1:] == ["450481101201,测试（450481101201）,village"]


async def test_nobody_else_confirms(door: Door, phone: Phone) -> None:
    for who in (CLERK, COLLEAGUE, COUNTY_OFFICER):
        assert (await do(door, who, phone.credentials[0], "confirm")).status_code == 404


async def test_a_device_carries_no_grant_that_forms_do_not_need(door: Door, enrol: Enrol, committed: Database) -> None:
    void = Grant("department_officer", "450481")  # of no department
    await enrol(Principal("several", (Grant("grid_worker", VILLAGE), Grant("auditor", "450481"), void)))
    async with committed.session() as session:
        grants = await session.scalar(text("SELECT grants FROM ledger_devices"))
    assert [one["role"] for one in grants] == ["grid_worker"]
    assert home_of(["450481100201001", "450481100202"]) == "450481100"


async def test_an_older_version_changes_nothing(door: Door, phone: Phone) -> None:
    stale = await do(door, WORKER, phone.credentials[0], "revoke", headers={"If-Match": '"7"'})
    assert stale.status_code == 412


async def test_ten_devices_are_enough_also_when_asked_for_at_once(door: Door) -> None:
    async with door.client(WORKER) as client:
        answers = await asyncio.gather(*(client.post("/devices", json={}) for _ in range(MAX_DEVICES + 3)))
    assert sorted(answer.status_code for answer in answers) == [201] * MAX_DEVICES + [409] * 3
    assert next(one for one in answers if one.status_code == 409).json()["code"] == "too_many_devices"


async def test_what_was_done_to_a_device_is_in_the_access_log(door: Door, phone: Phone) -> None:
    await do(door, CLERK, phone.credentials[0], "revoke")
    noted = [(one.subject, one.action, one.object_id) for one in door.accesses.entries if one.noun == "ledger.device"]
    device = phone.credentials[0]
    assert noted == [(WORKER.subject, "enrol", device), (CLERK.subject, "revoke", device)]


@pytest.mark.parametrize("header", [None, "", "Basic", "Basic !!!", "Bearer x", "Basic " + "A" * 500,
                                    "Basic " + base64.b64encode(b"\xff:\xff").decode(),
                                    "Basic " + base64.b64encode(b"no-colon").decode()])  # fmt: skip
def test_what_is_no_basic_header_is_nobody(header: str | None) -> None:
    assert read_basic(header) is None


async def test_whoever_invents_devices_has_one_strangers_share(door: Door, phone: Phone) -> None:
    """The share is the address's: each invented device had one of its own, and with it a connection."""
    kit, stranger = door.app.state.kit, f"{NOBODY.subject} 127.0.0.1"
    with contextlib.ExitStack() as stack:
        for _ in range(kit.settings.requests_per_caller):
            stack.enter_context(kit.under_way.one_of(stranger))
        answer = await phone.ask("GET", "formList")
    assert answer.status_code == 429
    assert (await phone.ask("GET", "formList")).status_code == 200
