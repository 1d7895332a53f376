"""Principal: a subject and its grants. A decision looks at single grants, never at roles × areas.

Nothing here says whether somebody has a permission *somewhere*: a decision takes a scope and asks it with the area (and
the department) of what is to be done. Only the route's admission, which refuses early, looks at grants without an area.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from shared.auth.lineage import NO_LINEAGE, Lineage
from shared.auth.roles import DEPARTMENT_ROLES, DEPARTMENTAL, OWN_ONLY, PERMISSIONS, ROLES
from shared.auth.scope import DepartmentScope, Judgement, Scope, is_inside, outermost
from shared.reference.areas import COUNTY_DIGITS

ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Grant:
    """Grant: one role in one area, for one department or for none. A department role without a department is void."""

    role: str
    area: str
    department: str | None = None

    def carries(self, permission: str) -> bool:
        """Whether the role has the permission at all, in an area or for the subject's own data."""
        if self.department is None and self.role in DEPARTMENT_ROLES:
            return False
        return permission in ROLES.get(self.role, frozenset())

    def opens(self, permission: str) -> bool:
        """Whether the role has the permission in its whole area."""
        return self.role not in OWN_ONLY and self.carries(permission)


@dataclass(frozen=True, slots=True)
class Principal:
    """Principal: a verified caller. `lineage` is the dated tree as of this request, through which its areas resolve.

    `judged` collects what was decided during this request, so that a stored answer can be judged again. `expires_at`:
    when its token does, in seconds since 1970; None for who acts without one.
    """

    subject: str
    grants: tuple[Grant, ...] = ()
    lineage: Lineage = NO_LINEAGE
    judged: list[Judgement] | None = field(default=None, compare=False, repr=False)
    expires_at: float | None = field(default=None, compare=False, repr=False)

    @property
    def anonymous(self) -> bool:
        return self.subject == ANONYMOUS

    def scope(self, *permissions: str, within: str | None = None) -> Scope:
        """Scope of a permission on what no department answers for: the areas of the grants that open it.

        With several permissions only a grant that opens them all counts. `within` narrows the scope to one area, as a
        list or a count is asked for it; raises `NotFound` if the permission holds nowhere in that area: what one may
        not see is no empty list.
        """
        areas = [area for grant in self._opening(permissions, False) for area in self.lineage.expand(grant.area)]
        scope = Scope(tuple(areas) if len(areas) < 2 else outermost(areas), permissions, self.judged)
        return scope if within is None else scope.narrowed(self.lineage.expand(within))

    def only(self, permission: str) -> "Principal":
        """The same subject with no other grants than those that open the permission: for what acts in its name."""
        _known((permission,))
        return Principal(self.subject, tuple(grant for grant in self.grants if grant.opens(permission)), self.lineage)

    def posts(self, roles: Collection[str]) -> "tuple[Grant, ...]":
        """The caller's posts of these roles, by area as the tree has it today: for what is addressed to a post.

        Permits nothing.
        """
        held = [grant for grant in self.grants if grant.role in roles]
        return tuple(
            Grant(grant.role, area, grant.department) for grant in held for area in self.lineage.expand(grant.area)
        )

    def through_the_tree(self, area: str) -> Scope:
        """An area as lists have it: with what it took over or, if abolished, what carries it on. Permits nothing."""
        return Scope(self.lineage.expand(area))

    def department_scope(self, *permissions: str, within: str | None = None) -> DepartmentScope:
        """Scope of a permission on what a department answers for (`DEPARTMENTAL`): it is asked with the department.

        As `scope` otherwise. A grant for a department opens only what is that department's.
        """
        found: dict[str | None, list[str]] = {}
        for grant in self._opening(permissions, True):
            found.setdefault(grant.department, []).extend(self.lineage.expand(grant.area))
        parts = tuple((department, outermost(areas)) for department, areas in found.items())
        scope = DepartmentScope(parts, permissions, self.judged)
        return scope if within is None else scope.narrowed(self.lineage.expand(within))

    def owns(self, permission: str) -> bool:
        """Whether a grant carries the permission for the subject's own data, which lies in no area (居民).

        Only for rows that are compared with the subject.
        """
        _known((permission,))
        return any(grant.role in OWN_ONLY and grant.carries(permission) for grant in self.grants)

    def holds_county(self, permission: str) -> bool:
        """Whether a grant opens the permission at a county or above: for what concerns the county as a whole.

        The issuer is the county's own, so that a grant at this level is one over the whole deployment.
        """
        _known((permission,))
        opening = [grant for grant in self.grants if grant.opens(permission)]
        return any(len(area) <= COUNTY_DIGITS for grant in opening for area in self.lineage.expand(grant.area))

    def require_area(self, permission: str, area: str) -> None:
        """Raise `NotFound` unless the permission holds somewhere in the area: what lies elsewhere is not there."""
        self.scope(permission, within=area)

    def role_in(self, permission: str, area: str | None, department: str | None = None) -> str | None:
        """The role by which the permission holds in the area, for the access log. None: by none."""
        for grant in self._opening((permission,), permission in DEPARTMENTAL):
            if permission in DEPARTMENTAL and grant.department not in (None, department):
                continue
            if area is not None and any(is_inside(area, one) for one in self.lineage.expand(grant.area)):
                return grant.role
        return next((one.role for one in self.grants if one.role in OWN_ONLY and one.carries(permission)), None)

    def holds(self, judgement: Judgement) -> bool:
        """Whether the same decision falls the same way today. A permission that is no more is held by nobody."""
        permissions, areas, department = judgement
        if not PERMISSIONS.keys() >= set(permissions):
            return False
        if DEPARTMENTAL.isdisjoint(permissions):
            return self.scope(*permissions).allows_any(*areas)
        scope = self.department_scope(*permissions)
        return any(scope.allows(area, department) for area in areas) if areas else scope.allows_county(department)

    def of_request(self, lineage: Lineage) -> "Principal":
        """The same caller in one request, with today's tree."""
        return Principal(self.subject, self.grants, lineage, [], self.expires_at)

    def _opening(self, permissions: Sequence[str], departmental: bool) -> list[Grant]:
        _known(permissions)
        if departmental is DEPARTMENTAL.isdisjoint(permissions):
            asked = "with" if departmental else "without"
            raise ValueError(f"{', '.join(permissions)}: not to be asked {asked} a department")
        if len(permissions) == 1:
            (permission,) = permissions
            return [grant for grant in self.grants if grant.opens(permission)]
        return [grant for grant in self.grants if all(grant.opens(permission) for permission in permissions)]


def _known(permissions: Sequence[str]) -> None:
    for permission in permissions:
        if permission not in PERMISSIONS:
            raise ValueError(f"no such permission: {permission}")


NOBODY = Principal(ANONYMOUS)
"""The caller of an open endpoint who showed no token."""
