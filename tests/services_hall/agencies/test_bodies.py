"""What is typed wrong on the way of a matter: each body with the field, a code, and a sentence that a clerk reads."""

from typing import Any

import pytest

from shared.testing.doors import Door, a_principal
from tests.services_hall.agencies.carrying import TOWN_OFFICER
from tests.services_hall.conftest import VILLAGE, fields

ID = "0197d0c0-6421-7b21-8d4f-1b5c6d7e8f90"
EVERYTHING = a_principal("village_clerk", VILLAGE)
FILE = {"area": VILLAGE, "post": "primary", "account": "u-1", "name": "张三", "phone": "13800138000"}
APPOINTED = {**FILE, "since": "2026-03-02"}
AWAY = {"since": "2026-03-18", "until": "2026-03-20", "substitute_id": ID}
SIGNED = {"case_id": ID, "agent_id": ID, "way": "signed", "signed_on": "2026-03-16"}
VISIT = {"visit_on": "2026-03-18", "address": "木坪村"}
RETURNED = {"returned_on": "2026-03-16", "recipient": "applicant"}
NUMBER = "45048119900307019X"

WRONG: tuple[tuple[str, dict[str, Any], dict[str, Any], str], ...] = (
    ("/agents", APPOINTED, {"area": "45048111420x"}, "area"),
    ("/agents", APPOINTED, {"post": "third"}, "post"),
    ("/agents", APPOINTED, {"account": ""}, "account"),
    ("/agents", APPOINTED, {"account": "u" * 201}, "account"),
    ("/agents", APPOINTED, {"account": NUMBER}, "account"),
    ("/agents", APPOINTED, {"name": ""}, "name"),
    ("/agents", APPOINTED, {"name": "名" * 101}, "name"),
    ("/agents", APPOINTED, {"phone": ""}, "phone"),
    ("/agents", APPOINTED, {"phone": 13800138000}, "phone"),
    ("/agents", APPOINTED, {"since": "2026-02-30"}, "since"),
    ("/agents", APPOINTED, {"since": "0026-03-02"}, "since"),
    ("/agents", APPOINTED, {"until": "明天"}, "until"),
    ("/agents", APPOINTED, {"role": "agent"}, "body"),
    (f"/agents/{ID}/revise", {"name": "张三", "phone": "13800138000"}, {"name": None}, "name"),
    (f"/agents/{ID}/leave", AWAY, {"since": None}, "since"),
    (f"/agents/{ID}/leave", AWAY, {"until": "2026-13-01"}, "until"),
    (f"/agents/{ID}/leave", AWAY, {"substitute_id": "u-1"}, "substitute_id"),
    (f"/agents/{ID}/end", {"until": "2026-03-16"}, {"until": "2026/03/16"}, "until"),
    ("/authorisations", SIGNED, {"case_id": "1"}, "case_id"),
    ("/authorisations", SIGNED, {"agent_id": None}, "agent_id"),
    ("/authorisations", SIGNED, {"way": "spoken"}, "way"),
    ("/authorisations", SIGNED, {"signed_on": 20260316}, "signed_on"),
    ("/authorisations", SIGNED, {"until": ""}, "until"),
    ("/authorisations", SIGNED, {"items": [ID, ID]}, "items"),
    ("/authorisations", SIGNED, {"items": [ID.replace("6421", f"{n:04d}") for n in range(21)]}, "items"),
    ("/authorisations", SIGNED, {"items": ["1"]}, "items.0"),
    (f"/authorisations/{ID}/revoke", {"revoked_on": "2026-03-16"}, {"revoked_on": True}, "revoked_on"),
    ("/agencies", {"case_id": ID, "authorisation_id": ID}, {"authorisation_id": "x"}, "authorisation_id"),
    ("/agencies", {"case_id": ID, "authorisation_id": ID}, {"agent_id": ID}, "body"),
    (f"/agencies/{ID}/accept", {}, {"days": 3}, "body"),
    (f"/agencies/{ID}/decline", {"reason": "in_person"}, {"reason": "lazy"}, "reason"),
    (f"/agencies/{ID}/forward", {"to_area": VILLAGE[:9]}, {"to_area": "town"}, "to_area"),
    (f"/agencies/{ID}/deliver", {"delivered_on": "2026-03-16"}, {"delivered_on": None}, "delivered_on"),
    (f"/agencies/{ID}/call-back", {"outcome": "satisfied", "charged": False}, {"outcome": "happy"}, "outcome"),
    (f"/agencies/{ID}/call-back", {"outcome": "satisfied", "charged": False}, {"charged": "no"}, "charged"),
    (f"/agencies/{ID}/reassign", {"agent_id": ID}, {"agent_id": ""}, "agent_id"),
    (f"/agencies/{ID}/arrange-visit", VISIT, {"address": ""}, "address"),
    (f"/agencies/{ID}/arrange-visit", VISIT, {"address": "  "}, "address"),
    (f"/agencies/{ID}/arrange-visit", VISIT, {"address": "门" * 201}, "address"),
    (f"/agencies/{ID}/arrange-visit", VISIT, {"visit_on": "2026-03-18T10:00:00"}, "visit_on"),
    (f"/agencies/{ID}/visit", {"visited_on": "2026-03-16"}, {"visited_on": "3000-01-01"}, "visited_on"),
    ("/originals", {"agency_id": ID, "kind": "other"}, {"kind": "passport?"}, "kind"),
    ("/originals", {"agency_id": ID, "kind": "other"}, {"material": 0}, "material"),
    ("/originals", {"agency_id": ID, "kind": "other"}, {"material": 51}, "material"),
    ("/originals", {"agency_id": ID, "kind": "other"}, {"material": "1"}, "material"),
    (f"/originals/{ID}/hand-over", {"to_area": VILLAGE}, {"to_area": ""}, "to_area"),
    (f"/originals/{ID}/hand-over", {"to_area": VILLAGE}, {"to_department": NUMBER}, "to_department"),
    (f"/originals/{ID}/return", RETURNED, {"recipient": "neighbour?"}, "recipient"),
    (f"/originals/{ID}/return", RETURNED, {"returned_on": "today"}, "returned_on"),
    (f"/originals/{ID}/lose", {"lost_on": "2026-03-16"}, {"lost_on": ""}, "lost_on"),
    (f"/originals/{ID}/tell-loss", {"told_on": "2026-03-16"}, {"told_on": 1}, "told_on"),
)
"""Path, a body that is right, what is wrong in it, the field that is named; what is no field is not named."""


async def test_what_is_typed_wrong_is_named_in_chinese_and_not_said_again(door: Door) -> None:
    for path, right, changes, field in WRONG:
        who = TOWN_OFFICER if path.startswith("/agents") else EVERYTHING
        async with door.client(who) as client:
            answer = await client.post(path, json={**right, **changes})
        (named,) = fields(answer)
        assert named[0] == field, (path, changes, named)
        (told,) = answer.json()["errors"]
        assert any("\u4e00" <= letter <= "\u9fff" for letter in told["message"]), told
        (value,) = changes.values()
        if isinstance(value, str) and len(value) > 5:
            assert value not in answer.text, "what was typed is not echoed"


@pytest.mark.parametrize("missing", sorted(AWAY))
async def test_what_is_left_out_is_named(door: Door, missing: str) -> None:
    async with door.client(TOWN_OFFICER) as client:
        body = {name: value for name, value in AWAY.items() if name != missing}
        assert [path for path, _ in fields(await client.post(f"/agents/{ID}/leave", json=body))] == [missing]


async def test_a_body_that_is_right_is_asked_for_what_it_names(door: Door) -> None:
    """None of the bodies above is wrong but by what is wrong in it."""
    for path, right in {path: right for path, right, _, _ in WRONG}.items():
        who = TOWN_OFFICER if path.startswith("/agents") else EVERYTHING
        async with door.client(who) as client:
            answer = await client.post(path, json=right)
        assert answer.json()["code"] in ("not_found", "not_yet"), (path, answer.text)
