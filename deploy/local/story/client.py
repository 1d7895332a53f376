"""HTTP client of the story: real tokens, one idempotency key per request, retries while a part restarts."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

import httpx

from deploy.local.stack.folder import LocalRefused
from deploy.local.stack.ports import Ports
from deploy.local.tokens import LIFETIME, token

PATIENCE = 90.0
"""Seconds for which a request is repeated while a connection is refused or a part answers 503."""


class StoryBroken(Exception):
    """An answer that the story does not expect; the message says what was asked and what came."""


@dataclass(frozen=True)
class Who:
    """A user of the story: role, area and perhaps department of a token. `name`: of one of several with the same."""

    role: str
    area: str
    department: str | None = None
    name: str = "story"

    @property
    def subject(self) -> str:
        return f"{self.name}-{self.role}-{self.area}"


@dataclass(frozen=True)
class Device:
    """A phone of a worker, with what its QR code told it."""

    id: str
    username: str
    password: str = field(repr=False)


class TokenSource(Protocol):
    """Source of access tokens for the users of the story."""

    def token(self, who: Who) -> tuple[str, float]:
        """A token and the seconds for which it may be used. Blocking. Raises LocalRefused while there is none."""
        ...


class DevelopmentTokens:
    """Tokens from the development issuer of a running stack."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def token(self, who: Who) -> tuple[str, float]:
        return token(self._ports, who.role, who.area, who.department, who.subject), LIFETIME / 2


class StoryClient:
    """Client that checks the status of every answer. Every method raises StoryBroken with one sentence."""

    def __init__(self, ports: Ports, source: TokenSource | None = None) -> None:
        self.ports = ports
        self._source = source or DevelopmentTokens(ports)
        self._client = httpx.AsyncClient(base_url=ports.origin, timeout=30, trust_env=False)
        self._tokens: dict[Who, tuple[str, float]] = {}

    async def close(self) -> None:
        await self._client.aclose()

    def say(self, step: int, asked: str, came: str) -> None:
        """Prints one line of the story."""
        print(f"{step:3d}  {asked} → {came}", flush=True)

    async def get(self, who: Who, path: str, query: Mapping[str, Any] | None = None, *, expect: int = 200) -> Any:
        """The JSON of a GET."""
        return (await self.ask(who, "GET", path, expect=expect, query=query)).json()

    async def post(
        self, who: Who, path: str, body: Any, expect: int = 200, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """The answer to a POST of JSON, or of a file's bytes, which is repeated under one idempotency key."""
        return await self.ask(who, "POST", path, body=body, expect=expect, headers=headers)

    async def ask(
        self,
        who: Who,
        method: str,
        path: str,
        *,
        expect: int,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One request, repeated for up to 90 s while a part of the stack is away or not there yet."""
        sent = dict(headers or {})
        if method == "POST":
            sent.setdefault("Idempotency-Key", str(uuid4()))
            sent["Content-Type"] = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        given = {name: value for name, value in (query or {}).items() if value is not None}

        async def send() -> httpx.Response:
            sent["Authorization"] = f"Bearer {await self._token(who)}"
            return await self._client.request(method, path, content=content, params=given, headers=sent)

        return await self._repeated(f"{method} {path}", send, expect)

    async def anybody(self, path: str, body: Any, *, expect: int = 200) -> Any:
        """The JSON of an answer to a POST of somebody who did not log in."""
        return (await self._repeated(path, lambda: self._client.post(path, json=body), expect)).json()

    async def phone(
        self, device: Device, method: str, path: str, instance: bytes | None = None, *, expect: int = 200
    ) -> httpx.Response:
        """A request of a phone below OpenRosa; `instance`: what it sends."""
        files = None if instance is None else {"xml_submission_file": ("instance.xml", instance, "text/xml")}
        address = f"/grid/v1/openrosa/{path}"
        signed = (device.username, device.password)
        return await self._repeated(
            f"{method} {address}", lambda: self._client.request(method, address, files=files, auth=signed), expect
        )

    async def _repeated(self, asked: str, send: Callable[[], Awaitable[httpx.Response]], expect: int) -> httpx.Response:
        """The first answer that would not be another one soon."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        last = "nothing"
        while asyncio.get_running_loop().time() < deadline:
            try:
                answer = await send()
            except (httpx.TransportError, LocalRefused) as error:
                last = type(error).__name__
                await asyncio.sleep(0.3)
                continue
            if not _comes_back(answer):
                if answer.status_code != expect:
                    raise StoryBroken(f"{asked}: expected {expect}, came {_short(answer)}")
                return answer
            last = _short(answer)
            await asyncio.sleep(min(float(answer.headers.get("Retry-After", "1")), 2.0))
        raise StoryBroken(f"{asked}: after {PATIENCE:.0f} s still {last}")

    async def finished(self, who: Who, path: str) -> Any:
        """A job, once it is done. Raises StoryBroken if it ends otherwise or not within 90 s."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < deadline:
            job = await self.get(who, path)
            if job["status"] == "done":
                return job
            if job["status"] in {"failed", "cancelled"}:
                raise StoryBroken(f"{path}: {job['status']} {job['error_code']}")
            await asyncio.sleep(0.3)
        raise StoryBroken(f"{path}: not done after {PATIENCE:.0f} s")

    async def until(
        self, who: Who, path: str, holds: Callable[[Any], bool], query: Mapping[str, Any] | None = None
    ) -> Any:
        """What is there, once that holds. Raises StoryBroken if it does not within 90 s."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < deadline:
            found = await self.get(who, path, query)
            if holds(found):
                return found
            await asyncio.sleep(0.3)
        raise StoryBroken(f"{path}: not as expected after {PATIENCE:.0f} s")

    async def subject_of(self, who: Who) -> str:
        """Subject of a user: the `sub` of the token."""
        payload = (await self._token(who)).split(".")[1]
        subject: str = json.loads(base64.urlsafe_b64decode(payload + "=="))["sub"]
        return subject

    async def _token(self, who: Who) -> str:
        now = asyncio.get_running_loop().time()
        known = self._tokens.get(who)
        if known is None or known[1] < now:
            text, seconds = await asyncio.to_thread(self._source.token, who)
            known = self._tokens[who] = (text, now + seconds)
        return known[0]


def _comes_back(answer: httpx.Response) -> bool:
    """Whether the same request may get another answer soon: 503, a bad gateway, or its twin still in flight."""
    if answer.status_code in {502, 503, 504}:
        return True
    return answer.status_code == httpx.codes.CONFLICT and "Retry-After" in answer.headers


def _short(answer: httpx.Response) -> str:
    try:
        code = answer.json().get("code", "")
    except (ValueError, AttributeError):
        code = ""
    return f"{answer.status_code} {code}".strip()


def position_of(answer: httpx.Response) -> str:
    """Position of a write, for a read with `min_position`."""
    return answer.headers["Xiangli-Position"]


def require(condition: bool, sentence: str) -> None:
    """Raise StoryBroken with the sentence unless the condition holds."""
    if not condition:
        raise StoryBroken(sentence)
