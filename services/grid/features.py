"""THE nouns of this service: endpoints, routes, schedules, restatement and constraints derive from this tuple."""

from pathlib import Path

from services.grid.area_changes import feature as area_changes
from services.grid.base import Base
from services.grid.coverage import feature as coverage
from services.grid.dictionaries import feature as dictionaries
from services.grid.dictionary_drafts import feature as dictionary_drafts
from services.grid.dictionary_tables import feature as dictionary_tables
from services.grid.dictionary_tables.jobs import DICTIONARIES
from services.grid.duties import feature as duties
from services.grid.escalation_rules import feature as escalation_rules
from services.grid.escalations import feature as escalations
from services.grid.grid_changes import feature as grid_changes
from services.grid.grid_erasures import feature as grid_erasures
from services.grid.grid_erasures.service.wishes import PetitionerErasing
from services.grid.grids import feature as grids
from services.grid.grids.repository import lines
from services.grid.inbound import feature as inbound
from services.grid.incidents import feature as incidents
from services.grid.ledgers.service import SURROUNDINGS, named_areas
from services.grid.petitions import feature as petitions
from services.grid.public_reports import feature as public_reports
from services.grid.receptions import feature as receptions
from services.grid.residence_proposals import feature as residence_proposals
from services.grid.retentions import feature as retentions
from services.grid.satisfaction_calls import feature as satisfaction_calls
from services.grid.staff import feature as staff
from services.grid.units import feature as units
from services.grid.visit_rules import feature as visit_rules
from services.grid.visits import feature as visits
from shared.erasures.feature import erasure_feature
from shared.feature import routes_of, service_spec
from shared.ledgers.feature import ledger_features
from shared.reconciliation.feature import reconciliation_feature

NOUNS = (
    *(
        noun.FEATURE
        for noun in (
            grids,
            grid_changes,
            residence_proposals,
            staff,
            coverage,
            units,
            dictionaries,
            duties,
            dictionary_drafts,
            dictionary_tables,
            incidents,
            escalation_rules,
            escalations,
            satisfaction_calls,
            public_reports,
            receptions,
            petitions,
            retentions,
            grid_erasures,
            inbound,
            visit_rules,
            visits,
            area_changes,
        )
    ),
    incidents.FILING,
    incidents.HANDLING,
    incidents.LEAVES,
    incidents.JOINT,
    petitions.HANDLING,
    *ledger_features("grid", SURROUNDINGS, named=named_areas, imported=(DICTIONARIES,)),
    erasure_feature("grid", lambda context: (PetitionerErasing(context),)),
)

FEATURES = (*NOUNS, reconciliation_feature("grid", NOUNS))

SPEC = service_spec(
    "grid",
    "网格化",
    FEATURES,
    metadata=Base.metadata,
    migrations=Path(__file__).parent / "migrations",
    lineage=lines,  # grids out of its own table
)

ROUTES = routes_of(FEATURES)
