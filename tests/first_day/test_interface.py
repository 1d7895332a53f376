"""The client of a first day: it waits for what passes, and says in two sentences what does not."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from deploy.first_day import check, interface
from deploy.first_day.county_file import Account, Year, county
from deploy.first_day.interface import Interfaces
from deploy.first_day.refusal import FirstDayRefused
from deploy.first_day.steps import areas, calendar, keys, ledgers
from shared.auth.roles import Role

CLERK = Account(username="clerk", role=Role.VILLAGE_CLERK, area="450481114201")
Handler = Callable[[httpx.Request], httpx.Response]


class Tokens:
    """Counts who asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def token(self, account: Account) -> str:
        self.asked.append(account.username)
        return f"token-{len(self.asked)}"


def talking(answer: Handler) -> tuple[Interfaces, Tokens]:
    tokens = Tokens()
    client = httpx.Client(transport=httpx.MockTransport(answer))
    return Interfaces("https://county.example/", tokens, client), tokens


def problem(status: int, code: str, **more: Any) -> httpx.Response:
    body = {"code": code, "title": "与现有数据冲突", "advice": "请刷新后核对", "errors": [], **more}
    return httpx.Response(status, json=body, headers={"Retry-After": "0"})


@pytest.mark.parametrize(
    "passes",
    [
        problem(503, "unavailable"),
        problem(429, "rate_limited"),
        problem(409, "request_in_flight"),
        problem(422, "grid_village_unknown"),
        httpx.ConnectError("nobody"),
    ],
    ids=["away", "limited", "twin", "not yet", "no connection"],
)
def test_what_passes_is_waited_for_under_one_key(
    passes: httpx.Response | httpx.TransportError, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if len(seen) < 3:
            if isinstance(passes, httpx.TransportError):
                raise passes
            return passes
        return httpx.Response(201, json={"id": 1})

    ask, _ = talking(answer)
    assert ask.post(CLERK, "/grid/v1/x", {"a": 1}, waits_for=("grid_village_unknown",)) == {"id": 1}
    assert len({request.headers["idempotency-key"] for request in seen}) == 1
    assert str(seen[0].url) == "https://county.example/grid/v1/x"


def test_another_body_or_another_account_has_another_key() -> None:
    found: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        found.append(request.headers["idempotency-key"])
        return httpx.Response(201, json={})

    ask, _ = talking(answer)
    other = CLERK.model_copy(update={"username": "other"})
    for who, body in ((CLERK, {"a": 1}), (CLERK, {"a": 1}), (CLERK, {"a": 2}), (other, {"a": 1})):
        ask.post(who, "/x", body)
    assert found[0] == found[1]
    assert len(set(found)) == 3


def test_what_is_wrong_is_said_in_the_services_own_words_and_not_sent_again() -> None:
    errors = [{"path": "rows.3.name", "code": "missing", "message": "必填"}]
    ask, _ = talking(lambda _: problem(422, "invalid_request", title="请求内容不正确", errors=errors))
    with pytest.raises(FirstDayRefused) as refused:
        ask.post(CLERK, "/registry/v1/areas/import", {"name": "韦甲子"})
    assert refused.value.chinese == "POST /registry/v1/areas/import：请求内容不正确，rows.3.name 必填。请刷新后核对。"
    assert "422 invalid_request" in refused.value.english
    assert "韦甲子" not in str(refused.value)


def test_what_was_done_before_is_no_refusal_and_what_is_not_there_is_none() -> None:
    ask, _ = talking(lambda request: problem(409 if request.method == "POST" else 404, "unit_taken"))
    assert ask.post(CLERK, "/x", {}, there=("unit_taken",)) is None
    assert ask.get(CLERK, "/x") is None


def test_an_address_that_does_not_answer_or_answers_otherwise_is_two_sentences(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(interface, "PATIENCE", -1.0)

    def away(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("late")

    ask, _ = talking(away)
    with pytest.raises(FirstDayRefused, match="run `doctor` inside"):
        ask.get(CLERK, "/x")
    ask, _ = talking(lambda _: httpx.Response(502, text="<html>bad gateway</html>"))
    with pytest.raises(FirstDayRefused) as refused:
        ask.get(CLERK, "/x")
    assert refused.value.chinese == "GET /x：应答 502。请查看服务日志。"


def test_a_list_is_read_to_its_end_with_one_token(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer token-1"
        second = "cursor" in request.url.params
        return httpx.Response(200, json={"items": [2] if second else [1], "next_cursor": None if second else "c"})

    ask, tokens = talking(answer)
    assert list(ask.listed(CLERK, "/x", area="450481")) == [1, 2]
    assert tokens.asked == ["clerk"]
    monkeypatch.setattr(interface, "LIFETIME", -1.0)
    ask, tokens = talking(lambda _: httpx.Response(200, json={}))
    ask.get(CLERK, "/x")
    ask.get(CLERK, "/x")
    assert tokens.asked == ["clerk", "clerk"]
    ask.get(None, "/openapi.json")
    assert tokens.asked == ["clerk", "clerk"], "what is public takes no login"


COUNTY = county(
    {
        "county": "450481",
        "books_opened_on": "2026-01-01",
        "divisions": [{"code": "450481000000", "name": "岑溪市", "level": "3", "parent_code": ""}],
        "ledgers": [{"code": "disputes", "owner": "grid"}],
        "accounts": [
            {"username": "registrar", "role": "county_registrar", "area": "450481"},
            {"username": "one", "role": "county_officer", "area": "450481"},
            {"username": "two", "role": "county_officer", "area": "450481"},
            {"username": "operator", "role": "operator", "area": "450481"},
            {"username": "clerk", "role": "village_clerk", "area": "450481114201"},
        ],
    }
)


def test_a_ledger_is_drafted_by_one_and_published_by_another() -> None:
    done: list[tuple[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return problem(404, "not_found")
        done.append((request.headers["authorization"], request.url.path))
        return httpx.Response(201, json={})

    ask, _ = talking(answer)
    assert ledgers(COUNTY, ask).english == "1 ledgers are in force."
    (drafter, draft), (publisher, publish) = done
    assert drafter != publisher
    assert (draft, publish) == ("/grid/v1/ledger-drafts", "/grid/v1/ledger-drafts/disputes/publish")


def test_an_empty_county_takes_the_file_with_the_day_its_books_open() -> None:
    sent: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return problem(404, "not_found")
        sent.append(json.loads(request.content))
        return httpx.Response(200, json={"opened": 1})

    ask, _ = talking(answer)
    assert areas(COUNTY, ask).english == "1 areas are opened."
    assert sent == [
        {
            "books_opened_on": "2026-01-01",
            "rows": [{"code": "450481000000", "name": "岑溪市", "level": 3, "parent_code": None}],
        }
    ]


def test_keys_are_told_by_their_ids() -> None:
    ring = {"active": "k2", "others": ["k1"]}
    ask, _ = talking(lambda _: httpx.Response(200, json={"field": ring, "index": ring, "rotation": None}))
    assert "grid k2/k2" in keys(COUNTY, ask).chinese


def test_a_clerk_who_sees_the_neighbours_village_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    villages = [{"code": "450481114201"}, {"code": "450481114202"}]
    ask, _ = talking(lambda _: httpx.Response(200, json={"items": villages, "count": 3, "next_cursor": None}))
    with pytest.raises(FirstDayRefused, match="sees the village 450481114202, too; check the grants"):
        check.check(COUNTY, ask)


def test_figures_that_do_not_follow_fail_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "FRESH_WITHIN", -1.0)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("area") not in (None, "450481114201"):
            return problem(404, "not_found")
        return httpx.Response(200, json={"items": [], "count": 3, "values": [{"value": 2}], "next_cursor": None})

    ask, _ = talking(answer)
    with pytest.raises(FirstDayRefused, match="the figure of residents is 2, the register has 3"):
        check.check(COUNTY, ask)


@pytest.mark.parametrize(
    ("held", "posted"),
    [
        ({"before": ["2029-12-31"]}, 0),
        ({"before": []}, 1),
        ({"before": ["2029-12-30", "2029-12-31"]}, 1),
        ({"before": ["2029-12-31"], "later": ["2030-12-31"]}, 0),
        ({"before": ["2029-12-31"], "provisional": True}, 1),
        ({"before": ["2029-12-31"], "own": ["2030-01-02"]}, 1),
    ],
    ids=["as the notice says", "without its day", "another day more", "moved by the next", "provisional", "other days"],
)
def test_a_notice_is_published_again_only_where_the_calendar_says_something_else(
    held: dict[str, Any], posted: int
) -> None:
    """The notice for 2030 gives 2029-12-31 off, which stands in the calendar of 2029."""
    before, later = held["before"], held.get("later", [])

    def year(number: int, holidays: list[str], next_: list[str], **more: Any) -> dict[str, Any]:
        days = {"holidays": sorted([*holidays, *next_]), "working_weekends": [], "by_next_notice": next_}
        return {"year": number, **days, "provisional": False, "version": 1, **more}

    own = held.get("own", ["2030-01-01"])
    told = [year(2029, ["2029-01-01"], before), year(2030, own, later, provisional=held.get("provisional", False))]
    steps: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"items": told})
        steps.append(request)
        return httpx.Response(200, json={})

    ask, _ = talking(answer)
    notice = Year(year=2030, holidays=["2029-12-31", "2030-01-01"], working_weekends=[], source="gbf-2029-7")
    registrar = Account(username="registrar", role=Role.COUNTY_REGISTRAR, area="450481")
    file = COUNTY.model_copy(update={"calendar": [notice], "accounts": [registrar]})
    calendar(file, ask)
    assert len(steps) == posted
