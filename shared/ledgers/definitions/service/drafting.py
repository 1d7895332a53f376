"""Drafting: what is to become the next version of a ledger."""

from collections.abc import Sequence
from uuid import UUID

from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.ledgers import LEDGER
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import FieldError, NotFound, VersionMismatch
from shared.ledgers.definitions.changes import Change, changes
from shared.ledgers.definitions.domain import DraftExists, LedgerOfAnother
from shared.ledgers.definitions.models import LedgerDraft
from shared.ledgers.definitions.reading import COMPILED, definition_json
from shared.ledgers.definitions.repository import LedgerRepository
from shared.ledgers.definitions.service.checking import Drafted, checked, compiled, drafted_of, require_sight
from shared.ledgers.definitions.trying import Holdings, Tried, tried
from shared.ledgers.grammar.definition import Definition
from shared.messaging.context import UseCaseContext


class LedgerDrafts:
    """Use cases of the drafts of one service. A ledger has one draft at a time."""

    def __init__(self, context: UseCaseContext, owner: str, holdings: Holdings) -> None:
        self._holdings = holdings
        self._session = context.session
        self._clock = context.clock
        self._access = context.access
        self._owner = owner
        self._ledgers = LedgerRepository(context.session)

    async def draft(self, principal: Principal, new: Drafted) -> LedgerDraft:
        """A draft of a ledger, or of its next version.

        Raises `Invalid` with every error of the definition by its place, `LedgerOfAnother`, `GrantsMore`,
        `LedgerRetired`, `DraftExists`, `WrongMapping`.
        """
        await checked(self._ledgers, self._owner, principal, new)
        if await self._ledgers.draft(new.definition.code) is not None:
            raise DraftExists(new.definition.code)
        row = LedgerDraft(
            code=new.definition.code,
            version=1,
            definition=definition_json(new.definition),
            mapping=None if new.mapping is None else new.mapping.model_dump(mode="json"),
            opens_on=new.opens_on,
            drafted_by=principal.subject,
            drafters=[principal.subject],
            drafted_at=self._clock.now(),
        )
        self._ledgers.add(row)
        await self._session.flush()
        return row

    async def redraft(self, principal: Principal, code: str, expected: Seen, new: Drafted) -> LedgerDraft:
        """Put another definition in a draft's place. Who had a hand in any of them may not publish it.

        Raises `NotFound`, `VersionMismatch`, and what `draft` raises.
        """
        seen = await self._draft(code, expected)
        if new.definition.code != code:
            raise LedgerOfAnother(code, errors=[FieldError("definition.code", "code_fixed", "台账代码不得更改")])
        await checked(self._ledgers, self._owner, principal, new)
        changed = await compare_and_set(
            self._session,
            seen,
            definition=definition_json(new.definition),
            mapping=None if new.mapping is None else new.mapping.model_dump(mode="json"),
            opens_on=new.opens_on,
            drafted_by=principal.subject,
            drafters=sorted({*seen.drafters, principal.subject}),
            drafted_at=self._clock.now(),
        )
        if changed is None:
            raise VersionMismatch(code)
        return changed

    async def discard(self, code: str, expected: Seen) -> LedgerDraft:
        """Throw a draft away. Raises `NotFound`, `VersionMismatch`."""
        found = await self._draft(code, expected)
        if not await self._ledgers.discard(found):
            raise VersionMismatch(code)
        return found

    async def try_out(self, principal: Principal, code: str, *, after: UUID | None, limit: int) -> Tried:
        """What would become of the next live records under a draft, told to who may see all that they hold, and noted.

        Raises `NotFound`, `Forbidden`.
        """
        new = drafted_of(await self._draft(code, None))
        versions = [await COMPILED.of(one) for one in await self._ledgers.versions(code)]
        require_sight(principal, versions)
        if versions:
            noun = f"{self._owner}.{LEDGER}"
            self._access.note(principal, action="try_draft", noun=noun, object_id=code, detail=Detail.FULL)
        ledger = await compiled(new.definition)
        held = await self._holdings.live(code, after=after, limit=limit)
        return tried(held, new.mapping, ledger, today=today(self._clock))

    async def read(self, code: str) -> LedgerDraft:
        """A draft. Raises `NotFound`."""
        return await self._draft(code, None)

    async def page(self, *, after: str | None, limit: int) -> Sequence[LedgerDraft]:
        """The next drafts by code."""
        return await self._ledgers.drafts(after=after, limit=limit)

    async def changes(self, code: str) -> Sequence[Change]:
        """What a draft changes of the newest version. Raises `NotFound`; empty for a new ledger."""
        draft = await self._draft(code, None)
        versions = await self._ledgers.versions(code)
        if not versions:
            return []
        return changes(Definition.model_validate(versions[-1].definition), Definition.model_validate(draft.definition))

    async def _draft(self, code: str, expected: Seen) -> LedgerDraft:
        found = await self._ledgers.draft(code)
        if found is None:
            raise NotFound(code)
        require_version(found, expected)
        return found
