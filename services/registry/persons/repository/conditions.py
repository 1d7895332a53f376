"""Conditions of queries over persons: whose they are, in which book they stand, which a list shows."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_

from services.registry.persons.models import Person
from shared.auth.scope import Scope
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book
from shared.reference.areas import VILLAGE_DIGITS


def stands_in(book: Book) -> ColumnElement[bool]:
    """Whether a person belongs to a village of the county now, by the book: missing or not."""
    return or_(stands(book, PersonStatus.ACTIVE), stands(book, PersonStatus.MISSING))


def area_in(book: Book) -> Any:
    return Person.residence_area if book is Book.RESIDENCE else Person.registration_area


def until_in(book: Book) -> Any:
    return Person.residence_until if book is Book.RESIDENCE else Person.registration_until


def in_scope(scope: Scope) -> ColumnElement[bool]:
    return scope.where(Person.residence_area, Person.registration_area)


def stands(book: Book, status: PersonStatus) -> ColumnElement[bool]:
    """Whether the status is the person's in this one book: who left it is not active in it, whatever the other says.

    Who is registered elsewhere in the country stands in no book of ours.
    """
    ours = func.length(area_in(book)) >= VILLAGE_DIGITS
    match status:
        case PersonStatus.ACTIVE | PersonStatus.MISSING:
            return and_(ours, Person.status == str(status), until_in(book).is_(None))
        case PersonStatus.MOVED_OUT:
            alive = Person.status.in_([str(PersonStatus.ACTIVE), str(PersonStatus.MISSING), str(status)])
            return and_(ours, alive, until_in(book).is_not(None))
        case _:
            return and_(ours, Person.status == str(status))


def listed(scope: Scope, within: Scope, book: Book, status: PersonStatus | None) -> ColumnElement[bool]:
    condition = and_(in_scope(scope), within.where(area_in(book)))
    return condition if status is None else and_(condition, stands(book, status))


def undocumented(scope: Scope, within: Scope, due_by: date | None) -> ColumnElement[bool]:
    """Who belongs here without a document, and is looked after by a day; None: by any."""
    here = and_(in_scope(scope), within.where(Person.residence_area, Person.registration_area))
    due = Person.undocumented_due_on
    waiting = due.is_not(None) if due_by is None else due <= due_by
    return and_(here, waiting, Person.status == str(PersonStatus.ACTIVE))
