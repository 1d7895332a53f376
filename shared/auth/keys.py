"""JWKS cache of the issuer's public keys: refreshed behind requests, served stale within a limit."""

import asyncio

import httpx
import structlog

from shared.auth.jwks import IssuerFault, Keys, PublicKey, fetch_keys
from shared.clock import Clock
from shared.errors import Unavailable
from shared.observability import metrics
from shared.observability.seldom import Seldom

log = structlog.get_logger(__name__)

SETTING = "XIANGLI_OIDC_ISSUER"
REFRESH = 300.0
"""Seconds after which the keys are fetched again, so that a key that was taken away stops working."""
RETRY = 5.0
"""Seconds between fetches while the issuer does not answer."""
UNKNOWN_KID = 10.0
"""Seconds between fetches for key ids that nobody knows: a stranger's tokens must not become a stream of them."""
UNKNOWN_BURST = 3
"""So many such fetches may follow each other at once: a key that signs as soon as it exists is found at once."""
TIMEOUT = 5.0


class IssuerAway(Unavailable):
    """Refusal: the issuer's keys cannot be fetched, and the cached ones are older than the deployment allows."""

    code, title = "issuer_unavailable", "身份服务暂时不可用"
    advice = "请稍候再试；持续出现时请联系运维人员"


class IssuerKeys:
    """JWKS cache of one issuer.

    `stale_limit`: seconds beyond `REFRESH` for which known keys serve without the issuer.
    """

    def __init__(
        self, issuer: str, *, clock: Clock, stale_limit: float, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._issuer = issuer
        self._clock = clock
        self._stale_limit = stale_limit
        self._transport = transport
        self._keys: Keys = {}
        self._thumbprints: frozenset[str] = frozenset()
        self._fetched = float("-inf")
        self._tried = float("-inf")
        self._fault: str | None = None
        self._questions = float(UNKNOWN_BURST)  # fetches for unknown ids that may be made now
        self._asked = float("-inf")
        self._refreshing: asyncio.Task[None] | None = None
        self._beginning: asyncio.Task[None] | None = None
        self._seldom = Seldom(clock)
        self.generation = 0  # moves whenever the set of keys changes

    @property
    def known(self) -> bool:
        """Whether the issuer ever gave its keys to this process."""
        return bool(self._keys)

    @property
    def fault(self) -> str | None:
        """Why the last fetch failed, naming the setting; None if it succeeded."""
        return self._fault

    def begin(self) -> None:
        """Fetch the keys before the first token comes, as often as it takes."""
        self._beginning = asyncio.create_task(self._begin(), name="issuer-keys-first")

    async def ensure(self) -> None:
        """Usable keys, or `IssuerAway`. Waits for the issuer only if the known keys are too old to serve."""
        if self._now() - self._fetched <= REFRESH:
            return
        running = self._refresh_soon(RETRY)
        if self._usable():
            return
        if running is not None:
            await asyncio.shield(running)
        if not self._usable():
            raise IssuerAway(retry_after=int(RETRY))

    async def get(self, kid: str) -> tuple[PublicKey, frozenset[str]] | None:
        """The key of this id and the names of its algorithm.

        An unknown id makes us ask the issuer, now and then. Raises `IssuerAway` if it cannot be asked: its owner may
        have made the key just now.
        """
        await self.ensure()
        if (known := self._keys.get(kid)) is not None:
            return known
        if self._refreshing is not None and self._is_running():
            await asyncio.shield(self._refreshing)
        if kid not in self._keys and (asked := self._ask()) is not None:
            await asyncio.shield(asked)
        if kid not in self._keys and self._fault is not None:
            raise IssuerAway(retry_after=int(RETRY))
        return self._keys.get(kid)

    async def close(self) -> None:
        """Cancel the fetch under way."""
        tasks = [task for task in (self._beginning, self._refreshing) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _usable(self) -> bool:
        return self._now() - self._fetched <= REFRESH + self._stale_limit

    def _is_running(self) -> bool:
        return self._refreshing is not None and not self._refreshing.done()

    def _refresh_soon(self, pause: float) -> asyncio.Task[None] | None:
        """The fetch that is under way; a new one unless the last one ended less than `pause` seconds ago."""
        if not self._is_running() and self._now() - self._tried >= pause:
            self._refreshing = asyncio.create_task(self._refresh(), name="issuer-keys")
        return self._refreshing if self._is_running() else None

    def _ask(self) -> asyncio.Task[None] | None:
        """A fetch for an id that nobody knows, if one is allowed now."""
        if self._fault is not None and self._now() - self._tried < RETRY:
            return None
        now = self._now()
        self._questions = min(UNKNOWN_BURST, self._questions + (now - self._asked) / UNKNOWN_KID)
        self._asked = now
        if self._questions < 1:
            return None
        self._questions -= 1
        return self._refresh_soon(0)

    async def _begin(self) -> None:
        pause = 0.5
        while not self.known:
            running = self._refresh_soon(0)
            if running is not None:
                await asyncio.shield(running)
            if not self.known:
                await asyncio.sleep(pause)
                pause = min(2 * pause, RETRY)

    async def _refresh(self) -> None:
        try:
            async with (
                asyncio.timeout(2 * TIMEOUT),
                httpx.AsyncClient(timeout=TIMEOUT, transport=self._transport) as client,
            ):
                keys = await fetch_keys(client, self._issuer)
        except (IssuerFault, TimeoutError) as error:
            self._note_fault(str(error) or f"{self._issuer} does not answer in time")
            return
        finally:
            self._tried = self._now()
        if self._fault is not None:
            log.info("issuer_keys_fetched_again", setting=SETTING)
        self._fault = None
        thumbprints = frozenset(f"{kid}:{key.thumbprint()}" for kid, (key, _) in keys.items())
        if thumbprints != self._thumbprints:
            self.generation += 1
            self._thumbprints = thumbprints
        self._keys, self._fetched = keys, self._now()
        metrics.JWKS_FETCHES.labels("ok").inc()
        metrics.JWKS_AGE.set(0)

    def _note_fault(self, sentence: str) -> None:
        self._fault = f"{SETTING}: {sentence}"
        metrics.JWKS_FETCHES.labels("failed").inc()
        metrics.JWKS_AGE.set(self._now() - self._fetched if self._keys else 0)
        silenced = self._seldom.allows(sentence)
        if silenced is None:
            return
        say = log.warning if self._usable() else log.error
        say(
            "issuer_keys_not_fetched",
            setting=SETTING,
            fault=self._fault,
            known_keys_serve=self._usable(),
            silenced=silenced,
        )
