"""Every query on counting rules: by which a batch counts, and which have states left to count."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import asyncpg
import orjson
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.indicators.contributions.service.compiling import Form, Rule, compiled
from services.indicators.contributions.service.counters import Counter, NounCounters
from services.indicators.contributions.service.grammar import Counted, written
from services.indicators.contributions.service.nouns import NOUNS
from services.indicators.countings.models import Counting
from shared.contracts.envelope import STATES, State
from shared.messaging.projection.states import live_slot

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('indicators.deltas'), $1)"

_RULES = """
SELECT measure, form, counted::text AS counted, scale, guarded, after, complete FROM countings
WHERE slot = $1 AND noun = $2 ORDER BY measure
"""

_PASSED = "SELECT id FROM unnest($1::text[]) AS id WHERE id <= $2"

_LEFT = """
SELECT noun, after, array_agg(measure) AS measures FROM countings WHERE slot = $1 AND NOT complete
GROUP BY noun, after ORDER BY noun, after LIMIT 1
"""

_PAGE = """
SELECT aggregate, state::text AS state FROM projected_states
WHERE slot = $1 AND noun = $2 AND aggregate > $3 ORDER BY aggregate LIMIT $4
"""

_REACHED = """
UPDATE countings SET after = $3, complete = $4 WHERE slot = $1 AND measure = ANY($2::text[])
"""

MOST_COMPILED = 256
"""Sets of rules that a process keeps compiled."""

StoredRule = tuple[str, str, str, int, bool]
"""`(measure, form, JSON of the rule, scale, guarded)`"""

_COMPILED: dict[tuple[str, tuple[StoredRule, ...]], NounCounters] = {}


def counters_of(noun: str, rules: Sequence[StoredRule]) -> NounCounters:
    """The counters of a noun's rules; each set is compiled once."""
    key = (noun, tuple(rules))
    found = _COMPILED.get(key)
    if found is None:
        found = NounCounters(
            NOUNS[noun],
            [
                Counter(measure, compiled(Counted.model_validate_json(counted), Form(form)), scale, guarded)
                for measure, form, counted, scale, guarded in rules
            ],
        )
        if len(_COMPILED) >= MOST_COMPILED:
            _COMPILED.clear()
        _COMPILED[key] = found
    return found


@dataclass(frozen=True)
class Group:
    """Counters that have counted the same states: all of the noun, or those up to an id."""

    counters: NounCounters
    after: str | None


@dataclass(frozen=True)
class Left:
    """What is left to count: rules of one noun that have come equally far, and the next states."""

    noun: str
    measures: Sequence[str]
    counters: NounCounters
    states: Sequence[State]
    reached: str
    complete: bool


class Countings:
    """The rules of one generation, through the connection and in the transaction of who counts."""

    def __init__(self, connection: asyncpg.Connection, slot: int) -> None:
        self._connection = connection
        self._slot = slot

    async def groups(self, noun: str) -> list[Group]:
        """The counters of a noun. Waits for who counts in this generation: what they have counted is known then."""
        if noun not in NOUNS:
            return []
        await self._connection.execute(_LOCK, self._slot)
        rows = await self._connection.fetch(_RULES, self._slot, noun)
        by_reach: dict[str | None, list[StoredRule]] = {}
        for row in rows:
            reach = None if row["complete"] else row["after"]
            by_reach.setdefault(reach, []).append(_stored(row))
        return [Group(counters_of(noun, rules), after) for after, rules in by_reach.items()]

    async def passed(self, ids: Collection[str], after: str) -> frozenset[str]:
        """Which of these ids a rule has passed; in the order of the database, which nothing else needs to know."""
        return frozenset([row["id"] for row in await self._connection.fetch(_PASSED, list(ids), after)])

    async def left(self, limit: int) -> Left | None:
        """The next states that some rules have left to count, and those rules. None: every rule is complete."""
        await self._connection.execute(_LOCK, self._slot)
        row = await self._connection.fetchrow(_LEFT, self._slot)
        if row is None:
            return None
        noun, after, measures = row["noun"], row["after"], row["measures"]
        wanted = frozenset(measures)
        rules = [
            _stored(one) for one in await self._connection.fetch(_RULES, self._slot, noun) if one["measure"] in wanted
        ]
        found = await self._connection.fetch(_PAGE, self._slot, noun, after, limit)
        return Left(
            noun=noun,
            measures=measures,
            counters=counters_of(noun, rules),
            states=[STATES[noun].model_validate_json(one["state"]) for one in found],
            reached=found[-1]["aggregate"] if found else after,
            complete=len(found) < limit,
        )

    async def reached(self, left: Left) -> None:
        """Say how far these rules have come."""
        await self._connection.execute(_REACHED, self._slot, list(left.measures), left.reached, left.complete)


class CountingRepository:
    """Rules as definitions bring them, and as readers need them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, measure: str, rule: Rule, *, scale: int, guarded: bool) -> None:
        """Count by a rule from now on, in both generations; what is held already is counted by the filling."""
        row = {
            "measure": measure,
            "noun": rule.noun.name,
            "form": rule.form.value,
            "counted": written(rule.counted),
            "scale": scale,
            "guarded": guarded,
            "after": "",
            "complete": False,
        }
        await self._session.execute(insert(Counting).values([{"slot": slot, **row} for slot in (0, 1)]))

    async def live(self, measures: Collection[str] | None) -> dict[str, NounCounters]:
        """By noun the counters of these measures, or of all, in the generation that is read."""
        statement = select(Counting).where(Counting.slot == live_slot()).order_by(Counting.noun, Counting.measure)
        if measures is not None:
            statement = statement.where(Counting.measure.in_(measures))
        by_noun: dict[str, list[StoredRule]] = {}
        for one in await self._session.scalars(statement):
            rule = (one.measure, one.form, orjson.dumps(one.counted).decode(), one.scale, one.guarded)
            by_noun.setdefault(one.noun, []).append(rule)
        return {noun: counters_of(noun, rules) for noun, rules in by_noun.items()}

    async def filling(self) -> frozenset[str]:
        """The measures that have states left to count in the generation that is read: they come to nothing yet."""
        statement = select(Counting.measure).where(Counting.slot == live_slot(), Counting.complete.is_(False))
        return frozenset(await self._session.scalars(statement))


async def counted_from_the_beginning(session: AsyncSession, slot: int) -> None:
    """Of a generation that begins empty: every rule of now counts each state as it arrives."""
    await session.execute(update(Counting).where(Counting.slot == slot).values(after="", complete=True))


def _stored(row: asyncpg.Record) -> StoredRule:
    return row["measure"], row["form"], row["counted"], row["scale"], row["guarded"]
