"""Accounts of a definition: kinds, postings, and what is counted of them."""

from shared.ledgers.compiler.checks.figures import MAX_INDICATOR, indicator_of
from shared.ledgers.compiler.known import once
from shared.ledgers.compiler.posting_counts import PostingCounting
from shared.ledgers.compiler.report import Report
from shared.ledgers.grammar.accounts import AccountMeasure, Accounts, PostingKind
from shared.ledgers.grammar.definition import Definition


def check_accounts(definition: Definition, report: Report) -> PostingCounting:
    """The measures of accounts, compiled. Errors at every kind, posting and measure that is not whole."""
    accounts = definition.accounts
    if accounts is None:
        return PostingCounting(())
    kinds = {kind.code for kind in accounts.kinds}
    once([kind.code for kind in accounts.kinds], "accounts.kinds", "code", report, set())
    once([posting.code for posting in accounts.postings], "accounts.postings", "code", report, set())
    for place, posting in enumerate(accounts.postings):
        _posting(posting, kinds, f"accounts.postings.{place}.sides", report)
    taken = {one.code for one in definition.measures} | {one.code for one in definition.ratios}
    once([one.code for one in accounts.measures], "accounts.measures", "code", report, taken)
    for place, measure in enumerate(accounts.measures):
        _measure(measure, accounts, f"accounts.measures.{place}", report)
        if len(indicator_of(definition, measure.code)) > MAX_INDICATOR:
            report.add(f"accounts.measures.{place}.code", "indicator_too_long")
    return PostingCounting([(one, indicator_of(definition, one.code)) for one in accounts.measures])


def _posting(posting: PostingKind, kinds: set[str], path: str, report: Report) -> None:
    for number, side in enumerate(posting.sides):
        if side.account not in kinds:
            report.add(f"{path}.{number}.account", "account_unknown")
    if len({side.sign for side in posting.sides}) != 2:
        report.add(path, "sides_one_way")


def _measure(measure: AccountMeasure, accounts: Accounts, path: str, report: Report) -> None:
    if measure.account not in {kind.code for kind in accounts.kinds}:
        report.add(f"{path}.account", "account_unknown")
        return
    if measure.posting is None:
        return
    if measure.sign != 1:
        report.add(f"{path}.sign", "measure_sign")
    posting = next((one for one in accounts.postings if one.code == measure.posting), None)
    if posting is None:
        report.add(f"{path}.posting", "posting_unknown")
        return
    signs = {side.sign for side in posting.sides if side.account == measure.account}
    if not signs:
        report.add(f"{path}.posting", "measure_account_untouched")
    elif len(signs) == 2:
        report.add(f"{path}.posting", "measure_both_ways")
