"""Check of the parents whom a birth names."""

from collections.abc import Sequence

from services.registry.persons.domain import NewPerson, ParentDisagrees
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.notes import note
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

UNKNOWN = ("0", "9")
"""Sexes that contradict nothing (GB/T 2261.1)."""


class Parents:
    """Check of parents, in the areas that the caller may read."""

    def __init__(self, context: UseCaseContext) -> None:
        self._access = context.access
        self._persons = PersonRepository(context.session)

    async def check(self, principal: Principal, people: Sequence[NewPerson], paths: Sequence[str]) -> None:
        """Parents who are named stand in the register where the caller may read, and can be the parents.

        Raises `NotFound`, `ParentDisagrees`, each with its paths; the look is noted.
        """
        named = [
            (person_id, sex, one, f"{path}delivery.{who}_id")
            for one, path in zip(people, paths, strict=True)
            if one.delivery is not None
            for person_id, sex, who in (
                (one.delivery.mother_id, "2", "mother"),
                (one.delivery.father_id, "1", "father"),
            )
            if person_id is not None
        ]
        if not named:
            return
        ids = {person_id for person_id, *_ in named}
        known = {one.id: one for one in await self._persons.visible(ids, principal.scope("person.read"))}
        if unknown := [path for person_id, _, _, path in named if person_id not in known]:
            raise NotFound.at(*unknown)
        for parent in known.values():
            note(self._access, principal, "name_parent", parent, "person.read", Detail.EXISTENCE)
        wrong = [
            path
            for person_id, sex, child, path in named
            if known[person_id].sex not in (sex, *UNKNOWN) or known[person_id].birth_date >= child.birth_date
        ]
        if wrong:
            raise ParentDisagrees.at(*wrong)
