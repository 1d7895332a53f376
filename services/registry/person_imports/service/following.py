"""What lists of residents follow: rows of people whose entry was taken back are not there already."""

from services.registry.person_imports.repository import PersonImportRepository
from services.registry.person_imports.service.imports import TARGET
from services.registry.persons.domain import PersonChange
from shared.contracts.registry.persons import PersonStatus
from shared.imports.repository import ImportRepository
from shared.messaging.context import UseCaseContext


class ImportFollowing:
    """Follower of persons (`PersonFollower`): what was annulled is judged anew if it is delivered again."""

    def __init__(self, context: UseCaseContext) -> None:
        self._rows = PersonImportRepository(context.session)
        self._imports = ImportRepository(context.session)

    async def follow(self, change: PersonChange) -> None:
        """After a change of a person: nothing unless the entry was taken back."""
        if change.after.status == PersonStatus.ANNULLED != change.before.status:
            await self._imports.forget(TARGET, await self._rows.forget(change.after.id))
