"""Packages (一件事): taken over from those that ship, retired, offered again."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from uuid import UUID

import yaml
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.items.domain.codes import HandlingMode, ItemStatus
from services.services_hall.items.repository import ItemRepository
from services.services_hall.items.service.content import NewItem, NewVersion
from services.services_hall.items.service.items import Items
from services.services_hall.packages.domain import (
    PACKAGE_TRANSITIONS,
    Component,
    PackageTransitionError,
    Template,
    TemplateUnknown,
    read_templates,
)
from services.services_hall.packages.models import Package
from services.services_hall.packages.repository import PackageRepository
from shared.auth.principal import Principal
from shared.contracts.services_hall.packages import (
    PackagePublished,
    PackageReopened,
    PackageRestated,
    PackageRetired,
    PackageState,
    PackageStatus,
)
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import Forbidden, NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

SHIPPED = Path(__file__).parents[1] / "shipped.yaml"


@cache
def templates() -> dict[str, Template]:
    """The packages that ship, by code."""
    return read_templates(yaml.safe_load(SHIPPED.read_text(encoding="utf-8")))


class Packages:
    """Use cases of packages. `items`: of the catalogue, which gets what a package needs and it does not have."""

    def __init__(self, context: UseCaseContext, items: Items) -> None:
        self._session = context.session
        self._outbox = context.outbox
        self._items = items
        self._known = ItemRepository(context.session)
        self._packages = PackageRepository(context.session)

    async def adopt(self, principal: Principal, code: str) -> Package:
        """Offer a package that ships; items that the catalogue does not have are published with its content.

        Raises `TemplateUnknown`, `Forbidden` for who does not manage the items of all its departments; one that is
        offered already is refused by the database (`PackageCodeTaken`), as is one of which somebody drafts an item at
        the same moment (`ItemCodeTaken`). Items that are there stay as they are until the package is offered.
        """
        template = templates().get(code)
        if template is None:
            raise TemplateUnknown.at("template")
        self._require_own(principal, template)
        package = Package(
            id=new_id(),
            version=1,
            code=template.code,
            name=template.name,
            lead_department=template.lead_department,
            items=[],
            shared=list(template.shared),
            status=PackageStatus.ACTIVE,
        )
        self._packages.add(package)
        await self._session.flush()  # of two who offer it, the second is told before it drafts any item
        await self._known.lock_all([one.code for one in template.items])
        package.items = [str(await self._item(principal, one)) for one in template.items]
        await self._session.flush()
        self._outbox.add(PackagePublished(state=PackageState.model_validate(package)))
        return package

    async def retire(self, principal: Principal, id: UUID, *, expected: Seen) -> Package:
        """It is offered no more; what was brought goes on. Raises `NotFound`, `PackageTransitionError`."""
        return await self._move(principal, id, expected, PackageStatus.RETIRED)

    async def reopen(self, principal: Principal, id: UUID, *, expected: Seen) -> Package:
        """It is offered again."""
        return await self._move(principal, id, expected, PackageStatus.ACTIVE)

    async def read(self, id: UUID) -> Package:
        """A package. Raises `NotFound`."""
        package = await self._packages.get(id)
        if package is None:
            raise NotFound(id)
        return package

    async def page(self, *, after: UUID | None, limit: int) -> Sequence[Package]:
        """The next packages by id."""
        return await self._packages.page(after=after, limit=limit)

    async def _move(self, principal: Principal, id: UUID, expected: Seen, to: PackageStatus) -> Package:
        seen = await self._packages.locked(id)
        if seen is None:
            raise NotFound(id)
        if not principal.department_scope("item.manage").allows_county(seen.lead_department):
            raise Forbidden
        require_version(seen, expected)
        if to not in PACKAGE_TRANSITIONS[PackageStatus(seen.status)]:
            raise PackageTransitionError(id)
        moved = await compare_and_set(self._session, seen, status=to)
        assert moved is not None, "the row is locked"
        fact = PackageRetired if to is PackageStatus.RETIRED else PackageReopened
        self._outbox.add(fact(state=PackageState.model_validate(moved)))
        return moved

    async def _item(self, principal: Principal, one: Component) -> UUID:
        """The item of the catalogue, or a new one with what ships."""
        known = await self._known.by_code(one.code)
        if known is not None and known.status == ItemStatus.PUBLISHED:
            return known.id
        item = known or await self._items.draft(
            principal, NewItem(code=one.code, department=one.department, category=one.category, target="natural_person")
        )
        content = NewVersion(
            name=one.name,
            handling_mode=HandlingMode.WITHIN_PROMISE,
            statutory_days=one.days,
            promised_days=one.days,
            levels=(6, 9, 12),
            materials=tuple(
                {"name": name, "form": "original", "copies": 1, "required": True, "deferrable": False}
                for name in one.materials
            ),
        )
        await self._items.publish_shipped(principal, item.id, content)
        return item.id

    def _require_own(self, principal: Principal, template: Template) -> None:
        scope = principal.department_scope("item.manage")
        departments = {template.lead_department, *(one.department for one in template.items)}
        if not all(scope.allows_county(one) for one in sorted(departments)):
            raise Forbidden


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[PackageRestated]:
    """Restated facts of the next packages, their rows locked."""
    rows = await PackageRepository(session).locked_after(UUID(after) if after else None, limit)
    return [PackageRestated(state=PackageState.model_validate(row)) for row in rows]
