"""Notes of the access log about persons: who looked at whom or changed whom, by which role, what for."""

from uuid import UUID

from services.registry.persons.domain import NumberHolder, PersonRecord
from shared.auth.access_log import AccessNotes, Detail, Purpose, Result
from shared.auth.principal import Principal

RESTRICTED_TAG, RESTRICTED_UNTAG, READ_RESTRICTED_TAGS = "restricted_tag", "restricted_untag", "read_restricted_tags"
TAG, UNTAG, READ_TAGS = "tag", "untag", "read_tags"
RESTRICTED_CONTACT, READ_RESTRICTED_CONTACTS = "restricted_tag_contact", "read_restricted_tag_contacts"
CONTACT, READ_CONTACTS = "tag_contact", "read_tag_contacts"
TELLING_OF_RESTRICTED_TAGS = {
    RESTRICTED_TAG: TAG,
    RESTRICTED_UNTAG: UNTAG,
    READ_RESTRICTED_TAGS: READ_TAGS,
    RESTRICTED_CONTACT: CONTACT,
    READ_RESTRICTED_CONTACTS: READ_CONTACTS,
}
"""Actions of the access log that tell of a restricted tag, and how whoever audits them is told instead: as of any tag.
Whoever may neither know of such tags nor audit is not shown them at all."""


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


def note_question(
    access: AccessNotes, principal: Principal, action: str, holder: NumberHolder, permission: str
) -> None:
    """Note in the access log that a change asked for the number of somebody who holds it, and was refused."""
    access.note(
        principal,
        action=action,
        noun="registry.person",
        object_id=holder.person_id,
        area=holder.area,
        detail=Detail.EXISTENCE,
        result=Result.REFUSED,
        role=principal.role_in(permission, holder.area),
    )


def note_shown(
    access: AccessNotes, principal: Principal, action: str, person_id: UUID, permission: str, *, area: str
) -> None:
    """Note in the access log that something of a person was shown under the id alone, in an area."""
    access.note(
        principal,
        action=action,
        noun="registry.person",
        object_id=person_id,
        area=area,
        detail=Detail.EXISTENCE,
        role=principal.role_in(permission, area),
    )


def note_nothing(
    access: AccessNotes,
    principal: Principal,
    action: str,
    id: UUID | None,
    purpose: Purpose | None = None,
    *,
    area: str | None = None,
) -> None:
    """Note in the access log a look or a change that found nobody in the caller's scope.

    `id`: who was asked for, be there such a person or not; None: nobody has what was asked for.
    """
    access.note(
        principal,
        action=action,
        noun="registry.person",
        object_id=id,
        area=area,
        purpose=purpose,
        detail=Detail.EXISTENCE,
        result=Result.NOT_FOUND,
    )
