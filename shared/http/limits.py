"""Rate limits (token buckets in PostgreSQL) of endpoints that could enumerate people: a bucket per caller and name.

Who did not log in is known by the address alone.

A question of its own (a search) takes its token first: `rate_limited`. A change that answers a question by the way
(whether a document number is free) pays if it is refused: the use case says so in `AccessNotes.asked`, the route takes
the tokens after the roll-back, into debt if need be, and `counted` lets nobody in whose bucket is empty. What an empty
bucket is worth is remembered in the process, so that a change that goes well asks the database nothing more.
"""

from collections.abc import Awaitable, Callable

from fastapi import Request

from shared.auth.principal import ANONYMOUS
from shared.db import buckets
from shared.http.kit import Kit, RequestState, state_of


def rate_limited(
    name: str, *, per_minute: int | None = None, per_hour: int | None = None
) -> Callable[[Request], Awaitable[None]]:
    """A dependency that takes a token, `dependencies=[Depends(rate_limited("person_search"))]`; first in the list.

    `per_minute` overrides the deployment's number, `per_hour` goes before both. The bucket holds a minute's, or an
    hour's, worth. The token is taken in a transaction of its own: a request that is refused or rolled back later has
    used it all the same.
    """

    async def take(request: Request) -> None:
        state = state_of(request)
        if state.session is not None:
            raise RuntimeError("rate_limited must stand before whatever opens the transaction")
        tokens = per_hour or per_minute or state.kit.settings.rate_per_minute
        seconds = buckets.MINUTE if per_hour is None else buckets.HOUR
        await take_token(state.kit, name, _asking(state), tokens, seconds=seconds)

    return take


def counted(name: str) -> Callable[[Request], Awaitable[None]]:
    """A dependency for a change that answers a question of this bucket by the way. Raises `RateLimited`."""

    async def look(request: Request) -> None:
        state = state_of(request)
        state.kit.emptied.refuse(name, state.principal.subject, state.kit.clock.now())

    return look


def _asking(state: RequestState) -> str:
    """Whose bucket it is: the subject's; of who did not log in, that of the address, kept as a keyed digest."""
    if not state.principal.anonymous:
        return state.principal.subject
    return f"{ANONYMOUS}:{state.kit.crypto.blind('rate_buckets.address', state.caller)[0].digest.hex()[:32]}"


async def take_token(kit: Kit, name: str, caller: str, tokens: int, *, seconds: int = buckets.MINUTE) -> None:
    """Take one token or raise `RateLimited` with the seconds until there is one."""
    now = kit.clock.now()
    kit.emptied.refuse(name, caller, now)
    async with kit.database.session(caller) as session:
        granted, wait = await buckets.draw(session, name, caller, tokens, now, seconds=seconds)
        await session.commit()
    kit.emptied.note(name, caller, now, wait)
    if not granted:
        kit.emptied.refuse(name, caller, now)


async def charge(state: RequestState) -> None:
    """Let a refused request pay for the questions that were answered on its way. The transaction is rolled back."""
    session, kit, now = state.session, state.kit, state.kit.clock.now()
    if session is None:
        return
    for name, count in (+state.notes.asked).items():  # those of which something was asked
        caller, rate = state.principal.subject, kit.settings.rate_per_minute
        wait = await buckets.charge(session, name, caller, rate, now, count=count)
        await session.commit()
        kit.emptied.note(name, caller, now, wait)
