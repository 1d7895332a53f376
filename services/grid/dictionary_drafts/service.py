"""Drafts of the dictionary of incidents (事件字典草稿): begun, revised, published as a version, taken back."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.grid.dictionaries.domain import (
    CategoryTerms,
    Difference,
    LimitTerms,
    Terms,
    differences,
    shifts_out,
    special_out,
)
from services.grid.dictionaries.models import Category, CategoryLimit, Dictionary, DictionaryWithdrawal
from services.grid.dictionaries.repository import DictionaryRepository
from services.grid.dictionary_drafts.domain import (
    DraftStatus,
    DraftTransitionError,
    VersionBegun,
    VersionFollowed,
    check_complete,
    check_form,
    check_valid_from,
    read,
    require_transition,
    written,
)
from services.grid.dictionary_drafts.models import DictionaryDraft
from services.grid.dictionary_drafts.repository import DictionaryDraftRepository
from shared.auth.principal import Principal
from shared.clock import today
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext


class DictionaryDrafts:
    """Use cases of drafts. Who has the county's grant is asked at the door.

    Each step takes `expected`, the version of the draft that the caller saw (None: any), and raises `NotFound`,
    `VersionMismatch`, and `DraftTransitionError` if the draft is not where the step begins.
    """

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._drafts = DictionaryDraftRepository(context.session)
        self._versions = DictionaryRepository(context.session)

    async def begin(self, principal: Principal, based_on: int | None = None) -> DictionaryDraft:
        """起草: with what a version says, by default the newest one. Raises `DraftOpen`, `NotFound`."""
        base = await self._versions.newest() if based_on is None else await self._versions.get(based_on)
        if base is None:
            raise NotFound(based_on)
        draft = DictionaryDraft(
            id=new_id(),
            version=1,
            status=DraftStatus.DRAFT,
            content=written(await self._versions.terms(base)),
            based_on=base.version,
            published_version=None,
            valid_from=None,
            begun_at=self._clock.now(),
            begun_by=principal.subject,
        )
        self._drafts.add(draft)
        await self._drafts.flush()
        return draft

    async def revise(self, id: UUID, terms: Terms, *, expected: Seen = None) -> DictionaryDraft:
        """修改: the draft says this instead, complete or not. Raises `Invalid`."""
        check_form(terms)
        draft = await self._locked(id, expected)
        if DraftStatus(draft.status) is not DraftStatus.DRAFT:
            raise DraftTransitionError(id)
        return await self._move(draft, DraftStatus.DRAFT, content=written(terms))

    async def enter(self, principal: Principal, rows: Sequence[CategoryTerms]) -> DictionaryDraft:
        """Set the limits of rows of a table in the open draft; without one a draft is begun. Raises `Invalid`.

        A row gives one limit; its category is added, or called as the row says. What no row names stays.
        """
        draft = await self._drafts.open_locked() or await self.begin(principal)
        terms = read(draft.content)
        merged = Terms(terms.hours, _with_rows(terms.categories, rows))
        check_form(merged)
        return await self._move(draft, DraftStatus.DRAFT, content=written(merged))

    async def publish(
        self, principal: Principal, id: UUID, valid_from: date, *, expected: Seen = None
    ) -> DictionaryDraft:
        """发布: the draft becomes the next version, in force from a day on. Open incidents keep theirs.

        Raises `Invalid` if it is incomplete, or if the day lies in the past or before that of the newest version.
        """
        draft = await self._locked(id, expected)
        require_transition(DraftStatus(draft.status), DraftStatus.PUBLISHED)
        terms = read(draft.content)
        check_form(terms)
        check_complete(terms)
        check_valid_from(valid_from, (await self._versions.newest()).valid_from, today(self._clock))
        number = await self._versions.last_number() + 1
        await self._write(number, valid_from, terms, draft.id, principal)
        return await self._move(draft, DraftStatus.PUBLISHED, published_version=number, valid_from=valid_from)

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen = None) -> DictionaryDraft:
        """撤回发布, before the version's first day: it never comes into force, and the draft is open again.

        Raises `VersionBegun`, `VersionFollowed`, `DraftOpen`.
        """
        draft = await self._locked(id, expected)
        if DraftStatus(draft.status) is not DraftStatus.PUBLISHED:
            raise DraftTransitionError(id)
        newest = await self._versions.newest()
        if newest.version != draft.published_version:
            raise VersionFollowed(id)
        if newest.valid_from <= today(self._clock):
            raise VersionBegun(id)
        self._versions.add(
            DictionaryWithdrawal(version=newest.version, withdrawn_at=self._clock.now(), withdrawn_by=principal.subject)
        )
        return await self._move(draft, DraftStatus.DRAFT, valid_from=None)

    async def discard(self, id: UUID, *, expected: Seen = None) -> DictionaryDraft:
        """作废."""
        return await self._move(await self._locked(id, expected), DraftStatus.DISCARDED)

    async def restore(self, id: UUID, *, expected: Seen = None) -> DictionaryDraft:
        """恢复: a discarded draft is open again. Raises `DraftOpen`."""
        draft = await self._locked(id, expected)
        if DraftStatus(draft.status) is not DraftStatus.DISCARDED:
            raise DraftTransitionError(id)
        return await self._move(draft, DraftStatus.DRAFT)

    async def read(self, id: UUID) -> DictionaryDraft:
        """A draft. Raises `NotFound`."""
        draft = await self._drafts.get(id)
        if draft is None:
            raise NotFound(id)
        return draft

    async def compare(self, id: UUID) -> Sequence[Difference]:
        """What a draft changes against the newest version; once published, against the version that it began with."""
        draft = await self.read(id)
        open_still = draft.status == DraftStatus.DRAFT
        base = await self._versions.newest() if open_still else await self._versions.version(draft.based_on)
        return differences(await self._versions.terms(base), read(draft.content))

    async def page(self, *, after: UUID | None, limit: int) -> Sequence[DictionaryDraft]:
        """Drafts, the newest first."""
        return await self._drafts.page(after=after, limit=limit)

    async def count(self) -> int:
        """How many the list has in all."""
        return await self._drafts.count()

    async def present(self) -> Terms:
        """What the open draft says; without one, what the newest version says."""
        draft = await self._drafts.open()
        if draft is not None:
            return read(draft.content)
        return await self._versions.terms(await self._versions.newest())

    async def _locked(self, id: UUID, expected: Seen) -> DictionaryDraft:
        draft = await self._drafts.locked(id)
        if draft is None:
            raise NotFound(id)
        require_version(draft, expected)
        return draft

    async def _move(self, draft: DictionaryDraft, to: DraftStatus, **changes: Any) -> DictionaryDraft:
        require_transition(DraftStatus(draft.status), to)
        moved = await compare_and_set(self._session, draft, status=to, **changes)
        assert moved is not None, "the row is locked"
        return moved

    async def _write(self, number: int, valid_from: date, terms: Terms, draft: UUID, principal: Principal) -> None:
        self._versions.add(
            Dictionary(
                version=number,
                valid_from=valid_from,
                shifts=shifts_out(terms.hours.usual),
                special_hours=special_out(terms.hours.special),
                draft_id=draft,
                published_at=self._clock.now(),
                published_by=principal.subject,
            )
        )
        await self._versions.flush()
        for one in terms.categories:
            self._versions.add(Category(version=number, code=one.code, name=one.name))
        await self._versions.flush()
        for one in terms.categories:
            for limit in one.limits:
                self._versions.add(_row(number, one.code, limit))


def _row(number: int, category: str, limit: LimitTerms) -> CategoryLimit:
    return CategoryLimit(
        version=number,
        category=category,
        severity=limit.severity,
        treatment=limit.treatment,
        amount=limit.amount,
        unit=limit.unit,
    )


def _with_rows(categories: Sequence[CategoryTerms], rows: Sequence[CategoryTerms]) -> tuple[CategoryTerms, ...]:
    found = {one.code: one for one in categories}
    for row in rows:
        known = found.get(row.code)
        limits = {} if known is None else {(one.severity, one.treatment): one for one in known.limits}
        limits |= {(one.severity, one.treatment): one for one in row.limits}
        found[row.code] = CategoryTerms(row.code, row.name, tuple(limits.values()))
    return tuple(found.values())
