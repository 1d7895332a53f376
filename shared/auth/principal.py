"""Principal: a subject and its grants. A decision looks at single grants, never at roles × areas."""

from dataclasses import dataclass, replace

from shared.auth.roles import OWN_ONLY, PERMISSIONS, ROLES
from shared.auth.scope import NO_LINEAGE, Lineage, Scope, outermost
from shared.errors import Forbidden

ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Grant:
    """Grant: one role in one area, for one department or for none."""

    role: str
    area: str
    department: str | None = None

    def carries(self, permission: str) -> bool:
        """Whether the role has the permission at all, in an area or for the subject's own data."""
        return permission in ROLES.get(self.role, frozenset())

    def opens(self, permission: str) -> bool:
        """Whether the role has the permission in its whole area."""
        return self.role not in OWN_ONLY and self.carries(permission)


@dataclass(frozen=True, slots=True)
class Principal:
    """Principal: a verified caller. `lineage` is the dated tree as of this request, through which its areas resolve."""

    subject: str
    grants: tuple[Grant, ...] = ()
    lineage: Lineage = NO_LINEAGE

    @property
    def anonymous(self) -> bool:
        return self.subject == ANONYMOUS

    def may(self, permission: str) -> bool:
        """Whether some grant carries the permission, be it for the subject's own data only."""
        _known(permission)
        return any(grant.carries(permission) for grant in self.grants)

    def may_in_area(self, permission: str) -> bool:
        """Whether some grant opens an area for the permission."""
        _known(permission)
        return any(grant.opens(permission) for grant in self.grants)

    def require(self, permission: str) -> None:
        """Raise `Forbidden` unless some grant carries the permission: for a second permission inside a use case."""
        if not self.may(permission):
            raise Forbidden(permission)

    def scope(self, permission: str, *, within: str | None = None) -> Scope:
        """Scope of a permission: the union of the areas of the grants that open it, through the dated tree.

        `within` narrows it to one area, as a list or a count is asked for it; raises `NotFound` if the permission
        holds nowhere in that area: what one may not see is no empty list.
        """
        _known(permission)
        areas = [area for grant in self.grants if grant.opens(permission) for area in self.lineage.expand(grant.area)]
        scope = Scope(tuple(areas) if len(areas) < 2 else outermost(areas))
        return scope if within is None else scope.narrowed(self.lineage.expand(within))

    def require_area(self, permission: str, area: str) -> None:
        """Raise `NotFound` unless the permission holds somewhere in the area: what lies elsewhere is not there."""
        self.scope(permission, within=area)

    def role_in(self, permission: str, area: str | None) -> str | None:
        """The role by which the permission holds in the area: what the access log names. None: by none."""
        for grant in self.grants:
            if grant.opens(permission) and Scope(self.lineage.expand(grant.area)).allows(area):
                return grant.role
        return next(
            (grant.role for grant in self.grants if not grant.opens(permission) and grant.carries(permission)), None
        )

    def departments(self, permission: str) -> frozenset[str]:
        """The departments on whose behalf the permission is held."""
        return frozenset(grant.department for grant in self.grants if grant.department and grant.carries(permission))

    def seen_through(self, lineage: Lineage) -> "Principal":
        """The same caller with today's tree."""
        return self if lineage is self.lineage else replace(self, lineage=lineage)


def _known(permission: str) -> None:
    if permission not in PERMISSIONS:
        raise ValueError(f"no such permission: {permission}")


NOBODY = Principal(ANONYMOUS)
"""The caller of an open endpoint who showed no token."""
