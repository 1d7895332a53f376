"""Drafting and publishing: how a definition comes to be, by two people, and how it ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.indicators.contributions.service.compiling import Rule
from services.indicators.countings.repository import CountingRepository
from services.indicators.definitions.domain.refusals import (
    DefinedBySame,
    DefinesMore,
    DefinitionDraftExists,
    DefinitionInUse,
    DefinitionOpensInThePast,
    DefinitionOver,
    DefinitionWrong,
)
from services.indicators.definitions.domain.versions import Version, Versions
from services.indicators.definitions.models import DefinitionDraft, DefinitionRow
from services.indicators.definitions.repository import DefinitionRepository
from services.indicators.definitions.service.checking import checked, counts_restricted
from services.indicators.definitions.service.grammar import DraftContent
from shared.auth.principal import Principal
from shared.clock import today
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import FieldError, NotFound, VersionMismatch
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True)
class Drafted:
    """A draft that was checked: the version that it would become, its counting rule, and what there is already."""

    version: Version
    rule: Rule | None
    known: Versions


class DefinitionDrafts:
    """Use cases of drafts. An indicator has one draft at a time."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._definitions = DefinitionRepository(context.session)
        self._countings = CountingRepository(context.session)

    async def draft(self, principal: Principal, content: DraftContent) -> DefinitionDraft:
        """A draft of an indicator, or of its next version. Raises what `DRAFTING` lists, `DefinitionDraftExists`."""
        await self.checked(principal, content)
        if await self._definitions.draft(content.code) is not None:
            raise DefinitionDraftExists(content.code)
        row = DefinitionDraft(
            code=content.code,
            version=1,
            content=content.model_dump(mode="json", exclude_defaults=True),
            drafted_by=principal.subject,
            drafters=[principal.subject],
            drafted_at=self._clock.now(),
            trial=None,
        )
        self._definitions.add(row)
        await self._session.flush()
        return row

    async def redraft(self, principal: Principal, code: str, expected: Seen, content: DraftContent) -> DefinitionDraft:
        """Put another definition in a draft's place; what was tried of it is forgotten.

        Raises `NotFound`, `VersionMismatch`, and what `draft` raises.
        """
        seen = await self.read(code, expected)
        if content.code != code:
            raise DefinitionWrong(code, errors=[FieldError("code", "code_fixed", "指标代码不得更改")])
        await self.checked(principal, content)
        changed = await compare_and_set(
            self._session,
            seen,
            content=content.model_dump(mode="json", exclude_defaults=True),
            drafted_by=principal.subject,
            drafters=sorted({*seen.drafters, principal.subject}),
            drafted_at=self._clock.now(),
            trial=None,
        )
        if changed is None:
            raise VersionMismatch(code)
        return changed

    async def discard(self, code: str, expected: Seen) -> DefinitionDraft:
        """Throw a draft away. Raises `NotFound`, `VersionMismatch`."""
        found = await self.read(code, expected)
        if not await self._definitions.discard(found):
            raise VersionMismatch(code)
        return found

    async def read(self, code: str, expected: Seen = None) -> DefinitionDraft:
        """A draft. Raises `NotFound`, `VersionMismatch`."""
        found = await self._definitions.draft(code)
        if found is None:
            raise NotFound(code)
        require_version(found, expected)
        return found

    async def page(self, *, after: str | None, limit: int) -> Sequence[DefinitionDraft]:
        """The next drafts by code."""
        return await self._definitions.drafts(after=after, limit=limit)

    async def checked(self, principal: Principal, content: DraftContent) -> Drafted:
        """The draft, if it says something sensible that its author may count. Raises what `DRAFTING` lists."""
        known = await self._definitions.versions()
        version, rule = checked(content, known, today(self._clock))
        _require_may_count(principal, content, known)
        return Drafted(version, rule, known)

    async def require_may_count(self, principal: Principal, content: DraftContent) -> None:
        """Check that somebody may see what a draft counts, and what versions before it did. Raises `DefinesMore`."""
        _require_may_count(principal, content, await self._definitions.versions())

    async def publish(self, principal: Principal, code: str, expected: Seen) -> Sequence[DefinitionRow]:
        """Publish a draft as the next version: immutable, in force from its day on. Days before keep their version.

        What is held is counted by a new rule soon afterwards; until then the version has no figures. Raises `NotFound`,
        `VersionMismatch`, `DefinedBySame`, and what `draft` raises if the definition does not hold any more.
        """
        await self._definitions.hold()
        draft = await self.read(code, expected)
        if principal.subject in draft.drafters:
            raise DefinedBySame(code)
        content = DraftContent.model_validate(draft.content)
        drafted = await self.checked(principal, content)
        if not await self._definitions.discard(draft):
            raise VersionMismatch(code)
        version, rule = drafted.version, drafted.rule
        before = drafted.known.of(code)
        if before and before[-1].ends_on is not None:
            raise DefinitionOver(code)
        self._definitions.add(_row(version, draft.drafted_by, principal.subject, self._clock.now()))
        measure = None if version.measure is None else version.measure.code
        if rule is not None and measure is not None and all(one.measure != version.measure for one in before):
            await self._countings.add(measure, rule, scale=version.scale, guarded=version.least > 0)
        await self._session.flush()
        return await self._definitions.published(code)

    async def end(self, code: str, expected: Seen, day: date) -> Sequence[DefinitionRow]:
        """End an indicator: from a day on, today or later, it has no figures; its past stays.

        Raises `NotFound`, `DefinitionOver`, `DefinitionInUse`, `DefinitionOpensInThePast`.
        """
        await self._definitions.hold()
        known = await self._definitions.versions()
        versions = await self._of_county(code, expected)
        if versions[-1].ends_on is not None:
            raise DefinitionOver(code)
        if day < today(self._clock):
            raise DefinitionOpensInThePast.at("ends_on", subject=code)
        users = [one for one in known.codes if code in known.of(one)[-1].needs and not known.is_over(one, day)]
        if users:
            told = [FieldError("code", "indicator_in_use", f"{one} 由此指标计算得出") for one in users]
            raise DefinitionInUse(code, errors=told)
        return await self._ended(versions, day)

    async def resume(self, code: str, expected: Seen) -> Sequence[DefinitionRow]:
        """Take an end back: the indicator goes on as if it had not ended. Raises `NotFound`, `DefinitionOver`."""
        await self._definitions.hold()
        versions = await self._of_county(code, expected)
        if versions[-1].ends_on is None:
            raise DefinitionOver(code)
        return await self._ended(versions, None)

    async def _ended(self, versions: Sequence[DefinitionRow], day: date | None) -> Sequence[DefinitionRow]:
        versions[-1].ends_on = day
        await self._session.flush()
        return versions

    async def _of_county(self, code: str, expected: Seen) -> Sequence[DefinitionRow]:
        """The versions of an indicator that no ledger brings: those end with their ledger."""
        versions = await self._definitions.published(code)
        if not versions or "." in code:
            raise NotFound(code)
        require_version(versions[-1], expected)
        return versions


def _require_may_count(principal: Principal, content: DraftContent, known: Versions) -> None:
    if counts_restricted(content, known) and not principal.holds_county("tag.restricted"):
        raise DefinesMore(content.code)


def _row(version: Version, drafted_by: str, published_by: str, now: object) -> DefinitionRow:
    return DefinitionRow(
        code=version.code,
        version=version.version,
        name=version.name,
        unit=version.unit,
        direction=version.direction,
        kind=version.kind,
        meaning=version.meaning,
        department=version.department,
        count_measure=None if version.measure is None else version.measure.code,
        restricted=version.restricted,
        axes=list(version.axes),
        scale=version.scale,
        least=version.least,
        read_by=version.read_by,
        formula=version.formula,
        percentile=version.percentile,
        opens_on=version.opens_on,
        drafted_by=drafted_by,
        published_by=published_by,
        published_at=now,
    )
