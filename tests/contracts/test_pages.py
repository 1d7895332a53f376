"""The pages say all that the documents say, open in a closed network, and no link leads nowhere."""

import base64
import hashlib
import json
import posixpath
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.documents import main, pages
from deploy.local.stack.ports import free_ports
from deploy.local.start_page.page import create_app
from shared.documents.http_page import VERBS
from shared.documents.layout import POLICY
from tests.architecture.operations import app_of, services
from tests.each import of_each

API = Path(__file__).parents[2] / "docs/api"


def html() -> list[str]:
    return sorted(name for name in pages() if name.endswith(".html"))


class Seen(HTMLParser):
    """What a browser would follow, load or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.styles: list[str] = []
        self._in_style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._in_style = tag == "style"
        if tag in ("script", "link", "img", "iframe", "object", "embed", "form", "base") or "style" in found:
            self.loads.append(tag)
        self.loads += [name for name in found if name.startswith("on") or name in ("src", "srcset")]
        self.links += [found["href"] or ""] if "href" in found else []
        self.ids += [found["id"] or ""] if "id" in found else []

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.styles.append(data)


@cache
def seen_on(name: str) -> Seen:
    return Seen(pages()[name])


@of_each(html)
def test_a_page_loads_and_runs_nothing_and_its_style_is_the_one_of_the_policy(name: str) -> None:
    seen = seen_on(name)
    assert seen.loads == []
    (style,) = seen.styles
    assert "url(" not in style
    assert "@import" not in style
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in POLICY
    assert POLICY.startswith("default-src 'none';")


@of_each(html)
def test_every_link_leads_to_a_page_or_a_place_on_one(name: str) -> None:
    seen = seen_on(name)
    assert len(seen.ids) == len(set(seen.ids))
    for link in seen.links:
        path, _, place = link.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
        assert target in pages(), link
        if place:
            assert place in seen_on(target).ids, link


@pytest.mark.parametrize("service", services())
def test_every_operation_with_its_parameters_and_answers_is_on_the_page_of_its_service(service: str) -> None:
    document = json.loads((API / f"{service}.openapi.json").read_text(encoding="utf-8"))
    page = pages()[f"api/{service.replace('_', '-')}/index.html"]
    assert document["info"]["summary"] in page
    for path, item in document["paths"].items():
        for operation in (item[verb] for verb in VERBS if verb in item):
            section = page.partition(f"<section id='{operation['operationId']}'>")[2].partition("</section>")[0]
            assert path in section
            told = [parameter["name"] for parameter in operation.get("parameters", ())] + list(operation["responses"])
            assert [word for word in told if word not in section] == []


def test_every_topic_with_its_facts_fields_and_key_is_on_the_page_of_events() -> None:
    document = json.loads((API / "asyncapi.json").read_text(encoding="utf-8"))
    page = pages()["events/index.html"]
    for name, channel in document["channels"].items():
        section = page.partition(f"<section id='{name}'>")[2].partition("</section>")[0]
        assert "键 Key" in section
        assert "示例 Example" in section
        assert ("受限" in section) == channel["x-restricted"]
        for message in channel["messages"]:
            assert message.rpartition(".")[0] in section
            assert f"schemas/{message}.json" in section


def test_they_are_written_to_a_folder_for_a_server_of_ones_own(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 0
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()} == set(pages())
    assert main([]) == 2


def client_of(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://origin.test")


async def test_the_start_page_serves_them_under_a_strict_policy() -> None:
    async with client_of(create_app(free_ports())) as client:
        for path in ("", "api/registry/", "events/"):
            answer = await client.get(f"/docs/{path}")
            assert answer.text == pages()[f"{path}index.html"]
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            assert answer.headers["content-security-policy"] == POLICY
        for name in ("openapi.json", "asyncapi.json", "schemas/county.request.submitted.v1.json"):
            answer = await client.get(f"/docs/{name}")
            assert answer.headers["content-type"] == "application/json"
            assert answer.json() == json.loads((API / name).read_text(encoding="utf-8"))
        assert (await client.get("/docs", follow_redirects=True)).text == pages()["index.html"]
        for path in ("/docs/nothing", "/docs/../README.md", "/docs/%2e%2e/README.md", "/docs/api/registry"):
            assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("service", services())
async def test_a_service_shows_its_own_page_in_a_closed_network(service: str) -> None:
    app = app_of(service)
    async with client_of(app) as client:
        answer = await client.get(f"/{app.state.kit.spec.path}/docs")
    assert answer.status_code == 200
    assert answer.headers.get_list("content-security-policy") == [POLICY]
    seen = Seen(answer.text)
    assert seen.loads == []
    assert not [link for link in seen.links if re.match(r"[a-z]+:|//", link)]
    assert {operation["operationId"] for item in app.openapi()["paths"].values() for operation in item.values()} <= set(
        seen.ids
    )
