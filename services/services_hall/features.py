"""THE nouns of this service: endpoints, routes, schedules, restatement and constraints derive from this tuple."""

from pathlib import Path

from services.services_hall.agencies import feature as agencies
from services.services_hall.agents import feature as agents
from services.services_hall.authorisations import feature as authorisations
from services.services_hall.base import Base
from services.services_hall.case_effects import feature as case_effects
from services.services_hall.case_erasures import feature as case_erasures
from services.services_hall.case_erasures.service.ordered import ApplicantErasing
from services.services_hall.case_warnings import feature as case_warnings
from services.services_hall.cases import feature as cases
from services.services_hall.catalogue import feature as catalogue
from services.services_hall.documents import feature as documents
from services.services_hall.item_tables import feature as item_tables
from services.services_hall.item_tables.jobs import items_in
from services.services_hall.items import feature as items
from services.services_hall.ledgers.service import SURROUNDINGS
from services.services_hall.originals import feature as originals
from services.services_hall.packages import feature as packages
from services.services_hall.ratings import feature as ratings
from services.services_hall.rectifications import feature as rectifications
from services.services_hall.retentions import feature as retentions
from services.services_hall.tasks import feature as tasks
from shared.erasures.feature import erasure_feature
from shared.feature import routes_of, service_spec
from shared.ledgers.feature import ledger_features
from shared.reconciliation.feature import reconciliation_feature

NOUNS = (
    *(noun.FEATURE for noun in (items, cases)),
    catalogue.FEATURE,
    item_tables.FEATURE,
    case_effects.FEATURE,
    cases.REVIEWS,
    cases.ENDINGS,
    cases.PERSONS,
    cases.EFFECTS,
    documents.FEATURE,
    packages.FEATURE,
    packages.MATTERS,
    retentions.FEATURE,
    case_erasures.FEATURE,
    case_warnings.FEATURE,
    agents.FEATURE,
    authorisations.FEATURE,
    agencies.FEATURE,
    agencies.VISITS,
    originals.FEATURE,
    originals.CUSTODY,
    tasks.FEATURE,
    tasks.OFFICERS,
    ratings.FEATURE,
    rectifications.FEATURE,
    *ledger_features("services_hall", SURROUNDINGS, imported=(items_in,)),
    erasure_feature("services_hall", lambda context: (ApplicantErasing(context),)),
)

FEATURES = (*NOUNS, reconciliation_feature("services_hall", NOUNS))

SPEC = service_spec(
    "services_hall", "一站式代办", FEATURES, metadata=Base.metadata, migrations=Path(__file__).parent / "migrations"
)

ROUTES = routes_of(FEATURES)
