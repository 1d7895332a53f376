"""Client of the county's public interfaces: waits while a part is away, never while a request is wrong. Blocking."""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, Protocol
from uuid import NAMESPACE_URL, uuid5

import httpx

from deploy.first_day.county_file import Account
from deploy.first_day.refusal import FirstDayRefused

PATIENCE = 180.0
"""Seconds for which a request is repeated while a part is away, or what it needs has not come over the bus."""
LIFETIME = 240.0
"""Seconds for which a token is used: shorter than any issuer's."""
AWAY = (429, 502, 503, 504)


class TokenSource(Protocol):
    """Source of access tokens. Raises FirstDayRefused if somebody cannot log in."""

    def token(self, account: Account) -> str: ...


class Interfaces:
    """The four services below one address, as the accounts of a county use them."""

    def __init__(self, origin: str, source: TokenSource, client: httpx.Client | None = None) -> None:
        self.origin = origin.rstrip("/")
        self._source = source
        self._client = client or httpx.Client(timeout=60)
        self._tokens: dict[str, tuple[str, float]] = {}

    def close(self) -> None:
        self._client.close()

    def get(self, who: Account | None, path: str, **query: Any) -> Any:
        """The JSON of a GET; None if there is no such thing. Raises FirstDayRefused."""
        answer = self.ask(who, "GET", path, query=query, missing=True)
        return None if answer.status_code == httpx.codes.NOT_FOUND else answer.json()

    def listed(self, who: Account, path: str, **query: Any) -> Iterator[Any]:
        """All rows of a list."""
        cursor: str | None = None
        while True:
            page = self.get(who, path, limit=200, cursor=cursor, **query)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def post(
        self,
        who: Account,
        path: str,
        body: Any,
        *,
        seen: str | None = None,
        waits_for: tuple[str, ...] = (),
        there: tuple[str, ...] = (),
    ) -> Any:
        """The JSON of a POST under a key that follows from it: sent again it changes nothing. None if it is `there`.

        `seen`: the ETag. `waits_for`: codes of refusals that pass as soon as the bus has brought something;
        `there`: codes that say that it was done before. Raises FirstDayRefused.
        """
        key = str(uuid5(NAMESPACE_URL, f"{who.username} {path} {seen} {json.dumps(body, sort_keys=True)}"))
        headers = {"Idempotency-Key": key} | ({"If-Match": seen} if seen else {})
        answer = self.ask(who, "POST", path, body=body, headers=headers, waits_for=waits_for, there=there)
        return answer.json() if answer.is_success else None

    def ask(
        self,
        who: Account | None,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        missing: bool = False,
        waits_for: tuple[str, ...] = (),
        there: tuple[str, ...] = (),
    ) -> httpx.Response:
        """One request, repeated for up to three minutes while it could not be answered otherwise."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        deadline = time.monotonic() + PATIENCE
        while True:
            login = {} if who is None else {"Authorization": f"Bearer {self._token(who)}"}
            try:
                answer = self._client.request(
                    method, self.origin + path, params=given, json=body, headers={**(headers or {}), **login}
                )
            except httpx.TransportError as error:
                if time.monotonic() > deadline:
                    raise self._away(type(error).__name__) from error
                time.sleep(0.5)
                continue
            code = code_of(answer)
            if answer.is_success or code in there or (missing and answer.status_code == httpx.codes.NOT_FOUND):
                return answer
            passes = answer.status_code in AWAY or code in waits_for or code == "request_in_flight"
            if not passes or time.monotonic() > deadline:
                raise refusal(f"{method} {path}", answer, code)
            time.sleep(min(float(answer.headers.get("Retry-After", "0.3")), 5.0))

    def _away(self, said: str) -> FirstDayRefused:
        return FirstDayRefused(
            f"{self.origin} 没有应答。请核对地址，并在集群内运行 doctor 检查。",
            f"{self.origin} does not answer ({said}); check the address, and run `doctor` inside.",
        )

    def _token(self, who: Account) -> str:
        text, until = self._tokens.get(who.username, ("", 0.0))
        if until < time.monotonic():
            text = self._source.token(who)
            self._tokens[who.username] = text, time.monotonic() + LIFETIME
        return text


def code_of(answer: httpx.Response) -> str:
    """The stable code of a refusal; empty if the answer is none of ours."""
    if answer.is_success:
        return ""
    try:
        return str(answer.json().get("code", ""))
    except (ValueError, AttributeError):
        return ""


def refusal(asked: str, answer: httpx.Response, code: str) -> FirstDayRefused:
    """The refusal of a service in its own words: what, where, what to do. Bodies never echo what was sent."""
    try:
        body = answer.json()
        wrong = [f"{one['path']} {one['message']}" for one in body["errors"][:3]]
        chinese, advice = "，".join([str(body["title"]), *wrong]), str(body.get("advice", "请按提示更正后再试"))
    except (ValueError, KeyError, TypeError):
        chinese, advice = f"应答 {answer.status_code}", "请查看服务日志"
    return FirstDayRefused(
        f"{asked}：{chinese}。{advice}。",
        f"{asked} was refused: {answer.status_code} {code}; correct what it names, then begin again.",
    )
