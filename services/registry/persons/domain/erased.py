"""Rules of persons whose personal values were erased (清除): the row stays, for books and figures."""

from services.registry.life_events.domain import PersonErased
from services.registry.persons.domain.persons import PersonRecord

ERASED_NAME = "已清除"
"""In place of the name."""


def require_kept(person: PersonRecord) -> None:
    """Raises `PersonErased` if nothing of the person changes any more."""
    if person.erased_at is not None:
        raise PersonErased(person.id)
