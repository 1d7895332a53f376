"""Alerts fire when they should and not before: unit tests of promtool (Debian's package prometheus has it)."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.helm.rules import ALERTS, OBJECTIVES, SERVICE, document
from deploy.helm.values_file import CHART

RULES = CHART / "rules" / "xiangli.yaml"
GRID = f'{SERVICE}="grid"'
PROMTOOL = os.environ.get("PROMTOOL") or shutil.which("promtool")
needed = pytest.mark.skipif(
    PROMTOOL is None, reason="promtool is not here: install Debian's prometheus, or set PROMTOOL"
)

CASES: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "XiangliDown": ({f"up{{{GRID}}}": "0x20"}, {f"up{{{GRID}}}": "1x20"}, "10m"),
    "XiangliOutboxOld": (
        {f"xiangli_outbox_oldest_unpublished_seconds{{{GRID}}}": "121x20"},
        {f"xiangli_outbox_oldest_unpublished_seconds{{{GRID}}}": "120x20"},
        "10m",
    ),
    "XiangliNoRelay": (
        {f'xiangli_relay_leader{{{GRID},shard="0"}}': "0x20"},
        {f'xiangli_relay_leader{{{GRID},shard="0",pod="a"}}': "0x20",
         f'xiangli_relay_leader{{{GRID},shard="0",pod="b"}}': "1x20"},
        "10m",
    ),
    "XiangliLag": (
        {f'xiangli_consumer_lag_records{{{GRID},topic="a",partition="0"}}': "6000x30",
         f'xiangli_consumer_lag_records{{{GRID},topic="a",partition="1"}}': "6000x30"},
        {f'xiangli_consumer_lag_records{{{GRID},topic="a",partition="0"}}': "10000x30"},
        "20m",
    ),
    "XiangliGaps": (
        {f'xiangli_sequence_gaps_total{{{GRID},noun="a"}}': "0x10 1x20"},
        {f'xiangli_sequence_gaps_total{{{GRID},noun="a"}}': "1x30"},
        "20m",
    ),
    "XiangliLogCut": (
        {f"xiangli_nouns_incomplete{{{GRID}}}": "0x5 2x20"},
        {f"xiangli_nouns_incomplete{{{GRID}}}": "0x30"},
        "10m",
    ),
    "XiangliInboundCut": (
        {f'xiangli_logs_cut_total{{{GRID},noun="county.request"}}': "0x5 1x20"},
        {f'xiangli_logs_cut_total{{{GRID},noun="registry.person"}}': "0x5 1x20"},
        "10m",
    ),
    "XiangliDeadLetters": (
        {f"xiangli_dead_letters_open{{{GRID}}}": "1x30"},
        {f"xiangli_dead_letters_open{{{GRID}}}": "1x5 0x30"},
        "20m",
    ),
    "XiangliInboundDropped": (
        {f"xiangli_inbound_not_kept_total{{{GRID}}}": "0x10 3x20"},
        {f"xiangli_inbound_not_kept_total{{{GRID}}}": "3x30"},
        "20m",
    ),
    "XiangliAccessLog": (
        {f"xiangli_access_log_failures_total{{{GRID}}}": "0+1x20"},
        {f"xiangli_access_log_failures_total{{{GRID}}}": "7x20"},
        "10m",
    ),
    "XiangliDatabaseBusy": (
        {f'xiangli_database_wait_seconds_bucket{{{GRID},le="1.0"}}': "0x30",
         f'xiangli_database_wait_seconds_bucket{{{GRID},le="2.5"}}': "0+60x30",
         f'xiangli_database_wait_seconds_bucket{{{GRID},le="+Inf"}}': "0+60x30"},
        {f'xiangli_database_wait_seconds_bucket{{{GRID},le="1.0"}}': "0+60x30",
         f'xiangli_database_wait_seconds_bucket{{{GRID},le="2.5"}}': "0+60x30",
         f'xiangli_database_wait_seconds_bucket{{{GRID},le="+Inf"}}': "0+60x30"},
        "20m",
    ),
    "XiangliSchedules": (
        {f'xiangli_schedule_runs_total{{{GRID},schedule="a",result="failed"}}': "0+1x60"},
        {f'xiangli_schedule_runs_total{{{GRID},schedule="a",result="done"}}': "0+1x60"},
        "59m",
    ),
    "XiangliJobs": (
        {f'xiangli_jobs_finished_total{{{GRID},kind="import",status="failed"}}': "0x10 1x50"},
        {f'xiangli_jobs_finished_total{{{GRID},kind="import",status="done"}}': "0x10 1x50"},
        "30m",
    ),
    "XiangliIssuer": (
        {f"xiangli_jwks_age_seconds{{{GRID}}}": "901x20"}, {f"xiangli_jwks_age_seconds{{{GRID}}}": "900x20"}, "10m"
    ),
    "XiangliCrowded": (
        {f'xiangli_rate_limited_total{{{GRID},operation="a"}}': "0+120x40"},
        {f'xiangli_rate_limited_total{{{GRID},operation="a"}}': "0+30x40"},
        "30m",
    ),
    "XiangliAvailabilityFast": (
        {f'xiangli_http_requests_total{{{GRID},status="200"}}': "0+98x90",
         f'xiangli_http_requests_total{{{GRID},status="503"}}': "0+2x90"},
        {f'xiangli_http_requests_total{{{GRID},status="200"}}': "0+99x90",
         f'xiangli_http_requests_total{{{GRID},status="503"}}': "0+1x90"},
        "80m",
    ),
    "XiangliAvailabilitySlow": (
        {f'xiangli_http_requests_total{{{GRID},status="200"}}': "0+99x420",
         f'xiangli_http_requests_total{{{GRID},status="503"}}': "0+1x420"},
        {f'xiangli_http_requests_total{{{GRID},status="200"}}': "0+998x420",
         f'xiangli_http_requests_total{{{GRID},status="503"}}': "0+2x420"},
        "400m",
    ),
}  # fmt: skip
"""By alert: series in which it fires, series in which it does not, and when it is asked. Steps are minutes."""


def _histogram(metric: str, bound: str, good: int, steps: int) -> dict[str, str]:
    return {
        f'{metric}_bucket{{{GRID},le="{bound}"}}': f"0+{good}x{steps}",
        f"{metric}_count{{{GRID}}}": f"0+100x{steps}",
    }


for _objective, _metric, _bound in (
    ("Latency", "xiangli_http_request_seconds", "0.5"),
    ("Freshness", "xiangli_event_to_effect_seconds", "60.0"),
):
    CASES[f"Xiangli{_objective}Fast"] = (
        _histogram(_metric, _bound, 80, 90), _histogram(_metric, _bound, 90, 90), "80m"
    )  # fmt: skip
    CASES[f"Xiangli{_objective}Slow"] = (
        _histogram(_metric, _bound, 90, 420), _histogram(_metric, _bound, 95, 420), "400m"
    )  # fmt: skip


def test_every_alert_has_its_unit_test() -> None:
    alerts = {rule["alert"] for group in document()["groups"] for rule in group["rules"] if "alert" in rule}
    assert set(CASES) == alerts
    assert len(CASES) == len(ALERTS) + 2 * len(OBJECTIVES)


@needed
def test_prometheus_takes_the_rules() -> None:
    assert PROMTOOL is not None
    done = subprocess.run([PROMTOOL, "check", "rules", str(RULES)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"{len(ALERTS) + 6 * len(OBJECTIVES)} rules found" in done.stdout


@needed
def test_alerts_fire_when_they_should_and_not_otherwise(tmp_path: Path) -> None:
    tests = [
        one
        for name, (fires, rests, at) in CASES.items()
        for one in (_case(name, fires, at, True), _case(name, rests, at, False))
    ]
    done = _promtool(tmp_path, tests)
    assert done.returncode == 0, done.stdout + done.stderr


@needed
def test_a_rule_that_is_wrong_would_be_noticed(tmp_path: Path) -> None:
    fires, _, at = CASES["XiangliOutboxOld"]
    done = _promtool(tmp_path, [_case("XiangliOutboxOld", fires, at, False)])
    assert done.returncode != 0


def _promtool(folder: Path, tests: list[dict[str, Any]]) -> subprocess.CompletedProcess[str]:
    assert PROMTOOL is not None
    file = folder / "rules_test.yaml"
    told = {"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": tests}
    file.write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")
    return subprocess.run([PROMTOOL, "test", "rules", str(file)], capture_output=True, text=True, check=False)


def _case(alert: str, series: dict[str, str], at: str, fires: bool) -> dict[str, Any]:
    rule = next(one for group in document()["groups"] for one in group["rules"] if one.get("alert") == alert)
    labels = dict(rule["labels"])
    for label in ("shard", "schedule", "kind"):
        if f"{SERVICE}, {label})" in rule["expr"]:
            labels[label] = next(iter(series)).partition(f'{label}="')[2].partition('"')[0]
    summary = rule["annotations"]["summary"].replace(f"{{{{ $labels.{SERVICE} }}}}", "grid")
    expected = [
        {"exp_labels": {**labels, SERVICE: "grid"}, "exp_annotations": {**rule["annotations"], "summary": summary}}
    ]
    return {
        "name": f"{alert} {'fires' if fires else 'rests'}",
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "alert_rule_test": [{"eval_time": at, "alertname": alert, "exp_alerts": expected if fires else []}],
    }
