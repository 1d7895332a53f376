"""Questions about document numbers (证件号码): that a number is held in the county is itself personal data.

Every attempt to register a number, or to set one right, asks it. Each counts in one rate limit of the caller, is noted
in the access log, and, if somebody holds the number, at the person who holds it: those who look after that person see
who asked. What the caller hears depends on the caller's own areas alone.
"""

from collections.abc import Mapping

from services.registry.persons.domain import NotRegistrableHere, NumberHolder, PersonAlreadyRegistered
from services.registry.persons.service.notes import note_question
from shared.auth.access_log import AccessNotes
from shared.auth.principal import Principal
from shared.errors import DomainError, FieldError

BUCKET = "person_number"
"""The rate limit of every question about a number, or who is alike: searches, registrations, corrections."""


class NumberQuestions:
    """Questions that changes ask by the way; a search asks of its own (`Persons.search`)."""

    def __init__(self, access: AccessNotes) -> None:
        self._access = access

    def ask(self, count: int) -> None:
        """Numbers, or people without one, are about to be looked for: if the change is refused, its caller pays."""
        self._access.asked[BUCKET] += count

    def refusal(
        self, principal: Principal, action: str, permission: str, holders: Mapping[str, NumberHolder]
    ) -> DomainError:
        """Note the question at every holder; returns the refusal. `holders` by the path of the number in the body."""
        for holder in holders.values():
            note_question(self._access, principal, action, holder, permission)
        scope = principal.scope("person.search")
        outside = {
            path for path, one in holders.items() if not scope.allows_any(one.residence_area, one.registration_area)
        }
        refusal = NotRegistrableHere if outside else PersonAlreadyRegistered
        return refusal(errors=[FieldError(path, refusal.code, refusal.title) for path in sorted(outside or holders)])
