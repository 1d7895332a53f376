"""The onboarding pages: one in each language, the same commands, and every code that an answer may carry."""

import re

from deploy.local.stack.deployment import ROOT
from shared.contracts.catalogue import topic_name
from shared.contracts.county.requests import RequestSubmitted
from shared.contracts.envelope import dataschema
from shared.messaging.inbound.event import CODES, NOT_FINAL
from tests.shared.inbound_codes import BY_RULE

PAGES = [(ROOT / "docs/integration" / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")]


def test_both_pages_have_the_same_commands_and_examples() -> None:
    one, other = (re.findall(r"^```(?:sh|sh java|json)\n.*?^```", page, re.MULTILINE | re.DOTALL) for page in PAGES)
    assert one == other
    assert len(one) >= 8


def test_every_code_of_a_rejection_is_explained_with_whether_to_send_again() -> None:
    for page, words in zip(PAGES, (("yes", "no"), ("可", "否")), strict=True):
        rows = dict(re.findall(r"^\| `([a-z_]+)` \| (\S+) \|", page, re.MULTILINE))
        rows = {code: again for code, again in rows.items() if again in words}
        final = {code: code not in NOT_FINAL for code in CODES} | {one.code: one.final for one in BY_RULE}
        assert rows == {code: words[1] if final[code] else words[0] for code in final}


def test_the_pages_name_topics_types_and_files_as_they_are() -> None:
    for page in PAGES:
        for name in (
            topic_name("county.request"), topic_name("grid.inbound_outcome"), topic_name("indicators.value"),
            RequestSubmitted.type, dataschema(RequestSubmitted.type, 1),
        ):  # fmt: skip
            assert f"`{name}`" in page
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page):
            assert (ROOT / "docs/integration" / target).exists(), target
