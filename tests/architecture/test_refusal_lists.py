"""What an operation may refuse stands in its document, code by code, and nothing else comes."""

import httpx
import pytest
from fastapi import APIRouter
from sqlalchemy import MetaData

from shared.errors import DomainError
from shared.feature import Feature
from shared.http.app import build_app
from shared.http.endpoint import reads
from shared.http.errors import Conflict
from shared.http.route import ServiceRoute
from shared.observability import metrics
from shared.service import ServiceSpec
from shared.testing.databases import SERVICES
from shared.testing.refusals import every_refusal_listed
from shared.testing.settings import settings_for
from tests.architecture.operations import NOWHERE, Operation, app_of, assert_problem, operations, services
from tests.architecture.test_refusals import refusals
from tests.each import of_each

ON_THE_BUS = {
    *("received_at_invalid", "not_yet_known"),
    *(
        "list_not_authorised",
        "list_outdated",
        "list_parts_differ",
        "list_part_repeated",
        "as_of_invalid",
        "area_unknown",
    ),
    *("resident_unknown", "residence_elsewhere", "proposal_leaves_village", "benefit_held_already"),
}
"""Refusals of what comes over the bus, which no operation takes."""
OF_ADDRESSES = {"method_not_allowed"}
"""A refusal of what is no operation."""
OF_LONG_WORK = {
    *("rebuild_behind", "rebuild_refused", "rebuild_stalled", "rebuild_cancelled"),
    *("cannot_be_opened", "keys_still_needed", "import_columns_changed"),
}
"""Refusals that a job tells under `error_code`."""
BESIDE_OPERATIONS = ("shared.ledgers.forms.openrosa.", "shared.ledgers.forms.instances.", "shared.spreadsheets.")
"""Modules whose refusals are told by the door of phones, which has its own protocol, and by checks of tables."""
OF_TABLES = {"record_standing"}
"""A refusal of a row of a table that is taken in: it stands among the findings of the import."""
OF_PHONES = {"device_unconfirmed", "device_unknown"}
"""Refusals of devices at the same door."""


@of_each(operations)
def test_it_lists_codes_of_every_status_that_it_declares_and_of_no_other(operation: Operation) -> None:
    known = app_of(operation.service).openapi()["x-problem-codes"]
    listed = operation.spec["x-problem-codes"]
    assert listed == {code: known[code]["title"] for code in sorted(listed)}
    declared = {int(status) for status in operation.spec["responses"] if status[0] in "45"}
    assert {known[code]["status"] for code in listed} == declared


def test_every_refusal_of_the_kit_is_listed_by_an_operation_or_told_elsewhere() -> None:
    listed = {code for one in operations() for code in one.spec["x-problem-codes"]}
    known = {
        kind.code
        for kind in refusals()
        if kind.__module__.startswith("shared.") and not kind.__module__.startswith(BESIDE_OPERATIONS)
    }
    assert known - listed - ON_THE_BUS == OF_ADDRESSES | OF_LONG_WORK | OF_TABLES | OF_PHONES


@pytest.mark.parametrize("service", services())
def test_every_refusal_of_a_service_is_listed_by_one_of_its_operations(service: str) -> None:
    listed = {code for one in operations() if one.service == service for code in one.spec["x-problem-codes"]}
    known = {kind.code for kind in refusals() if kind.__module__.startswith(f"services.{service}.")}
    assert known - ON_THE_BUS <= listed


def an_app(*refuses: type[DomainError]) -> httpx.AsyncClient:
    """An application with one operation, which always refuses with `Conflict`, and says `refuses` on its route."""
    router = APIRouter(route_class=ServiceRoute)
    route = reads("getSurprise", "意外", "总是拒绝。", permission=None, scope="open", refusals=(), refuses=refuses)

    @router.get("/surprise", **route)
    async def surprise() -> dict[str, str]:
        raise Conflict

    spec = ServiceSpec(name="registry", title="x", metadata=MetaData(), migrations=SERVICES)
    app = build_app(spec, settings_for("kit", NOWHERE), features=[Feature(router=router)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")


async def test_a_refusal_that_no_document_lists_is_answered_counted_and_fails_its_test() -> None:
    async with an_app(Conflict) as client:
        with every_refusal_listed():
            assert_problem(await client.get("/registry/v1/surprise"), 409, "conflict")
    async with an_app() as client:
        with pytest.raises(AssertionError, match="getSurprise answered conflict"), every_refusal_listed():
            assert_problem(await client.get("/registry/v1/surprise"), 409, "conflict")
    metrics.HTTP_UNLISTED.clear()
