"""An operator's first day on an empty county, and a day on one that is there: over HTTP alone, as the page says."""

import asyncio
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.first_day.accounts import DevelopmentIssuer
from deploy.first_day.check import check
from deploy.first_day.county_file import CountyFile, Year
from deploy.first_day.interface import Interfaces
from deploy.first_day.refusal import FirstDayRefused
from deploy.first_day.steps import areas, steps
from deploy.first_day.trial import trial_county
from deploy.local.stack.deployment import ROOT
from tests.e2e.stack import Running, running
from tests.shared.collector import Collector, Told, collecting

pytestmark = pytest.mark.county

TRIAL = trial_county()
FEW = TRIAL.model_copy(
    update={
        "households": [one for one in TRIAL.households if one["area"].startswith("450481114")][:6],
        "grids": [one for one in TRIAL.grids if one["properties"]["code"].startswith("450481114")],
        "ledgers": TRIAL.ledgers[:1],
        "calendar": [Year(year=2030, holidays=[date(2030, 1, 1)], working_weekends=[], source="gbf-2029-7")],
    }
)
"""The trial as it ships, but for the people and land of other towns: its whole is entered by the handbook's test."""


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def empty(collector: Collector) -> AsyncIterator[Running]:
    """A county in which nothing is. Its traces are told to the collector, if a caller samples them."""
    with tempfile.TemporaryDirectory(prefix="xiangli-e2e-", ignore_cleanup_errors=True) as made:
        over = Path(made) / "over.json"
        traced = {"XIANGLI_TRACING_ENDPOINT": collector.endpoint, "XIANGLI_TRACING_RATIO": "0"}
        over.write_text(json.dumps({"*": traced}), "utf-8")
        async with running(Path(made), over=over, empty=True) as found:
            yield found


def entered(county: CountyFile, ask: Interfaces) -> dict[str, str]:
    """What every step said."""
    return {name: step(county, ask).english for name, step in steps()}


async def test_an_empty_county_gets_its_first_working_clerk_and_a_second_time_changes_nothing(empty: Running) -> None:
    ports = empty.stack.ports
    ask = Interfaces(ports.origin, DevelopmentIssuer(ports.issuer_url))
    first = await asyncio.to_thread(entered, FEW, ask)
    people = sum(len(one["members"]) for one in FEW.households)
    assert first["areas"] == "307 areas are opened."
    assert first["calendar"].startswith("1 years are set; ")
    assert first["units"] == "3 units are founded."
    assert first["items"] == "31 items are published."
    assert first["ledgers"] == "1 ledgers are in force."
    assert first["grids"] == f"{len(FEW.grids)} grids are drawn."
    assert first["residents"] == f"{people} residents are registered."
    assert re.match(r"keys in use: registry \w+/\w+, services-hall \w+/\w+, grid \w+/\w+, indicators ", first["keys"])
    working = await asyncio.to_thread(check, FEW, ask)
    assert "clerk can work in 450481114201" in working.english
    again = await asyncio.to_thread(entered, FEW, ask)
    assert again["areas"] == "305 areas are as in the file.", "the county and all below"
    assert again["calendar"].startswith("0 years are set; ")
    assert again["units"] == "0 units are founded."
    assert again["items"] == "0 items are published."
    assert again["ledgers"] == "0 ledgers are in force."
    assert again["grids"] == "0 grids are drawn."
    assert again["residents"] == f"{len(FEW.households)} households are there."
    ask.close()


TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
NAMES = re.compile(
    r"(GET|POST) /[a-z-]+/v1(/([a-z-]+|{[a-z_]+}))+"
    r"|(send|process|upsert) [a-z_.]+|schedule [a-z_]+|job [a-z_]+|process batch"
)
"""What spans are called: a route's template, or a noun; never an address."""
ATTRIBUTES = {"http.request.method", "http.response.status_code", "http.route", "xiangli.operation", "error.type"}


async def test_one_trace_goes_from_a_request_to_the_upsert_of_the_figures_and_tells_of_nobody(
    empty: Running, collector: Collector
) -> None:
    ports = empty.stack.ports
    ask = Interfaces(ports.origin, DevelopmentIssuer(ports.issuer_url))
    household = next(
        one for one in TRIAL.households if one["area"].startswith("450481114") and one not in FEW.households
    )
    await asyncio.to_thread(areas, FEW, ask)  # the test may run alone
    for member in household["members"]:
        member["person"]["residence"] = {"area": household["area"]}
    answer = await asyncio.to_thread(
        lambda: ask.ask(
            TRIAL.accounts[0],
            "POST",
            "/registry/v1/households",
            body=household,
            headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"},
        )
    )
    persons = [one["person_id"] for one in answer.json()["members"]]

    def chain(spans: list[Told]) -> list[Told]:
        """From the upsert of the figures up to what the caller said, as far as it has been told."""
        by_id = {one.id: one for one in spans if one.trace == TRACE}
        upserts = [
            one
            for one in by_id.values()
            if (one.service, one.name) == ("xiangli-indicators-worker", "upsert registry.person")
        ]
        found = upserts[:1]
        while found and found[-1].parent in by_id:
            found.append(by_id[found[-1].parent])
        return found

    spans = await asyncio.to_thread(collector.until, lambda told: len(chain(told)) == 4)
    _, process, send, request = chain(spans)
    spans = [one for one in spans if one.trace == TRACE]
    assert (process.service, process.kind) == ("xiangli-indicators-worker", 5)
    assert (send.service, send.kind) == ("xiangli-registry-worker", 4)
    noun = send.name.removeprefix("send ")  # the first record of the batch: all of them are of this request
    assert process.name == f"process {noun}"
    told_of = {(one.service, one.name) for one in spans}
    assert ("xiangli-registry-worker", "send registry.person") in told_of
    assert ("xiangli-indicators-worker", "process registry.person") in told_of
    assert (request.service, request.kind) == ("xiangli-registry-api", 2)
    assert request.name == "POST /registry/v1/households"
    assert request.parent == "00f067aa0ba902b7"
    assert request.attributes["http.response.status_code"] == "201"
    assert {one.trace for one in collector.spans} == {TRACE}, "nothing that nobody sampled"
    assert [one.name for one in spans if not NAMES.fullmatch(one.name)] == []
    assert {name for one in spans for name in one.attributes} <= ATTRIBUTES
    told = b"".join(collector.bodies)
    for member in household["members"]:
        person = member["person"]
        for text in (person["name"], person["document"]["number"], person["address"], household["area"], *persons):
            assert text.encode() not in told
    ask.close()


async def test_next_years_file_is_compared_and_an_area_that_is_gone_must_be_answered(empty: Running) -> None:
    ports = empty.stack.ports
    ask = Interfaces(ports.origin, DevelopmentIssuer(ports.issuer_url))
    gone, heir = "450481114224", "450481114223"
    rows = [row for row in FEW.divisions if row["code"] != gone]
    later = FEW.model_copy(update={"divisions": rows})
    said = await asyncio.to_thread(_refusal, later, ask)
    assert f"1 areas are not in the file any more, such as {gone}" in said
    answered = later.model_copy(update={"successors": {gone: heir}})
    did = await asyncio.to_thread(areas, answered, ask)
    assert did.english == "compared with the file: 0 opened, 1 ended, 0 renamed."
    ask.close()


def _refusal(county: CountyFile, ask: Interfaces) -> str:
    try:
        areas(county, ask)
    except FirstDayRefused as refused:
        return refused.english
    raise AssertionError


@pytest.mark.faults
async def test_the_check_up_of_the_stack_tells_of_the_one_service_that_is_broken(
    empty: Running, tmp_path: Path
) -> None:
    over = tmp_path / "over.json"
    over.write_text(json.dumps({"grid": {"XIANGLI_OIDC_ISSUER": "http://127.0.0.1:1/nobody"}}), "utf-8")
    program = empty.stack.own_program("doctor")
    said = await asyncio.to_thread(_said, program.environment | {"SETTINGS": str(over)})
    assert said.returncode == 1, said.stdout + said.stderr
    assert "grid issuer 故障：XIANGLI_OIDC_ISSUER：无法取得签发方的公钥。" in said.stdout
    told = [line for line in said.stdout.splitlines() if "项检查" in line]
    faults = {line.split()[0]: line.split()[-2] for line in told}
    assert faults == {"registry": "0", "services_hall": "0", "grid": "1", "indicators": "0"}, said.stdout


def _said(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.local.doctor"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
