"""Turns at a bounded pool of connections, fair between callers: who asks for much waits behind who asks for little."""

import asyncio
from collections import Counter, OrderedDict, deque


class Turns:
    """As many turns as there are connections, and a queue for each caller.

    A caller may always have one turn; a further one only while more are free than it already holds, beside one that
    stays for somebody else. So one caller gets about half of an idle pool, and several leave room for the next. Turns
    that come back are given to the callers in turn, inside a caller in the order of asking. The process's own work
    (caller None) is held to no share.
    """

    def __init__(self, size: int) -> None:
        self._free = size
        self._held: Counter[str | None] = Counter()
        self._waiting: OrderedDict[str | None, deque[asyncio.Future[None]]] = OrderedDict()

    async def take(self, caller: str | None) -> None:
        """Returns with a turn, which `give_back` must end."""
        if self.free(caller):
            self._grant(caller)
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(caller, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._forget(caller, turn)
            else:  # given in the same moment
                self.give_back(caller)
            raise

    def free(self, caller: str | None) -> bool:
        """Whether the caller would get a turn at once."""
        return caller not in self._waiting and self._may(caller)

    def give_back(self, caller: str | None) -> None:
        """End a turn; whoever may have the next one gets it."""
        self._free += 1
        self._held[caller] -= 1
        if not self._held[caller]:
            del self._held[caller]
        while self._next():
            pass

    def _may(self, caller: str | None) -> bool:
        held = self._held[caller]
        return self._free > 0 and (caller is None or not held or held < self._free - 1)

    def _grant(self, caller: str | None) -> None:
        self._free -= 1
        self._held[caller] += 1

    def _next(self) -> bool:
        """Whether somebody who waited has been given a turn."""
        for caller, turns in self._waiting.items():
            if self._may(caller):
                turn = turns.popleft()
                self._waiting.move_to_end(caller)
                if not turns:
                    del self._waiting[caller]
                if not turn.done():
                    self._grant(caller)
                    turn.set_result(None)
                return True
        return False

    def _forget(self, caller: str | None, turn: "asyncio.Future[None]") -> None:
        turns = self._waiting.get(caller)
        if turns is not None and turn in turns:
            turns.remove(turn)
            if not turns:
                del self._waiting[caller]
