"""The page on which a paper is verified: what it shows of each outcome, what it may do, and what it never repeats."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from services.services_hall.documents.domain import DocumentKind, Verification
from services.services_hall.documents.schemas.page import POLICY, page_of
from services.services_hall.documents.service.documents import Verified

GENUINE = Verified(
    Verification.GENUINE, DocumentKind.DECISION, "决〔2026〕1 号", "VILLAGE-01202603160001", "居住证明", "民政局",
    "2026年3月16日", "测**某",
)  # fmt: skip
SHOWN = ("决定书", GENUINE.number, "测**某", "居住证明", GENUINE.case, "民政局", "2026年3月16日")


class Read(HTMLParser):
    """Tags in order, of each its attributes; text by the tag in which it stands."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == [], "every tag that is opened is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1:] != ["style"]:
            self.texts.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize(
    ("outcome", "looks", "says"),
    [
        ("genuine", "good", "现为有效文书"),
        ("voided", "bad", "已作废"),
        ("superseded", "bad", "已经变更"),
        ("wrong_hash", "bad", "校验码不符"),
    ],
)
def test_each_outcome_looks_and_reads_otherwise_and_is_said_to_who_hears_the_page(
    outcome: str, looks: str, says: str
) -> None:
    page = Read(page_of(Verified(Verification(outcome))))
    [status] = [one for one in page.named("p") if one.get("role") == "status"]
    assert status["class"] == looks
    assert says in "".join(page.texts)
    others = {"现为有效文书", "已作废", "已经变更", "校验码不符"} - {says}
    assert not [one for one in others if one in "".join(page.texts)]


def test_what_stands_on_the_paper_is_shown_in_pairs_and_what_is_not_known_is_left_out() -> None:
    page = Read(page_of(GENUINE))
    assert [one for one in SHOWN if one not in page.texts] == []
    assert len(page.named("dt")) == len(page.named("dd")) == len(SHOWN)
    erased = Read(page_of(Verified(Verification.GENUINE, DocumentKind.CLOSING, "办〔2026〕2 号")))
    assert (len(erased.named("dd")), "当事人" in erased.texts) == (2, False)
    assert Read(page_of(Verified(Verification.WRONG_HASH))).named("dl") == []


def test_without_a_question_there_is_the_form_alone_and_of_an_unknown_token_an_alert() -> None:
    empty, unknown = Read(page_of(None)), Read(page_of(None, unknown=True))
    assert empty.named("p") == []
    [alert] = unknown.named("p")
    assert (alert["role"], alert["class"]) == ("alert", "bad")
    for page in (empty, unknown, Read(page_of(GENUINE))):
        assert [(one["name"], one.get("value"), one["autocomplete"]) for one in page.named("input")] == [
            ("token", None, "off"), ("code", None, "off"),
        ]  # fmt: skip
        assert {one["for"] for one in page.named("label")} == {one["id"] for one in page.named("input")}
        [form] = page.named("form")
        assert form == {"method": "get"}, "it asks the same page again"


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a&b\"c'd", "</dd><h1>", "&lt;b&gt;"])
def test_what_a_paper_says_is_text_whatever_it_holds(text: str) -> None:
    raw = page_of(Verified(Verification.GENUINE, DocumentKind.RECEIPT, text, text, text, text, text, text))
    page = Read(raw)
    assert page.texts.count(text) == 6
    assert [one for one, _ in page.tags if one in ("script", "b")] == []
    assert len(page.named("h1")) == 1


def test_the_page_is_whole_in_itself_and_its_policy_allows_its_own_style_alone() -> None:
    raw = page_of(GENUINE)
    [style] = re.findall(r"<style>(.*?)</style>", raw, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    rules = dict(one.split(" ", 1) for one in POLICY.split("; "))
    assert rules == {
        "default-src": "'none'", "style-src": f"'sha256-{digest}'", "form-action": "'self'", "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }  # fmt: skip
    page = Read(raw)
    assert not {"script", "img", "link", "iframe"} & {tag for tag, _ in page.tags}
    assert not [one for _, attributes in page.tags for one in attributes if one in ("style", "src", "href")]
    assert not [one for _, attributes in page.tags for one in attributes if one.startswith("on")]
    assert page.named("html") == [{"lang": "zh-CN"}]
    assert {"name": "robots", "content": "noindex"} in page.named("meta")
