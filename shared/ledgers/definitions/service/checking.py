"""What every draft is asked, and asked again when it is published."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from shared.auth.principal import Principal
from shared.auth.roles import DEPARTMENTAL
from shared.errors import FieldError, Forbidden, Invalid
from shared.ledgers.compiler import Ledger, compile_ledger
from shared.ledgers.compiler.indexes import SEALED
from shared.ledgers.definitions.domain import GrantsMore, LedgerOfAnother, LedgerRetired, LedgerStatus, handed_out
from shared.ledgers.definitions.mappings import check_mapping
from shared.ledgers.definitions.models import LedgerDraft
from shared.ledgers.definitions.reading import COMPILED
from shared.ledgers.definitions.repository import LedgerRepository
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.mapping import Mapping
from shared.ledgers.grammar.words import Privacy


@dataclass(frozen=True)
class Drafted:
    """What somebody drafts. `opens_on` None: on the day of publishing. `mapping` None: the version only adds."""

    definition: Definition
    opens_on: date | None = None
    mapping: Mapping | None = None


async def checked(repository: LedgerRepository, owner: str, principal: Principal, new: Drafted) -> Ledger:
    """The ledger of a draft, compiled.

    Raises `Invalid` with every error of the definition by its place, `LedgerOfAnother`, `GrantsMore`, `LedgerRetired`,
    `WrongMapping`.
    """
    if new.definition.owner.value != owner:
        raise LedgerOfAnother(errors=[FieldError("definition.owner", "ledger_of_another", "归口与此服务不符")])
    ledger = await compiled(new.definition)
    require_grants(principal, ledger)
    await _require_ledgers(repository, new.definition)
    row = await repository.ledger(new.definition.code)
    if row is not None and row.status == LedgerStatus.RETIRED:
        raise LedgerRetired(new.definition.code)
    if new.mapping is not None:
        before = await repository.versions(new.definition.code)
        check_mapping(new.mapping, await COMPILED.of(before[-1]) if before else None, ledger)
    return ledger


async def _require_ledgers(repository: LedgerRepository, definition: Definition) -> None:
    """Ledgers that a definition points into are its own or published here. Raises `Invalid` by place."""
    named = {"subject_ledger": definition.subject_ledger}
    named |= {f"fields.{place}.ledger": field.ledger for place, field in enumerate(definition.fields)}
    for place, table in enumerate(definition.rows):
        named |= {f"rows.{place}.fields.{at}.ledger": column.ledger for at, column in enumerate(table.fields)}
    wrong = [
        FieldError(f"definition.{path}", "unknown_ledger", "本服务没有发布这本台账")
        for path, code in named.items()
        if code is not None and code != definition.code and await repository.ledger(code) is None
    ]
    if wrong:
        raise Invalid(errors=wrong)


async def compiled(definition: Definition) -> Ledger:
    """A ledger out of a definition that stands in a body: errors are told by their place in the body."""
    try:
        return await asyncio.to_thread(compile_ledger, definition)
    except Invalid as refused:
        errors = [replace(error, path=f"definition.{error.path}") for error in refused.errors]
        raise Invalid(errors=errors) from refused


def require_grants(principal: Principal, ledger: Ledger) -> None:
    """Nobody hands out by a definition what they could not use over the whole county."""
    wrong = []
    for permission, place in handed_out(ledger).items():
        held = (
            principal.department_scope(permission).allows_county(None)
            if permission in DEPARTMENTAL
            else principal.holds_county(permission)
        )
        if not held:
            wrong.append(FieldError(f"definition.{place}", "grants_more", "您没有此权限的全县授权"))
    if wrong:
        raise GrantsMore(errors=wrong)


def require_sight(principal: Principal, versions: Sequence[Ledger]) -> None:
    """Raise `Forbidden` unless the caller may see, over the whole county, everything that a ledger's records hold.

    For what tells which records break a rule: a rule of one's own asks any value, one guess at a time.
    """
    for ledger in versions:
        access, kept = ledger.definition.access, set(ledger.privacy.values())
        asked = [access.read]
        asked += [access.personal] if kept & SEALED else []
        asked += [access.restricted] if Privacy.RESTRICTED in kept else []
        if not principal.department_scope("record.read", *asked).allows_county(None):
            raise Forbidden(ledger.code)


def drafted_of(draft: LedgerDraft) -> Drafted:
    """What stands in a draft."""
    mapping = None if draft.mapping is None else Mapping.model_validate(draft.mapping)
    return Drafted(Definition.model_validate(draft.definition), draft.opens_on, mapping)
