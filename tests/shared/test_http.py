"""The HTTP door: who is let in, what is refused and how."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest

from shared.auth.access_log import AccessLogUnavailable
from shared.errors import Invalid
from shared.http.bodies import MAX_NAMES, MAX_PARTS, misshapen, parse_json
from shared.http.kit import Access
from shared.ids import new_id
from shared.testing.plugin import DatabaseOf
from tests.shared.http_service import (
    ASSESSOR,
    CLERK,
    NEIGHBOUR,
    RESIDENT,
    SECRET,
    VILLAGE,
    client,
)
from tests.shared.http_world import HttpWorld, things_world


@pytest.fixture
async def world(committed_of: DatabaseOf) -> AsyncIterator[HttpWorld]:
    async with things_world(committed_of) as one:
        yield one


@pytest.fixture
async def clerk(world: HttpWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with client(world.app, CLERK) as one:
        yield one


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The body of a problem of this status and code, of the form that every problem has."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["code"] == code
    assert body["type"] == f"urn:xiangli:problem:{code}"
    assert body["status"] == status
    assert body["request_id"] == answer.headers["x-request-id"]
    assert any("\u4e00" <= character <= "\u9fff" for character in body["title"])
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    return body


async def test_a_created_thing_is_answered_stored_announced_and_logged(
    world: HttpWorld, clerk: httpx.AsyncClient
) -> None:
    answer = await clerk.post("/things", json={"name": "井"})
    assert answer.status_code == 201
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["xiangli-position"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert await world.count("things") == 1
    assert await world.count("outbox") == 1
    [row] = await world.rows("SELECT subject, action, noun, object_id, area, request_id FROM access_log")
    assert (row["subject"], row["action"], row["noun"]) == ("clerk-1", "make", "test.thing")
    assert row["object_id"] == answer.json()["id"]
    assert row["request_id"] == answer.headers["x-request-id"]


# -- who is let in


async def test_without_a_token_nobody_is_let_in(world: HttpWorld) -> None:
    async with client(world.app, None) as stranger:
        answer = await stranger.post("/things", content=b"{broken", headers={"content-type": "application/json"})
        problem(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"
        for header in ("", "Bearer", "Basic abc", "Bearer nobody"):
            problem(await stranger.get("/own", headers={"Authorization": header}), 401, "unauthenticated")


async def test_the_wrong_role_is_refused_before_the_body_is_looked_at(world: HttpWorld) -> None:
    async with client(world.app, ASSESSOR) as assessor:
        problem(await assessor.post("/things", content=b"{broken"), 403, "forbidden")


async def test_a_resident_never_passes_an_area_endpoint_but_passes_their_own(world: HttpWorld) -> None:
    async with client(world.app, RESIDENT) as resident:
        problem(await resident.get(f"/things/{new_id()}"), 403, "forbidden")
        assert (await resident.get("/own")).json() == {"subject": "resident-1"}


async def test_an_open_endpoint_asks_for_no_token_but_a_bad_one_is_refused(world: HttpWorld) -> None:
    async with client(world.app, None) as stranger:
        assert (await stranger.get("/open")).json() == {"subject": "anonymous"}
        problem(await stranger.get("/open", headers={"Authorization": "Bearer nobody"}), 401, "unauthenticated")


async def test_an_endpoint_whose_access_was_lost_serves_nobody(world: HttpWorld, clerk: httpx.AsyncClient) -> None:
    del world.app.state.kit.access["readOwn"]
    problem(await clerk.get("/own"), 403, "forbidden")
    async with client(world.app, None) as stranger:
        problem(await stranger.get("/own"), 401, "unauthenticated")


def test_an_access_entry_names_a_permission_that_exists() -> None:
    with pytest.raises(ValueError, match="no role carries"):
        Access("person.delete", "area")
    with pytest.raises(ValueError, match="open"):
        Access(None, "area")


async def test_what_one_may_not_see_and_what_is_not_there_have_one_body(
    world: HttpWorld, clerk: httpx.AsyncClient
) -> None:
    thing = (await clerk.post("/things", json={"name": "井"})).json()["id"]
    async with client(world.app, NEIGHBOUR) as neighbour:
        hidden = problem(await neighbour.get(f"/things/{thing}"), 404, "not_found")
        missing = problem(await neighbour.get(f"/things/{new_id()}"), 404, "not_found")
    assert {**hidden, "request_id": ""} == {**missing, "request_id": ""}
    assert (await clerk.get(f"/things/{thing}")).status_code == 200


async def test_a_look_that_was_refused_is_in_the_access_log_too(world: HttpWorld, clerk: httpx.AsyncClient) -> None:
    thing = (await clerk.post("/things", json={"name": "井"})).json()["id"]
    async with client(world.app, NEIGHBOUR) as neighbour:
        await neighbour.get(f"/things/{thing}")
    rows = await world.rows("SELECT subject FROM access_log WHERE object_id = $1 AND action = 'read'", thing)
    assert [row["subject"] for row in rows] == ["clerk-2"]


async def test_without_an_access_log_there_is_no_answer_and_no_change(
    world: HttpWorld, clerk: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: object) -> None:
        raise AccessLogUnavailable(retry_after=1)

    monkeypatch.setattr(world.app.state.kit.access_log, "write", away)
    problem(await clerk.post("/things", json={"name": "井"}), 503, "access_log_unavailable")
    assert await world.count("things") == 0
    assert await world.count("outbox") == 0


# -- what is refused


async def test_a_malformed_body_is_answered_with_paths_codes_and_chinese_messages(clerk: httpx.AsyncClient) -> None:
    body = {"area": VILLAGE, "parts": [{"label": "ok"}, {"label": SECRET * 3}], "born_on": SECRET, SECRET: SECRET}
    errors = problem(await clerk.post("/things", json=body), 422, "invalid_request")["errors"]
    assert {error["path"]: error["code"] for error in errors} == {
        "name": "missing",
        "parts.1.label": "string_too_long",
        "born_on": "date_from_datetime_parsing",
        "body": "extra_forbidden",
    }
    assert next(error["message"] for error in errors if error["path"] == "parts.1.label") == "最多 20 个字符"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "json_invalid"),
        (b'{"name": "\xff"}', "json_invalid"),
        (b'{"name": "\\ud800"}', "json_invalid"),
        (b'{"name": NaN}', "json_invalid"),
        (b"[" * 500 + b"]" * 500, "json_too_deep"),
        (b'{"name":' * 33 + b"1" + b"}" * 33, "json_too_deep"),
        (b'{"name": "a\\u0000b"}', "control_character"),
        (b'{"name": "a", "name": "b"}', "name_twice"),
        (b'{"name": "a", "n\\u0061me": "a"}', "name_twice"),
        (b'{"name": "a", "parts": [{"label": "10:00", "label": "10:00"}]}', "name_twice"),
        (b'"text"', "model_attributes_type"),
        (b"[]", "model_attributes_type"),
        (b"", "missing"),
    ],
)
async def test_a_body_that_is_no_object_of_ours_is_refused(clerk: httpx.AsyncClient, content: bytes, code: str) -> None:
    answer = await clerk.post("/things", content=content, headers={"content-type": "application/json"})
    [error] = problem(answer, 422, "invalid_request")["errors"]
    assert error["code"] == code
    assert error["path"] == "body"


@pytest.mark.parametrize(
    "content",
    [
        b'{"a:b": "2026-03-16T10:00:00+08:00", "c": [{"a:b": ":"}, {"a:b": ":"}]}',
        b'{"a": "\\u003a", "b": {"a": ":::"}}',
        b'{"a": ":", "b": ' + b"9" * 300 + b"}",
    ],
)
def test_a_colon_makes_no_name(content: bytes) -> None:
    assert parse_json(content) == orjson.loads(content)


CONTROL = ("%00", "%0A", "%1B", "%1b%5B31m", "%7F", "%C2%9B")


@pytest.mark.parametrize("control", CONTROL)
@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/things/{}", "path"), ("/thi{}ngs", "path"), ("/nowhere/{}", "path"), ("/../openapi.json{}", "path"),
        ("/things?limit={}", "query"), ("/things?{}=1", "query"), ("/nowhere?a={}", "query"),
        ("/open?a=1&b={}", "query"),
    ],
)  # fmt: skip
async def test_an_address_with_control_characters_is_refused_alike_wherever_it_leads(
    world: HttpWorld, path: str, part: str, control: str
) -> None:
    for principal in (CLERK, None):
        async with client(world.app, principal) as one:
            for method in ("GET", "POST"):
                answer = await one.request(method, path.format(control))
                [error] = problem(answer, 422, "invalid_request")["errors"]
                assert (error["path"], error["code"]) == (part, "control_character")


async def test_a_body_that_does_not_say_that_it_is_json_is_refused(clerk: httpx.AsyncClient) -> None:
    answer = await clerk.post("/things", content=b'{"name": "x"}', headers={"content-type": "text/plain"})
    problem(answer, 422, "invalid_request")


def test_depth_is_counted_to_the_last_allowed_level() -> None:
    deep: Any = "x"
    for _ in range(32):
        deep = [deep]
    assert misshapen(deep) is None
    assert misshapen([deep]) == "json_too_deep"
    assert misshapen({"a": [1, {"b": deep}]}) == "json_too_deep"
    assert misshapen([[1, 2, {}]] * 1000) is None


def test_names_are_counted_in_every_object_of_a_body() -> None:
    wide = {f"n{number}": 1 for number in range(MAX_NAMES)}
    assert parse_json(orjson.dumps([wide, {"a": [wide]}])) == [wide, {"a": [wide]}]
    assert misshapen({"a": [1, {"b": wide | {"more": 1}}]}) == "too_many_names"


def test_names_are_counted_in_all_objects_of_a_body_together() -> None:
    """A megabyte of objects with unknown fields of few names each stopped a process for 0.4 s."""
    row = b'{"a":1,"b":2,"c":3,"d":4,"e":5}'
    assert len(parse_json(b"[" + b",".join([row] * 5_000) + b"]")) == 5_000
    with pytest.raises(Invalid) as refused:
        parse_json(b"[" + b",".join([row] * 5_001) + b"]")
    assert refused.value.errors[0].code == "too_many_names_in_all"


async def test_what_could_not_be_right_is_refused_before_it_is_validated(clerk: httpx.AsyncClient) -> None:
    """Each unknown field is an error of its own: tens of thousands of them stopped a process for a second."""
    answer = await clerk.post("/things", json={f"n{number}": 1 for number in range(MAX_NAMES + 1)})
    assert [one["code"] for one in problem(answer, 422, "invalid_request")["errors"]] == ["too_many_names"]
    assert len(parse_json(b"[" + b"[]," * (MAX_PARTS - 2) + b"[]]")) == MAX_PARTS - 1
    with pytest.raises(Invalid) as refused:
        parse_json(b"[" + b"[]," * MAX_PARTS + b"[]]")
    assert refused.value.errors[0].code == "too_many_parts"


async def test_an_oversize_body_is_refused_whether_it_says_its_size_or_not(clerk: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b" " * 1024

    headers = {"content-type": "application/json"}
    for content in (b" " * 4097, chunks()):
        refused = problem(await clerk.post("/things", content=content, headers=headers), 413, "payload_too_large")
        assert "4096" in refused["detail"], "the caller is told how much it may be"


@pytest.mark.parametrize(
    "path", [f"/things/{SECRET}", f"/things?limit={SECRET}", "/things?limit=201", "/things?limit=0"]
)
async def test_wrong_parameters_name_their_place(clerk: httpx.AsyncClient, path: str) -> None:
    [error] = problem(await clerk.get(path), 422, "invalid_request")["errors"]
    assert error["path"] in ("path.id", "query.limit")


async def test_a_query_parameter_that_nobody_reads_or_that_comes_twice_is_refused(clerk: httpx.AsyncClient) -> None:
    for method, path, known in (
        ("GET", "/things?limits=5", "cursor、limit"),
        ("GET", "/things?limit=5&Limit=5", "cursor、limit"),
        ("GET", f"/things/quick/{new_id()}?view=full", "purpose"),
        ("POST", "/things?dry_run=true", "无"),
    ):
        [error] = problem(await clerk.request(method, path, json={"name": "井"}), 422, "invalid_request")["errors"]
        assert (error["path"], error["code"]) == ("query", "extra_forbidden"), path
        assert error["message"].endswith(f"可用的有：{known}")
    [error] = problem(await clerk.get("/things?limit=5&limit=6"), 422, "invalid_request")["errors"]
    assert (error["path"], error["code"]) == ("query.limit", "repeated")
    assert (await clerk.get("/things?limit=5")).status_code == 200
    assert (await clerk.get("/figures?min_position=")).status_code == 200, "dependencies' parameters count too"


async def test_unknown_paths_and_methods_are_problems_too(clerk: httpx.AsyncClient) -> None:
    problem(await clerk.get("/nothing-here"), 404, "not_found")
    answer = await clerk.delete("/things")
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"]


async def test_a_defect_of_ours_is_a_bare_500(clerk: httpx.AsyncClient) -> None:
    body = problem(await clerk.get("/boom"), 500, "internal")
    assert "broken" not in str(body)


async def test_a_broken_unique_constraint_is_told_in_the_services_words(
    world: HttpWorld, clerk: httpx.AsyncClient
) -> None:
    assert (await clerk.post("/things", json={"name": "井"})).status_code == 201
    problem(await clerk.post("/things", json={"name": "井"}), 409, "thing_name_taken")
    assert await world.count("outbox") == 1


async def test_text_that_the_database_cannot_hold_is_the_callers_fault(clerk: httpx.AsyncClient) -> None:
    problem(
        await clerk.post("/things", json={"name": "x", "area": VILLAGE, "nickname": "a\x00b"}), 422, "invalid_request"
    )
