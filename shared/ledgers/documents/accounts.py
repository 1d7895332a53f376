"""JSON Schemas of accounts of a ledger: its kinds of account and of posting in the place of any name."""

from collections.abc import Mapping
from typing import Any

from shared.contracts.examples import UUID_EXAMPLE
from shared.ledgers.documents.values import Schema, area_schema
from shared.ledgers.grammar.accounts import Accounts

UNITS: Mapping[str, str] = {"fen": "分 fen", "minute": "分钟 minutes", "piece": "件 pieces"}
_ACCOUNT_KINDS = (("SideView", "account"), ("AccountView", "kind"), ("KindTotalView", "kind"), ("SendSide", "account"))
_POSTING_KINDS = (("SendPosting", "kind"), ("PostingView", "kind"), ("StatementLineView", "kind"))
_AMOUNTS = (
    *(("SendSide", "amount"), ("SideView", "amount"), ("AccountView", "balance"), ("KindTotalView", "balance")),
    *(("StatementLineView", "amount"), ("StatementLineView", "balance"), ("TrialBalanceView", "across")),
    *(("StatementView", name) for name in ("opening", "grown", "shrunk", "closing")),
)


def of_accounts(schemas: dict[str, Any], code: str, accounts: Accounts) -> None:
    """Say in the schemas what the ledger's accounts, postings and unit are, with examples that it takes."""
    kinds = {one.code: one.title for one in accounts.kinds}
    postings = {one.code: one.title for one in accounts.postings}
    for places, named in ((_ACCOUNT_KINDS, kinds), (_POSTING_KINDS, postings)):
        for schema, name in places:
            if schema in schemas:
                schemas[schema]["properties"][name] = _one_of(schemas[schema]["properties"][name], named)
    for schema, name in _AMOUNTS:
        if schema in schemas:
            about = schemas[schema]["properties"][name]
            about["description"] = f"{about['description']}；单位 unit: {UNITS[accounts.unit]}"
    for schema in ("PostingView", "AccountView"):
        schemas[schema]["properties"]["ledger"]["examples"] = [code]
    schemas["SendPosting"]["properties"]["sides"]["examples"] = [example_sides(accounts)]


def kind_parameter(parameter: Mapping[str, Any], accounts: Accounts) -> Schema:
    """The filter of lists by kind of account."""
    kinds = {one.code: one.title for one in accounts.kinds}
    told = {"type": "string", "enum": list(kinds), "x-enum-descriptions": list(kinds.values())}
    return {**parameter, "schema": {"anyOf": [told, {"type": "null"}], "title": "Kind"}}


def example_sides(accounts: Accounts) -> list[dict[str, Any]]:
    """The sides of the first kind of posting, so that they sum to zero."""
    signs = [side.sign for side in accounts.postings[0].sides]
    grown, shrunk = signs.count(1), signs.count(-1)
    holders = {one.code: one.holder for one in accounts.kinds}
    found = []
    for number, side in enumerate(accounts.postings[0].sides):
        holder: dict[str, Any] = {"area": area_schema()["examples"][0]}
        if holders[side.account] == "record":
            holder = {"record_id": f"{UUID_EXAMPLE[:-1]}{number}"}
        found.append({"account": side.account, **holder, "amount": 60 * (shrunk if side.sign == 1 else grown)})
    return found


def _one_of(before: Mapping[str, Any], named: Mapping[str, str]) -> Schema:
    return {
        "type": "string",
        "enum": list(named),
        "x-enum-descriptions": list(named.values()),
        "title": before["title"],
        "description": before["description"],
    }
