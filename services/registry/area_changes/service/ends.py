"""Use case of the end of an area (撤销): a change of areas like every other, with at most one heir for who is there."""

from collections.abc import Mapping, Sequence
from datetime import date

from services.registry.area_changes.domain import Plan, abolition
from services.registry.area_changes.service.changes import AreaChanges
from services.registry.area_changes.service.residents import PERMISSION
from services.registry.areas.domain import AreaAlreadyAbolished, AreaHasParts, AreaNotFound, UnknownArea
from services.registry.areas.models import Area
from services.registry.areas.repository import AreaRepository
from services.registry.life_events.domain import EventInFuture
from shared.auth.principal import Principal
from shared.auth.scope import Scope
from shared.clock import today
from shared.db.compare_and_set import Seen, require_version
from shared.errors import FieldError, Invalid
from shared.messaging.context import UseCaseContext


class AreaEnds:
    """Use cases of the end of one area; it is undone as any change of areas is."""

    def __init__(self, context: UseCaseContext, changes: AreaChanges) -> None:
        self._clock = context.clock
        self._areas = AreaRepository(context.session)
        self._changes = changes

    async def abolish(
        self,
        principal: Principal,
        code: str,
        *,
        valid_to: date,
        successors: Sequence[str],
        expected: Seen = None,
    ) -> Area:
        """Abolish an area. Whoever is there goes over to its successor; with none, or several, nobody is there.

        Successors lie in the caller's scope and are of the same level: grants on the area resolve to them. What lies
        below has ended by then. Raises `NotFound`, `Invalid` that names a successor, `EventInFuture`,
        `VersionMismatch`, `AreaAlreadyAbolished`, `AreaHasParts`, `AreaPopulated`, `UnknownArea` for a successor or the
        day, and what a change of areas is refused for.
        """
        scope = principal.scope(PERMISSION)
        scope.require(code)
        if errors := _wrong_successors(code, successors, scope):
            raise Invalid(errors=errors)
        if valid_to > today(self._clock):
            raise EventInFuture.at("valid_to")

        async def locked(plan: Plan) -> Mapping[str, Area]:
            known = await self._areas.all_locked([*successors, code], ending=True)
            if code not in known:
                raise AreaNotFound(code)
            require_version(known[code], expected)
            gone = [one == code or one not in known or known[one].valid_to is not None for one in successors]
            if any(gone):
                raise UnknownArea.at(*(f"successors.{index}" for index, one in enumerate(gone) if one))
            if valid_to < known[code].valid_from:
                raise UnknownArea.at("valid_to")
            if known[code].valid_to is not None:
                raise AreaAlreadyAbolished(code)
            if await self._areas.parts(code, on=valid_to):
                raise AreaHasParts(code)
            return known

        await self._changes.apply(principal, abolition(code, valid_to, successors), locked)
        area = await self._areas.get(code)
        assert area is not None, "the row is locked"
        return area


def _wrong_successors(code: str, successors: Sequence[str], scope: Scope) -> Sequence[FieldError]:
    """Successors that lie outside the scope, or are of another level than the area that ends."""
    errors = []
    for number, one in enumerate(successors):
        if not scope.allows(one):
            errors.append(FieldError(f"successors.{number}", "outside_scope", "继任区划不在您的管理范围内"))
        elif len(one) != len(code):
            errors.append(FieldError(f"successors.{number}", "level", "继任区划须与被撤销的区划同级"))
    return errors
