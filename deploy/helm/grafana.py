"""Grafana's dashboard model: a page of graphs over time, as Grafana imports it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from deploy.helm.rules import SERVICE

WIDTH, HEIGHT = 12, 8
SCHEMA = 41
"""Version of Grafana's dashboard model: that of Grafana 11 and newer; older ones migrate by themselves."""
CHOSEN = f'{SERVICE}=~"$service"'
"""Matcher of the services that are chosen above the page."""


@dataclass(frozen=True)
class Panel:
    """A graph over time. `queries`: PromQL and its legend."""

    title: str
    unit: str
    queries: Sequence[tuple[str, str]]
    about: str = ""


@dataclass(frozen=True)
class Dashboard:
    """A page. `name` is its file."""

    name: str
    title: str
    panels: Sequence[Panel]


_SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def model(dashboard: Dashboard) -> dict[str, Any]:
    """A dashboard as Grafana imports it."""
    return {
        "uid": f"xiangli-{dashboard.name}",
        "title": dashboard.title,
        "tags": ["xiangli"],
        "schemaVersion": SCHEMA,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "Asia/Shanghai",
        "templating": {"list": _variables()},
        "annotations": {"list": []},
        "panels": [_panel(number, panel) for number, panel in enumerate(dashboard.panels)],
    }


def _variables() -> list[dict[str, Any]]:
    asked = f"label_values(xiangli_database_connections_in_use, {SERVICE})"
    every = {"text": "All", "value": "$__all"}
    return [
        {"name": "datasource", "label": "数据源 Source", "type": "datasource", "query": "prometheus"},
        {
            "name": "service",
            "label": "服务 Service",
            "type": "query",
            "datasource": _SOURCE,
            "query": asked,
            "definition": asked,
            "refresh": 2,
            "includeAll": True,
            "allValue": ".*",
            "multi": True,
            "current": every,
        },
    ]


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "description": panel.about,
        "datasource": _SOURCE,
        "gridPos": {"h": HEIGHT, "w": WIDTH, "x": WIDTH * (number % 2), "y": HEIGHT * (number // 2)},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
        "targets": [
            {"refId": chr(ord("A") + nth), "datasource": _SOURCE, "expr": query, "legendFormat": told}
            for nth, (query, told) in enumerate(panel.queries)
        ],
    }


def written(dashboard: Dashboard) -> str:
    """The file of a page."""
    return json.dumps(model(dashboard), ensure_ascii=False, indent=1) + "\n"
