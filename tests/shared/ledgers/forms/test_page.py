"""The page of forms as it is served: its files, what they may do in a browser, and nothing of anybody in them."""

import hashlib
import json
import math
import re
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from shared.ledgers.forms.instances.reading import MAX_BYTES
from shared.ledgers.forms.openrosa.multipart_body import MAX_FILES, MAX_SUBMISSION
from shared.ledgers.forms.page import door as page
from shared.testing.doors import Door

STATIC = Path(page.__file__).parent / "static"
KEPT_BESIDE = {"xforms-engine.licences.txt", "xforms-engine.sha256"}
IMPORTED = re.compile(r"""^(?:import|export) .*?from "\./([\w-]+\.js)";$""", re.MULTILINE)
HERE = "http://test/grid/v1/forms/"


async def ask(door: Door, name: str, method: str = "GET", **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=door.app)
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.request(method, urljoin(HERE, name), headers=headers)


async def test_every_file_of_the_page_is_served_to_everybody_with_its_kind(door: Door) -> None:
    assert {path.name for path in STATIC.iterdir()} == {*page.KINDS, *KEPT_BESIDE}
    for name, kind in page.KINDS.items():
        answer = await ask(door, "" if name == page.INDEX else name)
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind), name
        assert answer.headers["x-content-type-options"] == "nosniff"
        again = await ask(door, "" if name == page.INDEX else name, **{"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), name


async def test_scripts_and_styles_come_from_the_service_alone(door: Door) -> None:
    issuer = door.kit.settings.oidc_issuer
    answer = await ask(door, "")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["style-src"] == "'self'"
    assert policy["connect-src"].split() == ["'self'", re.sub(r"^(\w+://[^/]+).*", r"\1", issuer)]
    assert {policy[name] for name in ("base-uri", "form-action", "frame-ancestors")} == {"'none'"}
    assert not re.search(r"<script(?![^>]* src=)|<style| style=| on\w+=", answer.text), "nothing is inline"


async def test_the_page_says_where_people_log_in(door: Door) -> None:
    config = (await ask(door, page.CONFIG)).json()
    assert config == {"issuer": door.kit.settings.oidc_issuer, "client": "xiangli-dashboard"}


@pytest.mark.parametrize("name", ["index.html", "xforms-engine.sha256", "door.py", "%2e%2e/door.py", "none.js"])
async def test_nothing_else_is_served(door: Door, name: str) -> None:
    answer = await ask(door, name)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_address_without_its_slash_leads_to_the_page(door: Door) -> None:
    answer = await ask(door, "../forms")
    assert answer.status_code == 308
    assert urljoin("http://test/grid/v1/forms", answer.headers["location"]) == HERE


async def test_the_service_worker_keeps_the_whole_page(door: Door) -> None:
    script = (await ask(door, page.WORKER)).text
    [kept] = re.findall(r"JSON\.parse\(`(\[.*\])`\)", script)
    needed = {"./", page.CONFIG, *page.KINDS} - {page.INDEX, page.WORKER}
    assert set(json.loads(kept)) == needed
    imported = {name for path in STATIC.glob("[!x]*.js") for name in IMPORTED.findall(path.read_text("utf-8"))}
    assert imported <= needed
    assert "{{" not in script, "something was not filled in"


def test_a_page_of_other_files_is_a_page_of_another_version() -> None:
    before = page.version_of({"app.js": b"one", "app.css": b"two"})
    assert before != page.version_of({"app.js": b"one", "app.css": b"three"})
    assert before != page.version_of({"app.js": b"onetwo", "app.css": b""})


def test_a_part_of_what_the_page_sends_is_one_that_the_door_takes() -> None:
    script = (STATIC / "server.js").read_text("utf-8")
    told = dict(re.findall(r"^const (PART_BYTES|PART_FILES) = ([0-9 *]+);$", script, re.MULTILINE))
    numbers = {name: math.prod(int(one) for one in text.split("*")) for name, text in told.items()}
    assert numbers["PART_BYTES"] + MAX_BYTES < MAX_SUBMISSION
    assert numbers["PART_FILES"] <= MAX_FILES
    [largest] = re.findall(r"^const LARGEST = ([0-9 *]+);$", (STATIC / "uploads.js").read_text("utf-8"), re.MULTILINE)
    assert largest == told["PART_BYTES"], "one file is a part at most"


def test_the_engine_is_the_one_that_was_made() -> None:
    told, name = (STATIC / "xforms-engine.sha256").read_text("utf-8").split()
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == told
    licences = (STATIC / "xforms-engine.licences.txt").read_text("utf-8")
    lock = json.loads((Path(__file__).parents[4] / "deploy/forms_page/package-lock.json").read_text("utf-8"))
    version = lock["packages"]["node_modules/@getodk/xforms-engine"]["version"]
    assert f"@getodk/xforms-engine {version} " in licences
    for package in ("solid-js", "papaparse", "temporal-polyfill", "micromark"):
        assert f"\n{package} " in licences
