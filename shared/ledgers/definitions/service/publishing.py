"""Publishing, retiring and reading: ledgers and their versions."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from shared.auth.principal import Principal
from shared.clock import today
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound, VersionMismatch
from shared.ledgers.compiler import Ledger
from shared.ledgers.definitions.changes import Change, changes, is_additive
from shared.ledgers.definitions.domain import (
    MAX_STATE,
    MAX_VERSIONS,
    CannotMove,
    LedgerRetired,
    LedgerStatus,
    OpensInThePast,
    SamePerson,
    TooManyVersions,
    fresh_search_fields,
    keep_private,
)
from shared.ledgers.definitions.models import LedgerRow, LedgerVersion
from shared.ledgers.definitions.reading import COMPILED, digest_of
from shared.ledgers.definitions.repository import LedgerRepository
from shared.ledgers.definitions.service.checking import Drafted, checked, drafted_of, require_grants
from shared.ledgers.definitions.states import fact, state_of
from shared.ledgers.definitions.trying import Holdings
from shared.ledgers.grammar.definition import Definition
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True)
class ShownLedger:
    """A ledger with its published versions, the first one first."""

    row: LedgerRow
    versions: Sequence[LedgerVersion]


class Ledgers:
    """Use cases of the ledgers that one service keeps."""

    def __init__(self, context: UseCaseContext, owner: str, holdings: Holdings) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._owner = owner
        self._holdings = holdings
        self._ledgers = LedgerRepository(context.session)

    async def publish(self, principal: Principal, code: str, expected: Seen) -> ShownLedger:
        """Publish a draft as the next version: immutable, open from its day on.

        Raises `NotFound`, `VersionMismatch`, `SamePerson`, `GrantsMore`, `OpensInThePast`, `CannotMove` for a version
        that changes what there is without a mapping, `PrivacyLoosened`, `LedgerRetired`, `TooManyVersions`, and
        `Invalid` if the definition does not hold any more.
        """
        draft = await self._ledgers.draft(code)
        if draft is None:
            raise NotFound(code)
        require_version(draft, expected)
        if principal.subject in draft.drafters:
            raise SamePerson(code)
        new = drafted_of(draft)
        ledger = await checked(self._ledgers, self._owner, principal, new)
        before = await self._ledgers.versions(code)
        opens_on = draft.opens_on or today(self._clock)
        if opens_on < max([today(self._clock), *(one.opens_on for one in before)]):
            raise OpensInThePast(code)
        additive = await self._may_follow(before, new, ledger, at_once=opens_on == today(self._clock))
        if not await self._ledgers.discard(draft):
            raise VersionMismatch(code)
        row = await self._advanced(code, len(before) + 1)
        version = LedgerVersion(
            code=code,
            number=row.published_version,
            definition=draft.definition,
            digest=digest_of(draft.definition),
            additive=additive,
            mapping=draft.mapping,
            opens_on=opens_on,
            drafted_by=draft.drafted_by,
            published_by=principal.subject,
            published_at=self._clock.now(),
        )
        self._ledgers.add(version)
        await self._session.flush()
        await self._fill(before, ledger, version)
        versions = [*before, version]
        state = state_of(self._owner, row, versions, restricted=ledger.travels_restricted)
        if len(orjson.dumps(state.model_dump(mode="json"))) > MAX_STATE:
            raise TooManyVersions(code)
        self._outbox.add(fact(state, "published", published=version.number))
        return ShownLedger(row, versions)

    async def retire(self, principal: Principal, code: str, expected: Seen) -> ShownLedger:
        """Retire a ledger: its records and figures stay, nothing is opened any more.

        Raises `NotFound`, `VersionMismatch`, `LedgerRetired`, `GrantsMore`.
        """
        found = await self.read(code)
        require_version(found.row, expected)
        if found.row.status == LedgerStatus.RETIRED:
            raise LedgerRetired(code)
        ledger = await COMPILED.of(found.versions[-1])
        require_grants(principal, ledger)
        row = await compare_and_set(
            self._session, found.row, status=LedgerStatus.RETIRED.value, retired_on=today(self._clock)
        )
        if row is None:
            raise VersionMismatch(code)
        state = state_of(self._owner, row, found.versions, restricted=ledger.travels_restricted)
        self._outbox.add(fact(state, "retired"))
        return ShownLedger(row, found.versions)

    async def read(self, code: str) -> ShownLedger:
        """A published ledger with its versions. Raises `NotFound`."""
        row = await self._ledgers.ledger(code)
        if row is None:
            raise NotFound(code)
        return ShownLedger(row, await self._ledgers.versions(code))

    async def version(self, code: str, number: int) -> LedgerVersion:
        """A published version. Raises `NotFound`."""
        row = await self._ledgers.version(code, number)
        if row is None:
            raise NotFound(code)
        return row

    async def page(self, *, after: str | None, limit: int) -> Sequence[ShownLedger]:
        """The next ledgers by code."""
        rows = await self._ledgers.page(after=after, limit=limit)
        return [ShownLedger(row, await self._ledgers.versions(row.code)) for row in rows]

    async def changes(self, code: str, number: int) -> Sequence[Change]:
        """What a version changed of the one before. Raises `NotFound`; empty for the first."""
        new = await self.version(code, number)
        if number == 1:
            return []
        old = await self.version(code, number - 1)
        return changes(Definition.model_validate(old.definition), Definition.model_validate(new.definition))

    async def _may_follow(
        self, before: Sequence[LedgerVersion], new: Drafted, ledger: Ledger, *, at_once: bool
    ) -> bool:
        """Whether the version only adds to the newest one. Raises what forbids it to follow.

        Until a version opens records are taken by the one before, whose promises it keeps.
        """
        if not before:
            return True
        if len(before) >= MAX_VERSIONS:
            raise TooManyVersions(ledger.code)
        if not at_once or await self._holdings.holds_any(ledger.code):
            for row in before:
                keep_private(await COMPILED.of(row), ledger)
            keep_private(await COMPILED.of(before[-1]), ledger, new.mapping)
        additive = is_additive(changes(Definition.model_validate(before[-1].definition), new.definition))
        if not additive and new.mapping is None:
            raise CannotMove(ledger.code)
        return additive

    async def _fill(self, before: Sequence[LedgerVersion], ledger: Ledger, version: LedgerVersion) -> None:
        """Have records that are there already found by what is a search field from now on."""
        if not before or not await self._holdings.holds_any(ledger.code):
            return
        old = await COMPILED.of(before[-1])
        if version.additive:
            fields = fresh_search_fields(old, ledger)
            await self._holdings.search_by(ledger.code, fields, opens_on=version.opens_on)
        elif await self._holdings.live(ledger.code, after=None, limit=1):
            renamed = [one["new"] for one in (version.mapping or {}).get("fields", ())]
            fields = fresh_search_fields(old, ledger, renamed)
            await self._holdings.search_by(ledger.code, fields, opens_on=None)

    async def _advanced(self, code: str, number: int) -> LedgerRow:
        """The ledger's row with its new version; made with the first one."""
        row = await self._ledgers.ledger(code)
        if row is None:
            row = LedgerRow(
                code=code, version=1, status=LedgerStatus.PUBLISHED, published_version=number, retired_on=None
            )
            self._ledgers.add(row)
            await self._session.flush()
            return row
        if row.status == LedgerStatus.RETIRED:  # since the draft was judged
            raise LedgerRetired(code)
        changed = await compare_and_set(self._session, row, published_version=number)
        if changed is None:
            raise VersionMismatch(code)
        return changed
