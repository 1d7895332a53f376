"""THE nouns of this service: endpoints, routes, schedules, restatement and constraints derive from this tuple."""

from pathlib import Path

from services.registry.accesses import feature as accesses
from services.registry.area_changes import feature as area_changes
from services.registry.area_editions import feature as area_editions
from services.registry.area_sets import feature as area_sets
from services.registry.areas import feature as areas
from services.registry.areas.repository import lines
from services.registry.balances import feature as balances
from services.registry.base import Base
from services.registry.benefits import feature as benefits
from services.registry.bindings import feature as bindings
from services.registry.book_closings import feature as book_closings
from services.registry.buildings import feature as buildings
from services.registry.calendar import feature as calendar
from services.registry.case_effect_answers import feature as case_effect_answers
from services.registry.circumstances import feature as circumstances
from services.registry.consents import feature as consents
from services.registry.corrections import feature as corrections
from services.registry.discrepancies import feature as discrepancies
from services.registry.duplicates import feature as duplicates
from services.registry.dwellings import feature as dwellings
from services.registry.erasures import feature as erasures
from services.registry.extracts import feature as extracts
from services.registry.facilities import feature as facilities
from services.registry.facility_tables import feature as facility_tables
from services.registry.facility_tables.jobs import FACILITIES
from services.registry.households import feature as households
from services.registry.inbound_lists import feature as inbound_lists
from services.registry.job_matches import feature as job_matches
from services.registry.ledgers.repository import named_areas
from services.registry.ledgers.service import SURROUNDINGS
from services.registry.life_events import feature as life_events
from services.registry.list_tables import feature as list_tables
from services.registry.list_tables.jobs import LISTS
from services.registry.marriages import feature as marriages
from services.registry.movements import feature as movements
from services.registry.occupancies import feature as occupancies
from services.registry.organisation_tables import feature as organisation_tables
from services.registry.organisation_tables.jobs import ORGANISATIONS
from services.registry.organisations import feature as organisations
from services.registry.own_data import feature as own_data
from services.registry.person_exports import feature as person_exports
from services.registry.person_imports import feature as person_imports
from services.registry.person_imports.jobs import PERSONS
from services.registry.person_syncs import feature as person_syncs
from services.registry.persons import feature as persons
from services.registry.postings import feature as postings
from services.registry.profiles import feature as profiles
from services.registry.proofs import feature as proofs
from services.registry.reading_findings import feature as reading_findings
from services.registry.residence_answers import feature as residence_answers
from services.registry.retention_runs import feature as retention_runs
from services.registry.retentions import feature as retentions
from services.registry.reversals import feature as reversals
from services.registry.tag_contacts import feature as tag_contacts
from services.registry.tag_suggestions import feature as tag_suggestions
from services.registry.tags import feature as tags
from services.registry.terms import feature as terms
from services.registry.transfers import feature as transfers
from services.registry.verifications import feature as verifications
from shared.feature import routes_of, service_spec
from shared.ledgers.feature import ledger_features
from shared.reconciliation.feature import reconciliation_feature

NOUNS = (
    *(
        noun.FEATURE
        for noun in (
            areas,
            area_changes,
            area_editions,
            area_sets,
            calendar,
            life_events,
            persons,
            person_syncs,
            extracts,
            proofs,
            bindings,
            own_data,
            consents,
            erasures,
            retentions,
            retention_runs,
            accesses,
            reading_findings,
            movements,
            residence_answers,
            case_effect_answers,
            reversals,
            marriages,
            transfers,
            corrections,
            households,
            tags,
            tag_contacts,
            tag_suggestions,
            postings,
            balances,
            book_closings,
            discrepancies,
            duplicates,
            buildings,
            dwellings,
            occupancies,
            person_imports,
            person_exports,
            circumstances,
            organisations,
            organisation_tables,
            facilities,
            facility_tables,
            terms,
            profiles,
            verifications,
            benefits,
            inbound_lists,
            list_tables,
            job_matches,
        )
    ),
    *ledger_features("registry", SURROUNDINGS, named=named_areas, imported=(PERSONS, ORGANISATIONS, FACILITIES, LISTS)),
)

FEATURES = (*NOUNS, reconciliation_feature("registry", NOUNS))

SPEC = service_spec(
    "registry",
    "乡里·居民底册",
    FEATURES,
    metadata=Base.metadata,
    migrations=Path(__file__).parent / "migrations",
    lineage=lines,  # out of its own tree
)

ROUTES = routes_of(FEATURES)
