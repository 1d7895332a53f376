"""Typed documents of ledgers over HTTP."""

from typing import Any

from fastapi import APIRouter, Request

from shared.feature import Feature
from shared.http.endpoint import reads
from shared.http.route import ServiceRoute
from shared.http.security import Authorised
from shared.http.transaction import Context
from shared.ledgers.compiler import Ledger
from shared.ledgers.definitions.reading import PublishedLedgers
from shared.ledgers.definitions.wiring import LedgerCode, VersionNumber
from shared.ledgers.documents.typed import typed_document

router = APIRouter(route_class=ServiceRoute, tags=["ledgers"])


@router.get(
    "/ledgers/{code}/openapi.json",
    **reads(
        "getLedgerDocument",
        "查询台账接口文档",
        "今天办理记录所用版本的 OpenAPI 接口文档，含字段和操作。",
        permission="ledger.read",
        scope="open",
    ),
)
async def get_document(code: LedgerCode, request: Request, principal: Authorised, context: Context) -> dict[str, Any]:
    """The OpenAPI document of the version by which records are handled today, with its fields and steps."""
    return _document(request, await PublishedLedgers(context.session, context.clock).newest(code))


@router.get(
    "/ledgers/{code}/versions/{number}/openapi.json",
    **reads(
        "getLedgerVersionDocument",
        "查询台账版本接口文档",
        "某个已发布版本的 OpenAPI 接口文档。",
        permission="ledger.read",
        scope="open",
    ),
)
async def get_version_document(
    code: LedgerCode, number: VersionNumber, request: Request, principal: Authorised, context: Context
) -> dict[str, Any]:
    """The OpenAPI document of a published version."""
    return _document(request, await PublishedLedgers(context.session, context.clock).version(code, number))


def _document(request: Request, ledger: Ledger) -> dict[str, Any]:
    return typed_document(request.app.openapi(), ledger)


DOCUMENTS = Feature(router=router, tag="ledgers")
