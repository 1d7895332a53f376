"""All pages and documents as files of one folder, with relative addresses only: for any web server, or a disk."""

import json
from collections.abc import Mapping
from typing import Any

from shared.documents.events_page import events_page
from shared.documents.http_page import http_page, title_of
from shared.documents.layout import Group, escape, page, table

INTRODUCTION = """
<p>本县系统对外的两种接口：HTTP 接口供应用调用，事件供县级系统经 Kafka 收发。下面的文档由程序生成，可离线阅读。</p>
<p>Two ways to integrate: HTTP for apps, events on Kafka for county systems. Everything here is generated out of the
code and opens offline.</p>
"""
FOR_MACHINES = """
<h2>机器可读 For machines</h2>
<ul><li><a href="openapi.json">openapi.json</a>: 全部 HTTP 接口 all services in one OpenAPI 3.1 document</li>
<li><a href="asyncapi.json">asyncapi.json</a>: 全部事件 all events of both directions, AsyncAPI 3</li></ul>
"""


def site(
    services: Mapping[str, Mapping[str, Any]],
    merged: Mapping[str, Any],
    asyncapi: Mapping[str, Any],
    schemas: Mapping[str, Mapping[str, Any]],
) -> dict[str, str]:
    """Path → text. Pages are called `index.html`. `services`: OpenAPI documents by path segment; `schemas`: by name."""
    made = {
        "index.html": _index(services, schemas),
        "openapi.json": _json(merged),
        "asyncapi.json": _json(asyncapi),
        "events/index.html": events_page(
            asyncapi,
            home=("乡里 Xiangli", "../index.html"),
            raw="../asyncapi.json",
            schemas="../schemas/",
            around=[_around(services, "../")],
        ),
        **{f"schemas/{name}.json": _json(schema) for name, schema in schemas.items()},
    }
    for path, document in services.items():
        made[f"api/{path}/openapi.json"] = _json(document)
        made[f"api/{path}/index.html"] = http_page(
            document, home=("乡里 Xiangli", "../../index.html"), around=[_around(services, "../../")]
        )
    return made


def _around(services: Mapping[str, Mapping[str, Any]], up: str) -> Group:
    links = [(escape(title_of(one)), f"{up}api/{path}/index.html") for path, one in services.items()]
    return Group("文档 Documents", [*links, ("事件 Events", f"{up}events/index.html")])


def _index(services: Mapping[str, Mapping[str, Any]], schemas: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [
        (
            f'<a href="api/{escape(path)}/index.html">{escape(title_of(one))}</a>',
            f"<code>/{escape(path)}/v1</code>",
            escape("；".join(tag["description"] for tag in one.get("tags", ()) if tag["name"] != "operations")),
        )
        for path, one in services.items()
    ]
    rows.append(('<a href="events/index.html">事件 Events</a>', "Kafka", "CloudEvents 1.0，双向 both directions"))
    listed = "".join(f'<li><a href="schemas/{escape(name)}.json">{escape(name)}</a></li>' for name in sorted(schemas))
    return page(
        "乡里·接口文档 Interfaces",
        home=("乡里 Xiangli", "index.html"),
        groups=[_around(services, "")],
        body=f"{INTRODUCTION}{table(('文档 Document', '入口 At', '内容 Content'), rows)}{FOR_MACHINES}"
        f"<h2>事件结构 Schemas of events</h2><p>JSON Schema 2020-12.</p><ul>{listed}</ul>",
    )


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
