"""Notes of the access log about persons: who looked at whom or changed whom, by which role, what for."""

from uuid import UUID

from services.registry.persons.domain import PersonRecord
from shared.auth.access_log import AccessNotes, Detail, Purpose, Result
from shared.auth.principal import Principal


def note(
    access: AccessNotes,
    principal: Principal,
    action: str,
    person: PersonRecord,
    permission: str,
    detail: Detail,
    *,
    purpose: Purpose | None = None,
) -> None:
    """Note a look at a person, or a change, in the access log."""
    access.note(
        principal,
        action=action,
        noun="registry.person",
        object_id=person.id,
        area=person.area,
        purpose=purpose,
        detail=detail,
        role=principal.role_in(permission, person.area),
    )


def note_nothing(
    access: AccessNotes, principal: Principal, action: str, id: UUID | None, purpose: Purpose | None
) -> None:
    """Note a look that found nobody in the access log."""
    access.note(
        principal,
        action=action,
        noun="registry.person",
        object_id=id,
        purpose=purpose,
        detail=Detail.EXISTENCE,
        result=Result.NOT_FOUND,
    )
