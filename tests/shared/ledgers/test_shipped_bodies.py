"""What a county sends to put a ledger that ships in force: its definition, whole, to the service that keeps it."""

import json

import pytest

from deploy.local.ledger_pages.pages import PAGES, ROOT, shipped
from shared.ledgers.compiler import Ledger
from shared.ledgers.definitions.schemas import DraftLedger
from tests.architecture.operations import operations

ALL = pytest.mark.parametrize("ledger", shipped(), ids=lambda ledger: ledger.code)


@ALL
def test_the_body_beside_a_page_is_the_definition_that_ships(ledger: Ledger) -> None:
    body = (ROOT / PAGES / f"{ledger.code}.json").read_text(encoding="utf-8")
    assert DraftLedger.model_validate_json(body).definition == ledger.definition
    assert list(json.loads(body)) == ["definition"]


@ALL
def test_the_page_names_the_body_and_where_it_is_sent(ledger: Ledger) -> None:
    page = (ROOT / PAGES / f"{ledger.code}.md").read_text(encoding="utf-8")
    [path] = [one.path for one in operations() if one.id == "draftLedger" and one.service == ledger.owner]
    assert f"[{ledger.code}.json]({ledger.code}.json) 发到 `POST {path}`" in page
