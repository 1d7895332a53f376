"""Roles × operations, by hand: who may call what in the own area; everybody else is told so before anything is read."""

import pytest
from fastapi.routing import APIRoute

from services.registry.features import FEATURES
from tests.registry.area_editions.comparing import EDITIONS
from tests.registry.area_sets.forming import AREA_SETS
from tests.registry.builders import COUNTY, VILLAGE
from tests.registry.circumstances.entering import CIRCUMSTANCES
from tests.registry.conftest import Client
from tests.registry.consents.giving import CONSENTS
from tests.registry.erasures.erasing import ERASURES
from tests.registry.facilities.entering import FACILITIES
from tests.registry.organisations.entering import ORGANISATIONS
from tests.registry.reading_findings.finding import FINDINGS, READING_LIMITS
from tests.registry.retention_runs.running import DUE, RETENTION_EXPORTS, RULES, RUNS
from tests.registry.steps import (
    AREA_CHANGES,
    AREAS,
    BALANCES,
    BENEFITS,
    BOOK_CLOSINGS,
    BUILDINGS,
    CALENDAR,
    CORRECTIONS,
    DISCREPANCIES,
    DUPLICATES,
    DWELLINGS,
    HOUSEHOLDS,
    MARRIAGES,
    NOBODY,
    OCCUPANCIES,
    OWN,
    PERSONS,
    PROOFS,
    RESTRICTED_TAGS,
    REVERSALS,
    TAG_SUGGESTIONS,
    TAGS,
    TRANSFERS,
    assert_refused,
)
from tests.registry.tag_contacts.entering import CONTACTS
from tests.registry.terms.entering import TERMS

LEDGERS, DRAFTS, DEVICES = (f"/registry/v1/{noun}" for noun in ("ledgers", "ledger-drafts", "devices"))
LISTS = "/registry/v1/person-imports"
TABLE_OPERATIONS = (
    ("get", "Template", "GET", "import-template"),
    ("begin", "Import", "POST", "imports"),
    ("get", "Import", "GET", f"imports/{NOBODY}"),
    ("follow", "Import", "GET", f"imports/{NOBODY}/progress"),
    ("list", "ImportFindings", "GET", f"imports/{NOBODY}/findings"),
    ("get", "ImportReport", "GET", f"imports/{NOBODY}/report"),
    ("commit", "Import", "POST", f"imports/{NOBODY}/commit"),
    ("cancel", "Import", "POST", f"imports/{NOBODY}/cancel"),
    ("begin", "Export", "POST", "exports"),
    ("get", "Export", "GET", f"exports/{NOBODY}"),
    ("get", "ExportContent", "GET", f"exports/{NOBODY}/content"),
    ("cancel", "Export", "POST", f"exports/{NOBODY}/cancel"),
)
"""Verb and rest of an operation on tables of a noun, and where it lies."""
INBOUND = "/registry/v1/inbound"
LEDGER = f"{LEDGERS}/unheard_of"
"""No such ledger: the operation's own permission is what is asked here; a ledger asks for its own besides."""

OPERATIONS: dict[str, tuple[str, str]] = {
    "listRootAreas": ("GET", AREAS),
    "getArea": ("GET", f"{AREAS}/{VILLAGE}"),
    "listChildAreas": ("GET", f"{AREAS}/{COUNTY}/children"),
    "getAreaProfile": ("GET", f"{AREAS}/{VILLAGE}/profile"),
    "getSubtree": ("GET", f"{AREAS}/{COUNTY}/subtree"),
    "importAreas": ("POST", f"{AREAS}/import"),
    "listAreaNames": ("GET", f"{AREAS}/{VILLAGE}/names"),
    "renameArea": ("POST", f"{AREAS}/{VILLAGE}/rename"),
    "undoAreaRename": ("POST", f"{AREAS}/{VILLAGE}/undo-rename"),
    "abolishArea": ("POST", f"{AREAS}/{VILLAGE}/abolish"),
    "compareAreaEdition": ("POST", f"{EDITIONS}/compare"),
    "applyAreaEdition": ("POST", f"{EDITIONS}/apply"),
    "changeAreas": ("POST", AREA_CHANGES),
    "listAreaChanges": ("GET", AREA_CHANGES),
    "countAreaChanges": ("GET", f"{AREA_CHANGES}/count"),
    "getAreaChange": ("GET", f"{AREA_CHANGES}/{NOBODY}"),
    "undoAreaChange": ("POST", f"{AREA_CHANGES}/{NOBODY}/undo"),
    "listLeftBehind": ("GET", f"{AREA_CHANGES}/left-behind"),
    "countLeftBehind": ("GET", f"{AREA_CHANGES}/left-behind/count"),
    "placeLeftBehind": ("POST", f"{AREA_CHANGES}/{NOBODY}/place"),
    "getCalendar": ("GET", CALENDAR),
    "convertLunarDay": ("POST", f"{CALENDAR}/lunar-days/convert"),
    "publishCalendarYear": ("POST", f"{CALENDAR}/2027/publish"),
    "registerPerson": ("POST", PERSONS),
    "getPerson": ("GET", f"{PERSONS}/{NOBODY}"),
    "findPossibleDuplicates": ("POST", f"{PERSONS}/possible-duplicates"),
    "listUndocumentedPersons": ("GET", f"{PERSONS}/undocumented"),
    "countUndocumentedPersons": ("GET", f"{PERSONS}/undocumented/count"),
    "listPersons": ("GET", PERSONS),
    "countPersons": ("GET", f"{PERSONS}/count"),
    "syncPersons": ("GET", f"{PERSONS}/sync"),
    "searchPersons": ("POST", f"{PERSONS}/search"),
    "searchPersonsByName": ("POST", f"{PERSONS}/search-by-name"),
    "lookUpPersons": ("POST", f"{PERSONS}/lookup"),
    "verifyPerson": ("POST", f"{PERSONS}/{NOBODY}/verifications"),
    "unverifyPerson": ("POST", f"{PERSONS}/{NOBODY}/verifications/unverify"),
    "getPersonVerifications": ("GET", f"{PERSONS}/{NOBODY}/verifications"),
    "listDueVerifications": ("GET", "/registry/v1/person-verifications"),
    "countDueVerifications": ("GET", "/registry/v1/person-verifications/count"),
    "correctPerson": ("POST", f"{PERSONS}/{NOBODY}/correct"),
    "requestCorrection": ("POST", f"{PERSONS}/{NOBODY}/corrections"),
    "listCorrections": ("GET", CORRECTIONS),
    "countCorrections": ("GET", f"{CORRECTIONS}/count"),
    "getCorrection": ("GET", f"{CORRECTIONS}/{NOBODY}"),
    "approveCorrection": ("POST", f"{CORRECTIONS}/{NOBODY}/approve"),
    "refuseCorrection": ("POST", f"{CORRECTIONS}/{NOBODY}/refuse"),
    "withdrawCorrection": ("POST", f"{CORRECTIONS}/{NOBODY}/withdraw"),
    "listAccesses": ("GET", f"{PERSONS}/{NOBODY}/accesses"),
    "signExtract": ("POST", f"{PERSONS}/{NOBODY}/extracts"),
    "getPersonTemplate": ("GET", "/registry/v1/person-import-template"),
    "beginPersonImport": ("POST", LISTS),
    "getPersonImport": ("GET", f"{LISTS}/{NOBODY}"),
    "followPersonImport": ("GET", f"{LISTS}/{NOBODY}/progress"),
    "listPersonImportFindings": ("GET", f"{LISTS}/{NOBODY}/findings"),
    "getPersonImportReport": ("GET", f"{LISTS}/{NOBODY}/report"),
    "confirmPersonImportRows": ("POST", f"{LISTS}/{NOBODY}/confirm"),
    "commitPersonImport": ("POST", f"{LISTS}/{NOBODY}/commit"),
    "cancelPersonImport": ("POST", f"{LISTS}/{NOBODY}/cancel"),
    "beginPersonExport": ("POST", "/registry/v1/person-exports"),
    "getPersonExport": ("GET", f"/registry/v1/person-exports/{NOBODY}"),
    "getPersonExportContent": ("GET", f"/registry/v1/person-exports/{NOBODY}/content"),
    "cancelPersonExport": ("POST", f"/registry/v1/person-exports/{NOBODY}/cancel"),
    **{
        f"{verb}{what}{rest}": (method, f"/registry/v1/{path}-{way}")
        for what, path in (("Organisation", "organisation"), ("Facility", "facility"), ("List", "list"))
        for verb, rest, method, way in TABLE_OPERATIONS
        if (what, rest[:6]) != ("List", "Export")
    },
    "suggestVacancies": ("GET", f"/registry/v1/job-seekers/{NOBODY}/vacancies"),
    "suggestJobSeekers": ("GET", f"/registry/v1/vacancies/{NOBODY}/job-seekers"),
    "confirmJobMatch": ("POST", "/registry/v1/job-offers"),
    "getJobOffer": ("GET", f"/registry/v1/job-offers/{NOBODY}"),
    "answerJobOffer": ("POST", f"/registry/v1/job-offers/{NOBODY}/answer"),
    "undoJobOffer": ("POST", f"/registry/v1/job-offers/{NOBODY}/undo"),
    "movePersonIn": ("POST", f"{PERSONS}/{NOBODY}/move-in"),
    "movePersonOut": ("POST", f"{PERSONS}/{NOBODY}/move-out"),
    "recordMissing": ("POST", f"{PERSONS}/{NOBODY}/missing"),
    "recordFound": ("POST", f"{PERSONS}/{NOBODY}/found"),
    "recordDeath": ("POST", f"{PERSONS}/{NOBODY}/death"),
    "listLifeEvents": ("GET", f"{PERSONS}/{NOBODY}/life-events"),
    "pointAtDuplicate": ("POST", DUPLICATES),
    "listTagSuggestions": ("GET", TAG_SUGGESTIONS),
    "countTagSuggestions": ("GET", f"{TAG_SUGGESTIONS}/count"),
    "getTagSuggestion": ("GET", f"{TAG_SUGGESTIONS}/{NOBODY}"),
    "confirmTagSuggestion": ("POST", f"{TAG_SUGGESTIONS}/{NOBODY}/confirm"),
    "dismissTagSuggestion": ("POST", f"{TAG_SUGGESTIONS}/{NOBODY}/dismiss"),
    "reopenTagSuggestion": ("POST", f"{TAG_SUGGESTIONS}/{NOBODY}/reopen"),
    "listDuplicates": ("GET", DUPLICATES),
    "countDuplicates": ("GET", f"{DUPLICATES}/count"),
    "getDuplicate": ("GET", f"{DUPLICATES}/{NOBODY}"),
    "decideDuplicate": ("POST", f"{DUPLICATES}/{NOBODY}/decide"),
    "reopenDuplicate": ("POST", f"{DUPLICATES}/{NOBODY}/reopen"),
    "withdrawDuplicate": ("POST", f"{DUPLICATES}/{NOBODY}/withdraw"),
    "approveDuplicate": ("POST", f"{DUPLICATES}/{NOBODY}/approve"),
    "refuseDuplicate": ("POST", f"{DUPLICATES}/{NOBODY}/refuse"),
    "separateDuplicate": ("POST", f"{DUPLICATES}/{NOBODY}/separate"),
    "reverseLifeEvent": ("POST", f"{PERSONS}/{NOBODY}/life-events/{NOBODY}/reverse"),
    "listReversals": ("GET", REVERSALS),
    "countReversals": ("GET", f"{REVERSALS}/count"),
    "getReversal": ("GET", f"{REVERSALS}/{NOBODY}"),
    "approveReversal": ("POST", f"{REVERSALS}/{NOBODY}/approve"),
    "refuseReversal": ("POST", f"{REVERSALS}/{NOBODY}/refuse"),
    "withdrawReversal": ("POST", f"{REVERSALS}/{NOBODY}/withdraw"),
    "registerMarriage": ("POST", MARRIAGES),
    "listMarriages": ("GET", f"{PERSONS}/{NOBODY}/marriages"),
    "getMarriage": ("GET", f"{MARRIAGES}/{NOBODY}"),
    "recordDivorce": ("POST", f"{MARRIAGES}/{NOBODY}/divorce"),
    "recordSpouseDeath": ("POST", f"{MARRIAGES}/{NOBODY}/spouse-died"),
    "restoreMarriage": ("POST", f"{MARRIAGES}/{NOBODY}/restore"),
    "withdrawMarriage": ("POST", f"{MARRIAGES}/{NOBODY}/withdraw"),
    "openProof": ("POST", PROOFS),
    "listProofs": ("GET", PROOFS),
    "countProofs": ("GET", f"{PROOFS}/count"),
    "getProof": ("GET", f"{PROOFS}/{NOBODY}"),
    "signProvenExtract": ("POST", f"{PROOFS}/{NOBODY}/extract"),
    "closeProof": ("POST", f"{PROOFS}/{NOBODY}/close"),
    "issueProofCode": ("POST", f"{PERSONS}/{NOBODY}/proof-codes"),
    "makeCopyByProof": ("POST", f"{PROOFS}/{NOBODY}/copies"),
    "listAccessesByProof": ("POST", f"{PROOFS}/{NOBODY}/accesses"),
    "requestCorrectionByProof": ("POST", f"{PROOFS}/{NOBODY}/corrections"),
    "bindOwnAccount": ("POST", f"{OWN}/binding"),
    "getOwnBinding": ("GET", f"{OWN}/binding"),
    "endOwnBinding": ("POST", f"{OWN}/binding/end"),
    "listBindings": ("GET", f"{PERSONS}/{NOBODY}/bindings"),
    "endBinding": ("POST", f"/registry/v1/bindings/{NOBODY}/end"),
    "listReadingFindings": ("GET", FINDINGS),
    "countReadingFindings": ("GET", f"{FINDINGS}/count"),
    "getReadingFinding": ("GET", f"{FINDINGS}/{NOBODY}"),
    "explainReadingFinding": ("POST", f"{FINDINGS}/{NOBODY}/explain"),
    "confirmReadingFinding": ("POST", f"{FINDINGS}/{NOBODY}/confirm"),
    "closeReadingFinding": ("POST", f"{FINDINGS}/{NOBODY}/close"),
    "reopenReadingFinding": ("POST", f"{FINDINGS}/{NOBODY}/reopen"),
    "listReadingLimits": ("GET", READING_LIMITS),
    "setReadingLimit": ("POST", f"{READING_LIMITS}/full/set"),
    "getOwnData": ("GET", f"{OWN}/data"),
    "listOwnAccesses": ("GET", f"{OWN}/accesses"),
    "makeOwnCopy": ("POST", f"{OWN}/copies"),
    "listOwnCopies": ("GET", f"{OWN}/copies"),
    "requestOwnCorrection": ("POST", f"{OWN}/corrections"),
    "listOwnCorrections": ("GET", f"{OWN}/corrections"),
    "withdrawOwnCorrection": ("POST", f"{OWN}/corrections/{NOBODY}/withdraw"),
    "recordConsent": ("POST", f"{PERSONS}/{NOBODY}/consents"),
    "listConsentsOfPerson": ("GET", f"{PERSONS}/{NOBODY}/consents"),
    "listConsents": ("GET", CONSENTS),
    "countConsents": ("GET", f"{CONSENTS}/count"),
    "getConsent": ("GET", f"{CONSENTS}/{NOBODY}"),
    "listConsentSteps": ("GET", f"{CONSENTS}/{NOBODY}/history"),
    "withdrawConsent": ("POST", f"{CONSENTS}/{NOBODY}/withdraw"),
    "annulConsent": ("POST", f"{CONSENTS}/{NOBODY}/annul"),
    "undoConsent": ("POST", f"{CONSENTS}/{NOBODY}/undo"),
    "listOwnConsents": ("GET", f"{OWN}/consents"),
    "giveOwnConsent": ("POST", f"{OWN}/consents"),
    "withdrawOwnConsent": ("POST", f"{OWN}/consents/{NOBODY}/withdraw"),
    "giveConsentByProof": ("POST", f"{PROOFS}/{NOBODY}/consents"),
    "withdrawConsentByProof": ("POST", f"{PROOFS}/{NOBODY}/consents/withdraw"),
    "listRetentionRules": ("GET", RULES),
    "setRetentionRule": ("POST", RULES),
    "withdrawRetentionRule": ("POST", f"{RULES}/{NOBODY}/withdraw"),
    "getRetentionReport": ("GET", f"{DUE}/report"),
    "listDueErasures": ("GET", DUE),
    "countDueErasures": ("GET", f"{DUE}/count"),
    "beginRetentionExport": ("POST", RETENTION_EXPORTS),
    "getRetentionExport": ("GET", f"{RETENTION_EXPORTS}/{NOBODY}"),
    "getRetentionExportContent": ("GET", f"{RETENTION_EXPORTS}/{NOBODY}/content"),
    "cancelRetentionExport": ("POST", f"{RETENTION_EXPORTS}/{NOBODY}/cancel"),
    "requestRetentionRun": ("POST", RUNS),
    "listRetentionRuns": ("GET", RUNS),
    "getRetentionRun": ("GET", f"{RUNS}/{NOBODY}"),
    "listRetentionRunEntries": ("GET", f"{RUNS}/{NOBODY}/entries"),
    "orderRetentionRun": ("POST", f"{RUNS}/{NOBODY}/order"),
    "refuseRetentionRun": ("POST", f"{RUNS}/{NOBODY}/refuse"),
    "withdrawRetentionRun": ("POST", f"{RUNS}/{NOBODY}/withdraw"),
    "stopRetentionRun": ("POST", f"{RUNS}/{NOBODY}/stop"),
    "requestErasure": ("POST", f"{PERSONS}/{NOBODY}/erasures"),
    "listErasures": ("GET", ERASURES),
    "countErasures": ("GET", f"{ERASURES}/count"),
    "getErasure": ("GET", f"{ERASURES}/{NOBODY}"),
    "orderErasure": ("POST", f"{ERASURES}/{NOBODY}/order"),
    "refuseErasure": ("POST", f"{ERASURES}/{NOBODY}/refuse"),
    "withdrawErasure": ("POST", f"{ERASURES}/{NOBODY}/withdraw"),
    "requestErasureByProof": ("POST", f"{PROOFS}/{NOBODY}/erasures"),
    "requestOwnErasure": ("POST", f"{OWN}/erasures"),
    "listOwnErasures": ("GET", f"{OWN}/erasures"),
    "withdrawOwnErasure": ("POST", f"{OWN}/erasures/{NOBODY}/withdraw"),
    "requestTransfer": ("POST", TRANSFERS),
    "listTransfers": ("GET", TRANSFERS),
    "countTransfers": ("GET", f"{TRANSFERS}/count"),
    "getTransfer": ("GET", f"{TRANSFERS}/{NOBODY}"),
    "confirmTransfer": ("POST", f"{TRANSFERS}/{NOBODY}/confirm"),
    "refuseTransfer": ("POST", f"{TRANSFERS}/{NOBODY}/refuse"),
    "withdrawTransfer": ("POST", f"{TRANSFERS}/{NOBODY}/withdraw"),
    "reverseTransfer": ("POST", f"{TRANSFERS}/{NOBODY}/reverse"),
    "foundHousehold": ("POST", HOUSEHOLDS),
    "addHouseholdMember": ("POST", f"{HOUSEHOLDS}/{NOBODY}/members"),
    "removeHouseholdMember": ("POST", f"{HOUSEHOLDS}/{NOBODY}/members/{NOBODY}/remove"),
    "splitHousehold": ("POST", f"{HOUSEHOLDS}/{NOBODY}/split"),
    "changeHouseholdHead": ("POST", f"{HOUSEHOLDS}/{NOBODY}/change-head"),
    "mergeHouseholds": ("POST", f"{HOUSEHOLDS}/{NOBODY}/merge"),
    "dissolveHousehold": ("POST", f"{HOUSEHOLDS}/{NOBODY}/dissolve"),
    "restoreHousehold": ("POST", f"{HOUSEHOLDS}/{NOBODY}/restore"),
    "countHouseholds": ("GET", f"{HOUSEHOLDS}/count"),
    "getHousehold": ("GET", f"{HOUSEHOLDS}/{NOBODY}"),
    "listHouseholdChanges": ("GET", f"{HOUSEHOLDS}/{NOBODY}/changes"),
    "listHouseholds": ("GET", HOUSEHOLDS),
    "enterOrganisation": ("POST", ORGANISATIONS),
    "listOrganisations": ("GET", ORGANISATIONS),
    "countOrganisations": ("GET", f"{ORGANISATIONS}/count"),
    "searchOrganisations": ("POST", f"{ORGANISATIONS}/search"),
    "getOrganisation": ("GET", f"{ORGANISATIONS}/{NOBODY}"),
    "getOrganisationHistory": ("GET", f"{ORGANISATIONS}/{NOBODY}/history"),
    "correctOrganisation": ("POST", f"{ORGANISATIONS}/{NOBODY}/correct"),
    "endOrganisation": ("POST", f"{ORGANISATIONS}/{NOBODY}/end"),
    "reopenOrganisation": ("POST", f"{ORGANISATIONS}/{NOBODY}/reopen"),
    "withdrawOrganisation": ("POST", f"{ORGANISATIONS}/{NOBODY}/withdraw"),
    "undoOrganisation": ("POST", f"{ORGANISATIONS}/{NOBODY}/undo"),
    "formAreaSet": ("POST", AREA_SETS),
    "listAreaSets": ("GET", AREA_SETS),
    "countAreaSets": ("GET", f"{AREA_SETS}/count"),
    "getAreaSet": ("GET", f"{AREA_SETS}/{NOBODY}"),
    "getAreaSetHistory": ("GET", f"{AREA_SETS}/{NOBODY}/history"),
    "correctAreaSet": ("POST", f"{AREA_SETS}/{NOBODY}/correct"),
    "changeAreaSetMembers": ("POST", f"{AREA_SETS}/{NOBODY}/change-members"),
    "dissolveAreaSet": ("POST", f"{AREA_SETS}/{NOBODY}/dissolve"),
    "withdrawAreaSet": ("POST", f"{AREA_SETS}/{NOBODY}/withdraw"),
    "undoAreaSet": ("POST", f"{AREA_SETS}/{NOBODY}/undo"),
    "enterFacility": ("POST", FACILITIES),
    "listFacilities": ("GET", FACILITIES),
    "countFacilities": ("GET", f"{FACILITIES}/count"),
    "searchFacilities": ("POST", f"{FACILITIES}/search"),
    "getFacility": ("GET", f"{FACILITIES}/{NOBODY}"),
    "getFacilityHistory": ("GET", f"{FACILITIES}/{NOBODY}/history"),
    "correctFacility": ("POST", f"{FACILITIES}/{NOBODY}/correct"),
    "closeFacility": ("POST", f"{FACILITIES}/{NOBODY}/close"),
    "reopenFacility": ("POST", f"{FACILITIES}/{NOBODY}/reopen"),
    "withdrawFacility": ("POST", f"{FACILITIES}/{NOBODY}/withdraw"),
    "undoFacility": ("POST", f"{FACILITIES}/{NOBODY}/undo"),
    "enterBuilding": ("POST", BUILDINGS),
    "listBuildings": ("GET", BUILDINGS),
    "countBuildings": ("GET", f"{BUILDINGS}/count"),
    "getBuilding": ("GET", f"{BUILDINGS}/{NOBODY}"),
    "correctBuilding": ("POST", f"{BUILDINGS}/{NOBODY}/correct"),
    "demolishBuilding": ("POST", f"{BUILDINGS}/{NOBODY}/demolish"),
    "withdrawBuilding": ("POST", f"{BUILDINGS}/{NOBODY}/withdraw"),
    "restoreBuilding": ("POST", f"{BUILDINGS}/{NOBODY}/restore"),
    "enterDwelling": ("POST", DWELLINGS),
    "listDwellings": ("GET", DWELLINGS),
    "countDwellings": ("GET", f"{DWELLINGS}/count"),
    "getDwelling": ("GET", f"{DWELLINGS}/{NOBODY}"),
    "correctDwelling": ("POST", f"{DWELLINGS}/{NOBODY}/correct"),
    "recordDwellingCondition": ("POST", f"{DWELLINGS}/{NOBODY}/conditions"),
    "withdrawDwellingCondition": ("POST", f"{DWELLINGS}/{NOBODY}/conditions/0/withdraw"),
    "endDwelling": ("POST", f"{DWELLINGS}/{NOBODY}/end"),
    "withdrawDwelling": ("POST", f"{DWELLINGS}/{NOBODY}/withdraw"),
    "restoreDwelling": ("POST", f"{DWELLINGS}/{NOBODY}/restore"),
    "beginOccupancy": ("POST", f"{DWELLINGS}/{NOBODY}/occupancies"),
    "listOccupancies": ("GET", OCCUPANCIES),
    "countOccupancies": ("GET", f"{OCCUPANCIES}/count"),
    "getOccupancy": ("GET", f"{OCCUPANCIES}/{NOBODY}"),
    "endOccupancy": ("POST", f"{OCCUPANCIES}/{NOBODY}/end"),
    "withdrawOccupancy": ("POST", f"{OCCUPANCIES}/{NOBODY}/withdraw"),
    "restoreOccupancy": ("POST", f"{OCCUPANCIES}/{NOBODY}/restore"),
    "keepOccupancyLetter": ("POST", f"{OCCUPANCIES}/{NOBODY}/letter"),
    "recordCircumstance": ("POST", f"{PERSONS}/{NOBODY}/circumstances"),
    "listCircumstancesOfPerson": ("GET", f"{PERSONS}/{NOBODY}/circumstances"),
    "listCircumstances": ("GET", CIRCUMSTANCES),
    "countCircumstances": ("GET", f"{CIRCUMSTANCES}/count"),
    "getCircumstance": ("GET", f"{CIRCUMSTANCES}/{NOBODY}"),
    "endCircumstance": ("POST", f"{CIRCUMSTANCES}/{NOBODY}/end"),
    "withdrawCircumstance": ("POST", f"{CIRCUMSTANCES}/{NOBODY}/withdraw"),
    "restoreCircumstance": ("POST", f"{CIRCUMSTANCES}/{NOBODY}/restore"),
    "verifyCircumstance": ("POST", f"{CIRCUMSTANCES}/{NOBODY}/verify"),
    "verifyCircumstances": ("POST", f"{CIRCUMSTANCES}/verify"),
    "unverifyCircumstance": ("POST", f"{CIRCUMSTANCES}/{NOBODY}/unverify"),
    "listTagKinds": ("GET", "/registry/v1/tag-catalogue"),
    "enterTagContact": ("POST", f"{TAGS}/{NOBODY}/contacts"),
    "listTagContacts": ("GET", f"{TAGS}/{NOBODY}/contacts"),
    "listDueTagContacts": ("GET", f"{CONTACTS}/due"),
    "countDueTagContacts": ("GET", f"{CONTACTS}/due/count"),
    "getTagContact": ("GET", f"{CONTACTS}/{NOBODY}"),
    "listTagContactVersions": ("GET", f"{CONTACTS}/{NOBODY}/history"),
    "correctTagContact": ("POST", f"{CONTACTS}/{NOBODY}/correct"),
    "keepTagContact": ("POST", f"{CONTACTS}/{NOBODY}/keep"),
    "endTagContact": ("POST", f"{CONTACTS}/{NOBODY}/end"),
    "withdrawTagContact": ("POST", f"{CONTACTS}/{NOBODY}/withdraw"),
    "undoTagContact": ("POST", f"{CONTACTS}/{NOBODY}/undo"),
    "enterTerm": ("POST", TERMS),
    "listTerms": ("GET", TERMS),
    "countTerms": ("GET", f"{TERMS}/count"),
    "getCommittee": ("GET", f"{TERMS}/committee"),
    "listVacancies": ("GET", f"{TERMS}/vacancies"),
    "countVacancies": ("GET", f"{TERMS}/vacancies/count"),
    "getTerm": ("GET", f"{TERMS}/{NOBODY}"),
    "listTermVersions": ("GET", f"{TERMS}/{NOBODY}/history"),
    "correctTerm": ("POST", f"{TERMS}/{NOBODY}/correct"),
    "endTerm": ("POST", f"{TERMS}/{NOBODY}/end"),
    "withdrawTerm": ("POST", f"{TERMS}/{NOBODY}/withdraw"),
    "undoTerm": ("POST", f"{TERMS}/{NOBODY}/undo"),
    "startTag": ("POST", f"{PERSONS}/{NOBODY}/tags"),
    "endTag": ("POST", f"{TAGS}/{NOBODY}/end"),
    "listTags": ("GET", f"{PERSONS}/{NOBODY}/tags"),
    "startRestrictedTag": ("POST", f"{PERSONS}/{NOBODY}/restricted-tags"),
    "endRestrictedTag": ("POST", f"{RESTRICTED_TAGS}/{NOBODY}/end"),
    "listRestrictedTags": ("GET", f"{PERSONS}/{NOBODY}/restricted-tags"),
    "listBenefits": ("GET", BENEFITS),
    "countBenefits": ("GET", f"{BENEFITS}/count"),
    "getBenefit": ("GET", f"{BENEFITS}/{NOBODY}"),
    "endBenefit": ("POST", f"{BENEFITS}/{NOBODY}/end"),
    "keepBenefit": ("POST", f"{BENEFITS}/{NOBODY}/keep"),
    "reopenBenefit": ("POST", f"{BENEFITS}/{NOBODY}/reopen"),
    "getListKeys": ("GET", f"{INBOUND}/keys"),
    "listInboundLists": ("GET", f"{INBOUND}/lists"),
    "takeChecksums": ("POST", "/registry/v1/checksums"),
    "listStateDifferences": ("GET", "/registry/v1/state-differences"),
    "listBalances": ("GET", f"{BALANCES}/parts"),
    "closeBooks": ("POST", BOOK_CLOSINGS),
    "listBookClosings": ("GET", BOOK_CLOSINGS),
    "countBookClosings": ("GET", f"{BOOK_CLOSINGS}/count"),
    "getBookClosing": ("GET", f"{BOOK_CLOSINGS}/{NOBODY}"),
    "reopenBooks": ("POST", f"{BOOK_CLOSINGS}/{NOBODY}/reopen"),
    "checkBooks": ("POST", f"{DISCREPANCIES}/check"),
    "listDiscrepancies": ("GET", DISCREPANCIES),
    "countDiscrepancies": ("GET", f"{DISCREPANCIES}/count"),
    "getDiscrepancy": ("GET", f"{DISCREPANCIES}/{NOBODY}"),
    "explainDiscrepancy": ("POST", f"{DISCREPANCIES}/{NOBODY}/explain"),
    "getBalance": ("GET", BALANCES),
    "listPostings": ("GET", "/registry/v1/postings"),
    "getLedgerSchema": ("GET", "/registry/v1/ledger-schema"),
    "listLedgers": ("GET", LEDGERS),
    "getLedger": ("GET", LEDGER),
    "getLedgerVersion": ("GET", f"{LEDGER}/versions/1"),
    "getLedgerChanges": ("GET", f"{LEDGER}/versions/1/changes"),
    "getLedgerDocument": ("GET", f"{LEDGER}/openapi.json"),
    "getLedgerVersionDocument": ("GET", f"{LEDGER}/versions/1/openapi.json"),
    "retireLedger": ("POST", f"{LEDGER}/retire"),
    "moveRecords": ("POST", f"{LEDGER}/moves"),
    "getMove": ("GET", f"{LEDGER}/moves/{NOBODY}"),
    "cancelMove": ("POST", f"{LEDGER}/moves/{NOBODY}/cancel"),
    "listUnmovedRecords": ("GET", f"{LEDGER}/unmoved-records"),
    "listLedgerDrafts": ("GET", DRAFTS),
    "draftLedger": ("POST", DRAFTS),
    "draftLedgerFromXlsForm": ("POST", f"{DRAFTS}/from-xlsform"),
    "getLedgerDraft": ("GET", f"{DRAFTS}/unheard_of"),
    "getLedgerDraftChanges": ("GET", f"{DRAFTS}/unheard_of/changes"),
    "tryLedgerDraft": ("GET", f"{DRAFTS}/unheard_of/dry-run"),
    "redraftLedger": ("POST", f"{DRAFTS}/unheard_of/redraft"),
    "discardLedgerDraft": ("POST", f"{DRAFTS}/unheard_of/discard"),
    "publishLedger": ("POST", f"{DRAFTS}/unheard_of/publish"),
    "listRecords": ("GET", f"{LEDGER}/records"),
    "openRecord": ("POST", f"{LEDGER}/records"),
    "countRecords": ("GET", f"{LEDGER}/records/count"),
    "searchRecords": ("POST", f"{LEDGER}/records/search"),
    "getRecord": ("GET", f"{LEDGER}/records/{NOBODY}"),
    "getRecordHistory": ("GET", f"{LEDGER}/records/{NOBODY}/history"),
    "getRecordFile": ("GET", f"{LEDGER}/records/{NOBODY}/files/{NOBODY}"),
    "getRecordFileContent": ("GET", f"{LEDGER}/records/{NOBODY}/files/{NOBODY}/content"),
    "correctRecord": ("POST", f"{LEDGER}/records/{NOBODY}/correct"),
    "stepRecord": ("POST", f"{LEDGER}/records/{NOBODY}/steps/close"),
    "extendRecordLimit": ("POST", f"{LEDGER}/records/{NOBODY}/extend"),
    "stepRecords": ("POST", f"{LEDGER}/bulk-steps/close"),
    "createLedgerPosting": ("POST", f"{LEDGER}/postings"),
    "getLedgerPosting": ("GET", f"{LEDGER}/postings/{NOBODY}"),
    "reverseLedgerPosting": ("POST", f"{LEDGER}/postings/{NOBODY}/reverse"),
    "listLedgerAccounts": ("GET", f"{LEDGER}/accounts"),
    "sumLedgerAccounts": ("GET", f"{LEDGER}/accounts/totals"),
    "getTrialBalance": ("GET", f"{LEDGER}/trial-balance"),
    "getLedgerAccount": ("GET", f"{LEDGER}/accounts/{NOBODY}"),
    "getAccountStatement": ("GET", f"{LEDGER}/accounts/{NOBODY}/statement"),
    "beginStatementExport": ("POST", f"{LEDGER}/statement-exports"),
    "getStatementExport": ("GET", f"{LEDGER}/statement-exports/{NOBODY}"),
    "getStatementExportContent": ("GET", f"{LEDGER}/statement-exports/{NOBODY}/content"),
    "cancelStatementExport": ("POST", f"{LEDGER}/statement-exports/{NOBODY}/cancel"),
    "closeLedgerMonth": ("POST", f"{LEDGER}/closings"),
    "listLedgerClosings": ("GET", f"{LEDGER}/closings"),
    "getLedgerClosing": ("GET", f"{LEDGER}/closings/{NOBODY}"),
    "reopenLedgerMonth": ("POST", f"{LEDGER}/closings/{NOBODY}/reopen"),
    "listDisclosedRecords": ("GET", f"{LEDGER}/disclosed-records"),
    "getDisclosedRecord": ("GET", f"{LEDGER}/disclosed-records/{NOBODY}"),
    "listDevices": ("GET", DEVICES),
    "enrolDevice": ("POST", DEVICES),
    "confirmDevice": ("POST", f"{DEVICES}/{NOBODY}/confirm"),
    "revokeDevice": ("POST", f"{DEVICES}/{NOBODY}/revoke"),
    "getLedgerTemplate": ("GET", f"{LEDGER}/template"),
    "beginImport": ("POST", f"{LEDGER}/imports"),
    "getImport": ("GET", f"{LEDGER}/imports/{NOBODY}"),
    "followImport": ("GET", f"{LEDGER}/imports/{NOBODY}/progress"),
    "listFindings": ("GET", f"{LEDGER}/imports/{NOBODY}/findings"),
    "getImportReport": ("GET", f"{LEDGER}/imports/{NOBODY}/report"),
    "commitImport": ("POST", f"{LEDGER}/imports/{NOBODY}/commit"),
    "cancelImport": ("POST", f"{LEDGER}/imports/{NOBODY}/cancel"),
    "beginExport": ("POST", f"{LEDGER}/exports"),
    "getExport": ("GET", f"{LEDGER}/exports/{NOBODY}"),
    "getExportContent": ("GET", f"{LEDGER}/exports/{NOBODY}/content"),
    "cancelExport": ("POST", f"{LEDGER}/exports/{NOBODY}/cancel"),
}

OPEN = {"listRootAreas", "getArea", "listChildAreas", "getSubtree", "listAreaNames", "getCalendar", "convertLunarDay"}
PUBLIC = {"listDisclosedRecords", "getDisclosedRecord", "getListKeys"}
"""What a ledger discloses to everybody, and the keys to encrypt to: no permission is asked."""
OPEN |= PUBLIC
SEARCH = {"searchPersons", "searchPersonsByName"}
HOUSEHOLD = {"getHousehold", "listHouseholds", "listHouseholdChanges", "countHouseholds"}
HOUSEHOLD |= {"listOccupancies", "countOccupancies", "getOccupancy"}
READ = {"getPerson", "listPersons", "syncPersons", "listUndocumentedPersons", "countPersons", "listPostings"}
READ |= {
    "countUndocumentedPersons",
    "listLifeEvents",
    "getPersonVerifications",
    "listDueVerifications",
    "countDueVerifications",
}
READ |= {"getMarriage", "listMarriages"}
BUILT = {"listBuildings", "countBuildings", "getBuilding", "listDwellings", "countDwellings", "getDwelling"}
SEATS = {"listOrganisations", "countOrganisations", "searchOrganisations", "getOrganisation", "getOrganisationHistory"}
PLACES = {"listFacilities", "countFacilities", "searchFacilities", "getFacility", "getFacilityHistory"}
PLACES |= {"listAreaSets", "countAreaSets", "getAreaSet", "getAreaSetHistory"}
SETS = {f"{step}AreaSet" for step in ("form", "correct", "dissolve", "withdraw", "undo")} | {"changeAreaSetMembers"}
BUILD = {"enterBuilding", "correctBuilding", "demolishBuilding", "withdrawBuilding", "restoreBuilding"}
BUILD |= {"enterDwelling", "correctDwelling", "endDwelling", "withdrawDwelling", "restoreDwelling"}
BUILD |= {f"{step}Organisation" for step in ("enter", "correct", "end", "reopen", "withdraw", "undo")}
BUILD |= {f"{step}Facility" for step in ("enter", "correct", "close", "reopen", "withdraw", "undo")}
BUILD |= {f"{step}Term" for step in ("enter", "correct", "end", "withdraw", "undo")}
BUILD |= {"recordDwellingCondition", "withdrawDwellingCondition"}
MOVE = {"movePersonIn", "movePersonOut", "recordDeath", "reverseLifeEvent", "withdrawReversal"}
MOVE |= {"recordMissing", "recordFound", "listReversals", "countReversals", "getReversal"}
MOVE |= {"pointAtDuplicate", "listDuplicates", "countDuplicates", "getDuplicate"}
MOVE |= {"decideDuplicate", "reopenDuplicate", "withdrawDuplicate"}
MOVE |= {"registerMarriage", "recordDivorce", "recordSpouseDeath", "restoreMarriage", "withdrawMarriage"}
MOVE |= {"requestTransfer", "listTransfers", "countTransfers", "getTransfer"}
MOVE |= {"requestCorrection", "listCorrections", "countCorrections", "getCorrection"}
MOVE |= {"approveCorrection", "refuseCorrection", "withdrawCorrection"}
MOVE |= {"requestErasure", "listErasures", "countErasures", "getErasure", "withdrawErasure"}
MOVE |= {"confirmTransfer", "refuseTransfer", "withdrawTransfer", "reverseTransfer"}
MOVE |= {"getRetentionReport", "listDueErasures", "countDueErasures", "withdrawRetentionRun"}
MOVE |= {"requestRetentionRun", "listRetentionRuns", "getRetentionRun", "listRetentionRunEntries"}
MOVE |= {f"{verb}RetentionExport" for verb in ("begin", "get", "cancel")} | {"getRetentionExportContent"}
DECIDE = {"approveReversal", "refuseReversal", "explainDiscrepancy"}
DECIDE |= {"approveDuplicate", "refuseDuplicate", "separateDuplicate"}
DECIDE |= {"reopenBooks"}
BALANCE = {"getBalance", "listBalances", "listBookClosings", "countBookClosings", "getBookClosing"}
BALANCE |= {"listDiscrepancies", "countDiscrepancies", "getDiscrepancy"}
FAMILY = {"foundHousehold", "addHouseholdMember", "removeHouseholdMember"}
FAMILY |= {"changeHouseholdHead", "splitHousehold", "mergeHouseholds", "dissolveHousehold", "restoreHousehold"}
FAMILY |= {"beginOccupancy", "endOccupancy", "withdrawOccupancy", "restoreOccupancy", "keepOccupancyLetter"}
PROVE = {"openProof", "listProofs", "countProofs", "getProof", "signProvenExtract", "closeProof", "issueProofCode"}
PROVE |= {"makeCopyByProof", "listAccessesByProof", "requestCorrectionByProof", "listBindings", "endBinding"}
PROVE |= {"requestErasureByProof", "giveConsentByProof", "withdrawConsentByProof"}
AUDIT = {"listReadingFindings", "countReadingFindings", "getReadingFinding", "explainReadingFinding"}
AUDIT |= {"confirmReadingFinding", "closeReadingFinding", "reopenReadingFinding"}
AUDIT |= {"listReadingLimits", "setReadingLimit"}
MINE = {"bindOwnAccount", "getOwnBinding", "endOwnBinding", "getOwnData", "listOwnAccesses", "makeOwnCopy"}
MINE |= {"listOwnCopies", "requestOwnCorrection", "listOwnCorrections", "withdrawOwnCorrection"}
MINE |= {"listOwnConsents", "giveOwnConsent", "withdrawOwnConsent"}
MINE |= {"requestOwnErasure", "listOwnErasures", "withdrawOwnErasure"}
CARE = {"startTag", "endTag", "listTags", "listTagSuggestions", "countTagSuggestions", "getTagSuggestion"}
CARE |= {"confirmTagSuggestion", "dismissTagSuggestion", "reopenTagSuggestion"}
CARE |= {"listBenefits", "countBenefits", "getBenefit", "endBenefit", "keepBenefit", "reopenBenefit"}
DATED = {"listCircumstancesOfPerson", "listCircumstances", "countCircumstances", "getCircumstance"}
OPERATE = {"listInboundLists", "takeChecksums", "listStateDifferences"}
CARE |= {"recordConsent", "withdrawConsent", "annulConsent", "undoConsent"}
VERIFY = {"verifyCircumstance", "verifyCircumstances", "unverifyCircumstance", "verifyPerson", "unverifyPerson"}
CARE |= VERIFY | {"recordCircumstance", "endCircumstance", "withdrawCircumstance", "restoreCircumstance"}
CARE |= {f"{step}TagContact" for step in ("enter", "correct", "keep", "end", "withdraw", "undo")}
TAGGED = {"listTags", "listTagKinds", "listTagContacts", "listDueTagContacts", "countDueTagContacts"}
TAGGED |= {"getTagContact", "listTagContactVersions"}
AGENT = {"lookUpPersons", "signExtract"}
OFFICES = {"listTerms", "countTerms", "getCommittee", "listVacancies", "countVacancies", "getTerm", "listTermVersions"}
PROFILE = {"getAreaProfile"}
CONSENTED = {"listConsentsOfPerson", "listConsents", "countConsents", "getConsent", "listConsentSteps"}
GRID = (
    OPEN
    | PROFILE
    | READ
    | HOUSEHOLD
    | BUILT
    | DATED
    | SEATS
    | PLACES
    | OFFICES
    | TAGGED
    | CONSENTED
    | {"lookUpPersons"}
)
LEDGER_READ = {"getLedgerSchema", "listLedgers", "getLedger", "getLedgerVersion", "getLedgerChanges"}
LEDGER_READ |= {"getLedgerDocument", "getLedgerVersionDocument"}
LEDGER_DRAFT = {"listLedgerDrafts", "draftLedger", "getLedgerDraft", "getLedgerDraftChanges", "tryLedgerDraft"}
LEDGER_DRAFT |= {"draftLedgerFromXlsForm", "redraftLedger", "discardLedgerDraft", "publishLedger", "retireLedger"}
LEDGER_DRAFT |= {"moveRecords", "getMove", "cancelMove", "listUnmovedRecords"}
RECORD_READ = {"listRecords", "countRecords", "searchRecords", "getRecord", "getRecordHistory"}
RECORD_READ |= {"getRecordFile", "getRecordFileContent"}
RECORD_READ |= {"stepRecord", "extendRecordLimit", "stepRecords"}  # the ledger says who takes a step
ACCOUNTS = {"createLedgerPosting", "getLedgerPosting", "reverseLedgerPosting", "listLedgerAccounts"}
ACCOUNTS |= {"sumLedgerAccounts", "getTrialBalance", "getLedgerAccount", "getAccountStatement"}
ACCOUNTS |= {"closeLedgerMonth", "listLedgerClosings", "getLedgerClosing", "reopenLedgerMonth"}
RECORD_READ |= ACCOUNTS  # the ledger says who posts, reverses and closes
RECORD_WRITE = {"openRecord", "correctRecord", "listDevices", "enrolDevice", "confirmDevice", "revokeDevice"}
SHEETS = {"getLedgerTemplate", "beginImport", "getImport", "followImport", "listFindings", "getImportReport"}
SHEETS |= {"commitImport", "cancelImport", "beginExport", "getExport", "getExportContent", "cancelExport"}
SHEETS |= {"beginStatementExport", "getStatementExport", "getStatementExportContent", "cancelStatementExport"}
LISTED = {"getPersonTemplate", "beginPersonImport", "getPersonImport", "followPersonImport", "listPersonImportFindings"}
LISTED |= {"getPersonImportReport", "confirmPersonImportRows", "commitPersonImport", "cancelPersonImport"}
TAKEN_OUT = {"beginPersonExport", "getPersonExport", "getPersonExportContent", "cancelPersonExport"}
IMPORTED = {(verb, rest) for verb, rest, _, way in TABLE_OPERATIONS if not way.startswith("export")}
TABLES = {f"{verb}{what}{rest}" for what in ("Organisation", "Facility", "List") for verb, rest in IMPORTED}
TABLES_OUT = {
    f"{verb}{what}{rest}"
    for what in ("Organisation", "Facility")
    for verb, rest, _, way in TABLE_OPERATIONS
    if way.startswith("export")
}
LISTED |= TABLES
TAKEN_OUT |= TABLES_OUT
RECORD_READ |= {"suggestVacancies", "suggestJobSeekers", "getJobOffer"}
RECORD_WRITE |= {"confirmJobMatch", "answerJobOffer", "undoJobOffer"}
RECORDS = LEDGER_READ | RECORD_READ | RECORD_WRITE
VILLAGE_OFFICE = GRID | MOVE | FAMILY | BUILD | CARE | RECORDS | SHEETS | LISTED | TAKEN_OUT
VILLAGE_OFFICE |= (
    {"registerPerson", "findPossibleDuplicates", "correctPerson", "signExtract", "closeBooks"}
    | PROVE
    | SEARCH
    | BALANCE
)

MAY: dict[str, set[str]] = {
    "resident": OPEN | MINE,
    "agent": OPEN
    | PLACES
    | OFFICES
    | READ
    | HOUSEHOLD
    | LEDGER_READ
    | SEARCH
    | PROVE
    | {"lookUpPersons", "signExtract"},
    "grid_worker": GRID | VERIFY | RECORDS,
    "grid_head": GRID | VERIFY | RECORDS,
    "village_clerk": VILLAGE_OFFICE,
    "town_officer": VILLAGE_OFFICE | DECIDE | SETS | {"listAccesses"},
    "department_officer": OPEN | PLACES | OFFICES | RECORDS | SHEETS | {"lookUpPersons"},
    "county_officer": GRID | RECORDS | SHEETS | LEDGER_DRAFT | SEARCH | BALANCE | TAKEN_OUT,
    "county_registrar": set(OPERATIONS) - MINE - AUDIT - OPERATE,
    "assessor": OPEN | PROFILE | PLACES | OFFICES | LEDGER_READ | BALANCE,
    "auditor": OPEN | OFFICES | LEDGER_READ | RECORD_READ | {"listAccesses", "listStateDifferences"} | BALANCE | AUDIT,
    "integrator": OPEN | PLACES | LEDGER_READ | BALANCE,
    "operator": OPEN | OPERATE,
}


def test_the_table_names_every_operation() -> None:
    routes = [route for one in FEATURES if one.router for route in one.router.routes]
    assert set(OPERATIONS) == {route.operation_id for route in routes if isinstance(route, APIRoute)}


@pytest.mark.parametrize("role", MAY)
async def test_a_role_may_call_these_and_no_others(client_of: Client, role: str) -> None:
    client = client_of(role, COUNTY)
    opened = set[str]()
    for operation, (method, path) in OPERATIONS.items():
        # an empty body: whoever is admitted is told what is missing, whoever is not is told nothing of it
        answer = await client.request(method, path, json={} if method == "POST" else None)
        assert answer.status_code in (200, 201, 202, 403, 404, 422, 428), (operation, answer.text)
        if answer.status_code == 403:
            assert_refused(answer, "forbidden")
        else:
            opened.add(operation)
    assert opened == MAY[role]


@pytest.mark.parametrize("role", ["unheard_of", "county_registrar ", "COUNTY_REGISTRAR", "registry"])
async def test_a_role_that_is_not_ours_opens_nothing(client_of: Client, role: str) -> None:
    """The token itself is in order."""
    client = client_of(role, COUNTY)
    for method, path in (asked for operation, asked in OPERATIONS.items() if operation not in PUBLIC):
        assert_refused(await client.request(method, path, json={} if method == "POST" else None), "forbidden")
