"""Dashboards and rules ask for metrics and labels that processes really export."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from deploy.helm.dashboards import DASHBOARDS, files
from deploy.helm.rules import ALERTS, OBJECTIVES, SERVICE, WINDOWS, document, recorded
from deploy.helm.values_file import CHART
from shared.http.health import health_app
from shared.observability import metrics as declared
from tests.watching.promql import RECORDED, grouped, metrics

HANDBOOK = Path(__file__).parents[2] / "docs" / "operations"
TARGET = frozenset({SERVICE, "app_kubernetes_io_component"})
"""Labels that Prometheus adds to each series."""
EXPRESSIONS = [
    *(
        (f"{one.name}: {panel.title}", query)
        for one in DASHBOARDS
        for panel in one.panels
        for query, _ in panel.queries
    ),
    *(
        (str(rule.get("alert", rule.get("record"))), rule["expr"])
        for group in document()["groups"]
        for rule in group["rules"]
    ),
]


def exported() -> Mapping[str, frozenset[str]]:
    """Every series that a process may export, with its labels: what `/metrics` is made of."""
    found: dict[str, frozenset[str]] = {"up": frozenset()}
    for collector in {one for one in REGISTRY._names_to_collectors.values() if hasattr(one, "_labelnames")}:
        labels = frozenset(collector._labelnames)
        for name in REGISTRY._get_names(collector):  # type: ignore[no-untyped-call]
            found[name] = labels | ({"le"} if name.endswith("_bucket") else set())
    return found


SERIES = exported()


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS, ids=[where for where, _ in EXPRESSIONS])
def test_an_expression_asks_for_what_there_is(where: str, expression: str) -> None:
    named = list(metrics(expression))
    known = {recorded(one, window) for one in OBJECTIVES for window in WINDOWS}
    assert named or RECORDED.findall(expression), where
    assert set(RECORDED.findall(expression)) <= known
    for name, matched in named:
        assert name in SERIES, f"{where}: nobody exports {name}"
        assert matched <= SERIES[name] | TARGET, f"{where}: {name} has no labels {matched - SERIES[name] - TARGET}"
    labels = frozenset().union(*(SERIES[name] for name, _ in named)) if named else frozenset()
    assert grouped(expression) <= labels | TARGET, where


def test_every_metric_of_the_product_is_on_a_dashboard_or_said_to_be_on_none() -> None:
    shown = {name for _, expression in EXPRESSIONS for name, _ in metrics(expression)}
    shown = {re.sub(r"_(bucket|count|sum)$", "", name) for name in shown}
    every = {
        name.removesuffix("_total") for name in re.findall(r'"(xiangli_[a-z_]+)"', Path(declared.__file__).read_text())
    }
    on_none = {
        *("xiangli_http_refusals_unlisted", "xiangli_idempotent_replays", "xiangli_jwks_fetches"),
        *("xiangli_database_group_commits", "xiangli_access_log_rows", "xiangli_outbox_added", "xiangli_relay_paced"),
        *("xiangli_broker_changes", "xiangli_consume_batch_records", "xiangli_consumer_retries"),
    }
    assert every - {name.removesuffix("_total") for name in shown} == on_none


async def test_what_is_exported_is_what_metrics_answers() -> None:
    import httpx

    async def ready() -> dict[str, bool]:
        return {}

    app = health_app(ready=ready, alive=lambda: True, reasons=dict)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        answer = (await client.get("/metrics")).text
    told = set(re.findall(r"^# TYPE (xiangli_\S+) ", answer, re.MULTILINE))
    base = {re.sub(r"_(bucket|count|sum|created)$", "", name) for name in SERIES if name.startswith("xiangli_")}
    assert {name for name in base if not name.endswith("_total")} - {f"{one}_created" for one in told} >= {
        one.removesuffix("_total") for one in told if not one.endswith("_created")
    } - {one.removesuffix("_total") for one in told if one.endswith("_total")}


def test_the_files_of_the_chart_are_these() -> None:
    written = {path.name: path.read_text("utf-8") for path in (CHART / "dashboards").glob("*.json")}
    assert written == dict(files())


@pytest.mark.parametrize("name", [name for name, _ in files()])
def test_a_dashboard_is_one_that_grafana_takes(name: str) -> None:
    model = json.loads((CHART / "dashboards" / name).read_text("utf-8"))
    assert {"uid", "title", "schemaVersion", "panels", "templating", "time"} <= set(model)
    assert len(model["uid"]) <= 40
    ids = [panel["id"] for panel in model["panels"]]
    assert len(set(ids)) == len(ids) > 3
    places = set()
    for panel in model["panels"]:
        grid = panel["gridPos"]
        assert grid["x"] + grid["w"] <= 24
        assert (grid["x"], grid["y"]) not in places
        places.add((grid["x"], grid["y"]))
        assert panel["type"] == "timeseries"
        assert re.search("[\u4e00-\u9fff]", panel["title"])
        assert re.search("[A-Za-z]", panel["title"])
        refs = [target["refId"] for target in panel["targets"]]
        assert len(set(refs)) == len(refs) > 0
        assert all(target["datasource"]["uid"] == "${datasource}" for target in panel["targets"])


def test_every_alert_has_a_runbook_in_both_languages_and_no_runbook_is_left_over() -> None:
    alerts = {rule["alert"]: rule for group in document()["groups"] for rule in group["rules"] if "alert" in rule}
    assert len(alerts) == len(ALERTS) + 2 * len(OBJECTIVES)
    for language in ("", ".zh-CN"):
        page = (HANDBOOK / f"watch{language}.md").read_text("utf-8")
        told = set(re.findall(r"^### (Xiangli\w+)$", page, re.MULTILINE))
        assert told == set(alerts)
    for name, rule in alerts.items():
        assert rule["annotations"]["runbook_url"] == f"docs/operations/watch.md#{name.lower()}"
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert re.search("[\u4e00-\u9fff]", rule["annotations"]["summary"])


def test_the_objectives_of_the_page_are_those_of_the_rules() -> None:
    for language in ("", ".zh-CN"):
        page = (HANDBOOK / f"watch{language}.md").read_text("utf-8")
        for one in OBJECTIVES:
            minutes = one.budget * 30 * 24 * 60
            assert f"| `{one.name}` | {one.target * 100:g} % | {minutes:g} |" in page
