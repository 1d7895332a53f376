"""The features of ledgers: what each service puts into its `features.py` beside its own nouns."""

from collections.abc import Sequence

from shared.feature import Feature
from shared.imports.intake import Target
from shared.ledgers.accounts.feature import account_features
from shared.ledgers.compiler.code_lists import CODE_LISTS
from shared.ledgers.definitions.feature import definition_feature
from shared.ledgers.definitions.reading import PublishedLedgers
from shared.ledgers.documents.api import DOCUMENTS
from shared.ledgers.forms.feature import form_feature
from shared.ledgers.forms.opening import opened_by
from shared.ledgers.forms.openrosa.areas import projected_area_names
from shared.ledgers.forms.openrosa.service import AreaNames, FormParts
from shared.ledgers.forms.xlsform.api import XLSFORMS
from shared.ledgers.moves.feature import move_feature
from shared.ledgers.records.api.disclosed import DISCLOSED
from shared.ledgers.records.feature import ATTACHMENTS, record_feature
from shared.ledgers.records.holdings import RecordHoldings
from shared.ledgers.records.surroundings import Surroundings
from shared.ledgers.records.wiring import LedgerParts
from shared.ledgers.sheets.feature import TargetOf, sheet_feature


def ledger_features(
    owner: str,
    surroundings: Surroundings,
    *,
    named: AreaNames = projected_area_names,
    imported: Sequence[Target | TargetOf] = (),
) -> tuple[Feature, ...]:
    """Every noun of the engine, for the ledgers that a service keeps.

    `surroundings`: what it knows of the county. `named`: the names of areas that forms offer. `imported`: what it
    imports besides records.
    """
    parts = LedgerParts(PublishedLedgers, surroundings)
    forms = FormParts(PublishedLedgers, opened_by(parts), named, CODE_LISTS)
    return (
        definition_feature(owner, RecordHoldings),
        record_feature(owner, parts),
        DISCLOSED,
        ATTACHMENTS,
        move_feature(parts),
        *account_features(owner, parts),
        form_feature(forms),
        XLSFORMS,
        sheet_feature(parts, imported),
        DOCUMENTS,
    )
