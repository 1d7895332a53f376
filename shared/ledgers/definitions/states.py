"""What others may know of a ledger: its versions with their measures. No record, no draft."""

from collections.abc import Sequence
from typing import Any

from shared.auth.roles import PERMISSIONS
from shared.contracts.envelope import FACTS, STATES, Fact, State
from shared.contracts.ledgers import (
    LEDGER,
    LedgerState,
    PublishedAccountMeasure,
    PublishedAccounts,
    PublishedField,
    PublishedMeasure,
    PublishedRatio,
    PublishedVersion,
    TitledCode,
)
from shared.ledgers.compiler.checks.figures import scale_of
from shared.ledgers.definitions.models import LedgerRow, LedgerVersion
from shared.ledgers.grammar.accounts import Accounts
from shared.ledgers.grammar.definition import Definition


def state_of(owner: str, row: LedgerRow, versions: Sequence[LedgerVersion], *, restricted: bool) -> LedgerState:
    """The state of a ledger of a service. `versions`: all of them, in order."""
    published = [published_version(one) for one in versions]
    read_by = Definition.model_validate(versions[-1].definition).access.read
    state: type[State] = STATES[f"{owner}.{LEDGER}"]
    assert issubclass(state, LedgerState)
    return state(
        id=row.code,
        version=row.version,
        code=row.code,
        title=published[-1].title,
        status=row.status,
        published_version=row.published_version,
        travels_on="records_restricted" if restricted else "records",
        figures_for_few=PERMISSIONS[read_by] <= PERMISSIONS["tag.restricted"],
        read_by=read_by,
        retired_on=row.retired_on,
        versions=tuple(published),
    )


def fact(state: LedgerState, word: str, **carried: Any) -> Fact[Any]:
    """A fact of a ledger: `published`, `retired`, `restated`."""
    return FACTS[f"{state.noun}.{word}", 1](state=state, **carried)


def published_version(row: LedgerVersion) -> PublishedVersion:
    """A version as it is announced."""
    definition = Definition.model_validate(row.definition)
    fields = {field.name: field for field in definition.fields}
    computed = {one.name: one for one in definition.computed}
    return PublishedVersion(
        ledger_version=row.number,
        opens_on=row.opens_on,
        title=definition.title,
        levels=tuple(definition.levels),
        subject=definition.subject.value,
        statuses=tuple(TitledCode(code=one.code, title=one.title) for one in definition.statuses),
        fields=tuple(
            PublishedField(
                code=name,
                title=fields[name].title if name in fields else computed[name].title,
                type=fields[name].type.value if name in fields else computed[name].type.value,
                choices=tuple(TitledCode(code=one.code, title=one.title) for one in fields[name].choices)
                if name in fields
                else (),
            )
            for name in definition.published
        ),
        measures=tuple(
            PublishedMeasure(
                **one.model_dump(exclude={"until"}), until=tuple(one.until), scale=scale_of(definition, one)
            )
            for one in definition.measures
        ),
        ratios=tuple(PublishedRatio(**one.model_dump()) for one in definition.ratios),
        accounts=_accounts(definition.accounts),
    )


def _accounts(accounts: Accounts | None) -> PublishedAccounts | None:
    if accounts is None:
        return None
    return PublishedAccounts(
        unit=accounts.unit,
        kinds=tuple(TitledCode(code=one.code, title=one.title) for one in accounts.kinds),
        postings=tuple(TitledCode(code=one.code, title=one.title) for one in accounts.postings),
        measures=tuple(PublishedAccountMeasure(**one.model_dump(exclude={"sign"})) for one in accounts.measures),
    )
