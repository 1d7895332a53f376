"""Requests under a key that are sent again after their sender was moved to another place, lost the post, or both.

For each service: what was created, what was taken a step further, and what was taken back. Whoever could not do it
today is shown nothing of it, and nothing happens; back at the place, the same answer comes again.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import httpx

from shared.auth.principal import Grant, Principal
from shared.testing.doors import Door


class Asked(NamedTuple):
    """A request under a key. `tag`: the version that was seen; None: any."""

    path: str
    body: Any = None
    tag: int | None = None


async def send(door: Door, who: Principal, one: Asked, key: str) -> httpx.Response:
    headers = {"Idempotency-Key": key} | ({} if one.tag is None else {"If-Match": f'"{one.tag}"'})
    async with door.client(who) as client:
        return await client.post(one.path, json=one.body, headers=headers)


async def sent_again(door: Door, who: Principal, one: Asked, elsewhere: Sequence[Grant]) -> Any:
    """The answer of what succeeds, after it was asked for again with every grant that opens it no more."""
    first = await send(door, who, one, one.path)
    assert first.is_success, (one.path, first.text)
    told = set(_words(first.json()))
    for grants in ((), tuple(elsewhere), *((grant,) for grant in elsewhere)):
        again = await send(door, Principal(who.subject, grants), one, one.path)
        assert again.status_code in (403, 404), (one.path, grants, again.text)
        assert not told & set(_words(again.json())) - {one.path}, (one.path, again.text)
        assert not {"etag", "location", "xiangli-position"} & {name.lower() for name in again.headers}
    same = await send(door, who, one, one.path)
    assert (same.status_code, same.content) == (first.status_code, first.content)
    return first.json()


def _words(value: Any) -> list[str]:
    """The ids of an answer: long texts that no refusal has."""
    if isinstance(value, dict):
        return [word for one in value.values() for word in _words(one)]
    if isinstance(value, list):
        return [word for one in value for word in _words(one)]
    return [value] if isinstance(value, str) and len(value) == 36 else []
