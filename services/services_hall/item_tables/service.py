"""Items from tables and JSON (事项导入导出): an entry becomes a draft that another person publishes, or nothing."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.services_hall.item_tables.domain import (
    COLUMNS,
    PLAIN,
    ItemDraftWaits,
    ItemOfAnother,
    TakenAs,
    written,
)
from services.services_hall.items.domain.searching import ItemFilter
from services.services_hall.items.models import CatalogueItem, ItemDraft
from services.services_hall.items.repository import ItemRepository
from services.services_hall.items.service.content import NewItem, NewVersion, changes, content_of
from services.services_hall.items.service.items import MANAGE, Items, require_own
from shared.auth.principal import Principal
from shared.errors import CodeUnlisted, DomainError, FieldError, Invalid, NotFound
from shared.imports.intake import Earlier, Intake, Marked, Verdict
from shared.messaging.context import UseCaseContext
from shared.reference.areas import COUNTY_DIGITS
from shared.spreadsheets.columns import Column
from shared.spreadsheets.tables import TableRow
from shared.spreadsheets.values import Value

TARGET = "items"
MOST_OFFERED = 20_000
"""Items of a county: some hundreds, or a few thousand."""
REPEATED = FieldError("code", "duplicate", "与上面的行重复")


@dataclass(frozen=True)
class Entry:
    """An item as it was handed in."""

    item: NewItem
    version: NewVersion


@dataclass(frozen=True)
class CountyLists:
    """Chinese names of the county's departments and categories of items, by code."""

    departments: Mapping[str, str]
    categories: Mapping[str, str]


ContentOf = Callable[[Mapping[str, Value], Mapping[str, Any]], NewVersion]
"""The content of a row over that of the newest version (empty: there is none). Raises `Invalid` at the columns."""


class ItemTaking:
    """Use cases of items that come in numbers."""

    def __init__(self, context: UseCaseContext, items: Items) -> None:
        self._items = items
        self._rows = ItemRepository(context.session)

    async def take(self, principal: Principal, entry: Entry) -> TakenAs:
        """Draft an entry: a new item with its first version, the next version of one that is there, or nothing.

        Raises `ItemOfAnother`, `ItemDraftWaits`, and as `Items.draft` and `Items.draft_version`.
        """
        known = (await self._rows.by_codes([entry.item.code])).get(entry.item.code)
        if known is None:
            item = await self._items.draft(principal, entry.item)
            await self._items.draft_version(principal, item.id, entry.version)
            return TakenAs.DRAFTED
        draft = await self._rows.draft(known.item.id)
        outcome = _against(entry, known, draft)
        if outcome is TakenAs.CHANGED:
            await self._items.draft_version(principal, known.item.id, entry.version)
        return outcome

    async def judge(self, principal: Principal, entry: Entry, known: CatalogueItem | None) -> TakenAs:
        """What `take` would make of an entry. Raises as that; nothing is changed."""
        require_own(principal, entry.item.department)
        self._items.check(entry.item, entry.version)
        if known is None:
            return TakenAs.DRAFTED
        return _against(entry, known, await self._rows.draft(known.item.id))

    async def take_all(self, principal: Principal, entries: Sequence[Entry], *, dry_run: bool) -> list[TakenAs]:
        """Take entries, all of them or none; with `dry_run` only say what would become of them.

        Items that are there are locked first, new ones drafted by code: as by whoever else drafts several. Raises as
        `take`, with `items.N.` before the path; `Invalid` for a code that stands twice.
        """
        codes = [entry.item.code for entry in entries]
        twice = [n for n, code in enumerate(codes) if code in codes[:n]]
        if twice:
            raise Invalid(errors=[FieldError(f"items.{n}.code", "duplicate", "编码重复") for n in twice])
        known = await (self.known if dry_run else self.locked)(codes)
        outcomes = {
            number: await _at(number, self.judge(principal, entry, known.get(entry.item.code)))
            for number, entry in enumerate(entries)
        }
        for number in [] if dry_run else sorted(outcomes, key=codes.__getitem__):
            outcomes[number] = await _at(number, self.take(principal, entries[number]))
        return [*outcomes.values()]

    async def offered(self) -> Sequence[CatalogueItem]:
        """Every item that is offered, by code."""
        return await self._rows.found(ItemFilter(), after=None, limit=MOST_OFFERED)

    async def page(self, *, after: str | None, limit: int) -> Sequence[CatalogueItem]:
        """The next items that are offered, by code."""
        return await self._rows.found(ItemFilter(), after=after, limit=limit)

    async def known(self, codes: Sequence[str]) -> Mapping[str, CatalogueItem]:
        """The items of these codes that are there."""
        return await self._rows.by_codes(codes)

    async def locked(self, codes: Sequence[str]) -> Mapping[str, CatalogueItem]:
        """The same, locked until the transaction ends."""
        await self._rows.lock_all(codes)
        return await self._rows.by_codes(codes)


async def _at(number: int, outcome: Awaitable[TakenAs]) -> TakenAs:
    """What becomes of one entry of several. A refusal has its place before every path."""
    try:
        return await outcome
    except (Invalid, ItemOfAnother, ItemDraftWaits) as error:
        errors = [replace(one, path=f"items.{number}.{one.path}".rstrip(".")) for one in _told(error)]
        raise type(error)(error.subject, detail=error.detail, errors=errors) from None


def _against(entry: Entry, known: CatalogueItem, draft: ItemDraft | None) -> TakenAs:
    """What an entry changes of what is there. Raises `ItemOfAnother`, `ItemDraftWaits`."""
    item = known.item
    own = ("department", "category", "target")
    differing = [name for name in own if getattr(item, name) != getattr(entry.item, name)]
    if differing:
        raise ItemOfAnother.at(*differing, subject=item.id)
    content = entry.version.stored()
    if draft is not None:
        if draft.content is None or changes(draft.content, content):
            raise ItemDraftWaits(item.id, errors=[FieldError("code", ItemDraftWaits.code, ItemDraftWaits.title)])
        return TakenAs.UNCHANGED
    if known.version is not None and not changes(content_of(known.version), content):
        return TakenAs.UNCHANGED
    return TakenAs.CHANGED


def require_import(principal: Principal, area: str) -> None:
    """Raise `NotFound` unless the caller may manage items of the county, its own department's at least."""
    if len(area) != COUNTY_DIGITS or not principal.department_scope(MANAGE).allows_for_any(area):
        raise NotFound(area)


class ItemIntake(Intake):
    """Items as an import has them. Departments and categories are told by name or code."""

    def __init__(
        self,
        context: UseCaseContext,
        principal: Principal,
        items: Items,
        lists: CountyLists,
        content: ContentOf,
    ) -> None:
        self._context = context
        self._principal = principal
        self._taking = ItemTaking(context, items)
        self._lists = {"department": lists.departments, "category": lists.categories}
        self._content = content

    @property
    def columns(self) -> Sequence[Column]:
        return COLUMNS

    def repeats(self, row: TableRow, earlier: Earlier) -> Sequence[FieldError]:
        """The same code twice in the table."""
        code = str(row.values.get("code", ""))
        digest = self._context.crypto.blind("item_import.repeated", code)[0].digest
        return [REPEATED] if code and earlier.count(digest) else ()

    async def judge(
        self, rows: Sequence[Marked], repeated: Mapping[int, Sequence[FieldError]]
    ) -> Mapping[int, Verdict]:
        """As the use case would; what says what is there already is known."""
        whole = [one.row for one in rows if not one.row.findings and not repeated.get(one.row.number)]
        known = await self._taking.known([str(row.values["code"]) for row in whole])
        verdicts = {}
        for row in whole:
            try:
                outcome = await self._judged(self._read(row, known), known)
                verdicts[row.number] = Verdict(known=outcome is TakenAs.UNCHANGED)
            except DomainError as error:
                at_columns = [replace(one, path=self.column_of(one.path)) for one in _told(error)]
                verdicts[row.number] = Verdict(at_columns)
        return verdicts

    async def take(self, rows: Sequence[Marked], batch: Sequence[Marked]) -> int:
        """Draft them, in the order in which `ItemTaking.take_all` does. How many were there already."""
        by_code = {str(one.row.values["code"]): one for one in rows}
        known = await self._taking.locked([*by_code])
        there = 0
        for _, one in sorted(by_code.items()):
            there += await self._taking.take(self._principal, self._read(one.row, known)) is TakenAs.UNCHANGED
        return there

    def column_of(self, path: str) -> str:
        """The column of a field: parts of a list stand in its cell."""
        head = path.removeprefix("content.").partition(".")
        code = f"result_{head[2]}" if head[0] == "result" else head[0]
        return code if any(code == one.code for one in COLUMNS) else ""

    async def _judged(self, entry: Entry, known: Mapping[str, CatalogueItem]) -> TakenAs:
        return await self._taking.judge(self._principal, entry, known.get(entry.item.code))

    def _read(self, row: TableRow, known: Mapping[str, CatalogueItem]) -> Entry:
        """A row as an entry; what it does not say stays as the newest version has it. Raises `Invalid`."""
        values = row.values
        found = known.get(str(values["code"]))
        item = NewItem(
            code=str(values["code"]),
            department=self._coded("department", values["department"]),
            category=self._coded("category", values["category"]),
            target=str(values.get("target", "natural_person")),
        )
        before = {} if found is None or found.version is None else content_of(found.version)
        return Entry(item, self._content(values, before))

    def _coded(self, name: str, said: Value) -> str:
        listed = self._lists[name]
        code = next((code for code, title in listed.items() if said in (code, title)), None)
        if code is None:
            raise CodeUnlisted.at(name)
        return code


def _told(error: DomainError) -> Sequence[FieldError]:
    return error.errors or (FieldError("", error.code, error.title),)


def row_of(found: CatalogueItem, lists: CountyLists) -> dict[str, Any]:
    """An item with a version as a row of the table."""
    item, version = found.item, found.version
    assert version is not None, "only what was published is taken out"
    content = content_of(version)
    return {
        "code": item.code,
        "department": lists.departments.get(item.department, item.department),
        "category": lists.categories.get(item.category, item.category),
        "target": item.target,
        **{name: content[name] for name in PLAIN},
        "levels": [str(level) for level in content["levels"]],
        **written(content),
        "result_kind": None if version.result is None else version.result["kind"],
        "result_name": None if version.result is None else version.result["name"],
        "fee_fen": version.fee_fen or None,
    }
