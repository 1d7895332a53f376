"""THE nouns of this service: endpoints, routes, schedules, restatement and constraints derive from this tuple."""

from pathlib import Path

from services.indicators.base import Base
from services.indicators.definitions import feature as definitions
from services.indicators.deltas import feature as deltas
from services.indicators.explanations import feature as explanations
from services.indicators.figure_checks import feature as figure_checks
from services.indicators.figures import feature as figures
from services.indicators.ledgers.service import SURROUNDINGS
from services.indicators.rebuilds import feature as rebuilds
from services.indicators.trials import feature as trials
from services.indicators.values import feature as values
from shared.erasures.feature import erasure_feature
from shared.feature import routes_of, service_spec
from shared.ledgers.feature import ledger_features
from shared.reconciliation.feature import reconciliation_feature

NOUNS = (
    *(noun.FEATURE for noun in (deltas, definitions, figures, explanations, trials, values, rebuilds, figure_checks)),
    *ledger_features("indicators", SURROUNDINGS),
    erasure_feature("indicators"),
)

FEATURES = (*NOUNS, reconciliation_feature("indicators", NOUNS))

SPEC = service_spec(
    "indicators", "指标汇总与考评", FEATURES, metadata=Base.metadata, migrations=Path(__file__).parent / "migrations"
)

ROUTES = routes_of(FEATURES)
