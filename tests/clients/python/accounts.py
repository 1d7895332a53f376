"""An accounts ledger by the client that openapi-python-client made of its own document: posted, read, turned round."""

import json
import os
import sys
from datetime import date
from uuid import UUID

from xiangli_hours import AuthenticatedClient
from xiangli_hours.api.ledger_accounts import (
    create_ledger_posting,
    get_account_statement,
    get_trial_balance,
    list_ledger_accounts,
    reverse_ledger_posting,
)
from xiangli_hours.api.ledger_records import open_record
from xiangli_hours.models import (
    AccountViewKind,
    ListLedgerAccountsKindType0,
    OpenRecord,
    Problem,
    ReversePosting,
    SendPosting,
    SendPostingKind,
    SendSide,
    SendSideAccount,
    SentValues,
    SentValuesTeam,
)

told = json.loads(os.environ["LEDGER"])
clerk = AuthenticatedClient(base_url=told["origin"], token=told["clerk"])
town = AuthenticatedClient(base_url=told["origin"], token=told["town"])
day = date.fromisoformat(told["day"])


def good(answer):
    """The parsed body of a success: a client that gives None, or a problem, has lost it."""
    assert answer.status_code < 300, answer.content
    assert answer.parsed is not None, "a success without a body"
    assert not isinstance(answer.parsed, Problem)
    return answer.parsed


def posting(kind: SendPostingKind, record: UUID, minutes: int) -> SendPosting:
    volunteer = SendSide(account=SendSideAccount.VOLUNTEER, record_id=record, amount=minutes)
    community = SendSide(account=SendSideAccount.COMMUNITY, area=told["area"], amount=minutes)
    return SendPosting(kind=kind, day=day, sides=[volunteer, community], remark="植树")


values = SentValues(card=told["card"], name="示例甲", team=SentValuesTeam.YOUTH, joined_on=day)
record = good(open_record.sync_detailed(client=clerk, body=OpenRecord(area=told["area"], values=values)))
served = good(create_ledger_posting.sync_detailed(client=clerk, body=posting(SendPostingKind.SERVE, record.id, 90)))
redeemed = good(create_ledger_posting.sync_detailed(client=clerk, body=posting(SendPostingKind.REDEEM, record.id, 30)))
more = create_ledger_posting.sync_detailed(client=clerk, body=posting(SendPostingKind.REDEEM, record.id, 61)).parsed
assert isinstance(more, Problem)

kind = ListLedgerAccountsKindType0.VOLUNTEER
[account] = good(list_ledger_accounts.sync_detailed(client=clerk, kind=kind, record_id=record.id)).items
assert account.kind is AccountViewKind.VOLUNTEER
back = ReversePosting(reason="录入有误")
turned = good(reverse_ledger_posting.sync_detailed(redeemed.id, client=town, body=back, if_match="*"))
statement = good(get_account_statement.sync_detailed(account.id, client=clerk, since=day, until=day))
trial = good(get_trial_balance.sync_detailed(client=town, area=told["area"]))

came = {
    "served": [served.kind.value, str(served.day), [[one.account.value, one.amount] for one in served.sides]],
    "refused": [more.status, more.code],
    "balance": account.balance,
    "reversed": [turned.id == redeemed.id, isinstance(turned.reversed_by, UUID)],
    "statement": [
        statement.opening, sorted([one.kind.value, one.amount] for one in statement.items), statement.closing,
    ],
    "trial": [trial.difference, sorted(one.kind.value for one in trial.kinds)],
}  # fmt: skip
sys.stdout.write(json.dumps(came) + "\n")
