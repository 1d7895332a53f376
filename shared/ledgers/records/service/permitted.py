"""Which values of a record a caller may write: restricted ones, and those that are judged together with unseen ones."""

from collections.abc import Mapping
from typing import Any

from shared.auth.principal import Principal
from shared.errors import FieldError
from shared.ledgers.compiler.indexes import SEALED
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.grammar.words import Privacy
from shared.ledgers.records import shape
from shared.ledgers.records.domain import RecordFieldNotYours, RecordFieldRelated


def require_fields(
    ledger: Ledger,
    principal: Principal,
    sent: Mapping[str, Any],
    place: tuple[str, str | None],
    *,
    held: Mapping[str, Any] | None = None,
) -> None:
    """Restricted fields and columns are written by whoever may see them. Raises `RecordFieldNotYours`.

    Nobody else empties one, whether it is filled or not; a small table that holds restricted cells already is replaced
    by nobody else: their cells would be lost. `held`: None for a record that is opened.
    """
    before = held or {}
    closed = [
        name
        for name in sent
        if shape.is_closed(ledger, name, sent[name], before.get(name))
        or (held is not None and name not in ledger.rows and ledger.privacy.get(name) is Privacy.RESTRICTED)
    ]
    access = ledger.definition.access
    if closed and not principal.department_scope("record.read", access.restricted).allows(*place):
        refusal = RecordFieldNotYours
        raise refusal(errors=[FieldError(f"values.{name}", refusal.code, refusal.title) for name in closed])


def require_related(
    ledger: Ledger,
    principal: Principal,
    sent: Mapping[str, Any],
    place: tuple[str, str | None],
    *,
    held: Mapping[str, Any],
) -> None:
    """What is judged together with something that the caller may not see is changed together with it.

    Whoever could send one part alone would learn of the other by what is refused. Raises `RecordFieldRelated`.
    """
    groups = [one for one in ledger.related if not one.keys().isdisjoint(sent)]
    if not groups:
        return
    unseen = unseen_by(principal, ledger, place)
    wrong = {
        name
        for group in groups
        if any(level in unseen for other, level in group.items() if other not in sent)
        for name in group.keys() & sent
        if group[name] in unseen or sent[name] != held.get(name)  # that an unseen one is the same is told to nobody
    }
    if wrong:
        refusal = RecordFieldRelated
        raise refusal(errors=[FieldError(f"values.{name}", refusal.code, refusal.title) for name in sorted(wrong)])


def unseen_by(principal: Principal, ledger: Ledger, place: tuple[str, str | None]) -> frozenset[Privacy]:
    """The privacy of what the caller sees masked there, or not at all."""
    access = ledger.definition.access
    if not principal.department_scope("record.read", access.personal).allows(*place):
        return SEALED
    if not principal.department_scope("record.read", access.restricted).allows(*place):
        return frozenset({Privacy.RESTRICTED})
    return frozenset()
