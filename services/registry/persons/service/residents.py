"""Residents of an area, as whoever changes the tree of areas asks for them."""

from services.registry.persons.repository.persons import PersonRepository
from shared.messaging.context import UseCaseContext


class PersonResidents:
    """Whether persons belong to an area; households need no asking: each has a member who belongs there."""

    def __init__(self, context: UseCaseContext) -> None:
        self._persons = PersonRepository(context.session)

    async def anybody_in(self, area: str) -> bool:
        """Whether somebody belongs to the area, or to one inside it, in either book and without an end."""
        return await self._persons.anybody_in(area)
