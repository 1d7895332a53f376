"""Records as the house knows them: one feature of every service that keeps ledgers."""

from sqlalchemy import select

from shared.auth.access_log import Purpose
from shared.contracts.ledger_records import OPEN, RESTRICTED
from shared.feature import Feature, Restatement
from shared.ledgers.grammar.words import Subject
from shared.ledgers.records.api.files import router as files_router
from shared.ledgers.records.api.records import router
from shared.ledgers.records.domain import RecordExists
from shared.ledgers.records.doors import (
    calendar_set,
    households_moved,
    index_filling,
    persons_moved,
    record_indexes,
    restate_records,
    warnings,
)
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.wiring import LedgerParts
from shared.messaging.projection.routes import Route
from shared.reference.codes import published


def record_feature(owner: str, parts: LedgerParts) -> Feature:
    """The records of a service's ledgers. Registry owns the calendar: it computes limits again by itself."""
    ids = select(LedgerRecord.id)
    return Feature(
        router=router,
        tag="ledger records",
        about="台账记录：按台账定义登记、更正、办理、查询。 What stands in a ledger, by the ledger's definition",
        states={
            f"{owner}.{OPEN}": Restatement(
                restate_records(parts, restricted=False), ids.where(LedgerRecord.restricted_topic.is_(False))
            ),
            f"{owner}.{RESTRICTED}": Restatement(
                restate_records(parts, restricted=True), ids.where(LedgerRecord.restricted_topic.is_(True))
            ),
        },
        routes=() if owner == "registry" else _routes(parts),
        schedules=[warnings(parts), index_filling(parts)],
        indexes=[record_indexes(parts)],
        constraints={"pk_ledger_keys": RecordExists},
        code_lists=(published("purposes", "用途", Purpose),),
        parts=(parts,),
    )


def _routes(parts: LedgerParts) -> tuple[Route, ...]:
    """What the records of a service that is not registry follow: as far as it is said where subjects lie."""
    moved = {
        Subject.PERSON: Route("registry.person", persons_moved(parts)),
        Subject.HOUSEHOLD: Route("registry.household", households_moved(parts)),
    }
    followed = [route for subject, route in moved.items() if subject in parts.surroundings.lies]
    return (Route("registry.calendar", calendar_set(parts)), *followed)


ATTACHMENTS = Feature(router=files_router, tag="ledger records")
"""The files of records over HTTP."""
