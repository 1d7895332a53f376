"""An AsyncAPI document as one page: what goes out and comes in, topic by topic."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.documents.layout import Group, escape, folded, inline, page, prose, table
from shared.documents.schema import fields, name_of, type_of

DIRECTIONS = {"send": ("发布", "out"), "receive": ("接收", "in")}


def events_page(
    document: Mapping[str, Any],
    *,
    home: tuple[str, str],
    raw: str,
    schemas: str,
    around: Sequence[Group] = (),
) -> str:
    """The page of all topics. `raw`: address of the document; `schemas`: of the folder of the schema files."""
    directions = {name_of(one["channel"]["$ref"]): one["action"] for one in document["operations"].values()}
    titles = {tag["name"]: tag.get("description", "") for tag in document["info"].get("tags", ())}
    groups = [*around]
    body = [f'<p><a href="{escape(raw)}">asyncapi.json</a> · AsyncAPI {escape(document["asyncapi"])}</p>']
    body += [prose(document["info"]["description"]), "<h2 id='servers'>接入 Servers</h2>", _servers(document)]
    body += ["<h2 id='headers'>消息头 Headers</h2>", *_headers(document)]
    groups.append(Group("接入 Connect", [("服务器 Servers", "#servers"), ("消息头 Headers", "#headers")]))
    for owner, title in titles.items():
        mine = {name: one for name, one in document["channels"].items() if one["x-owner"] == owner}
        groups.append(Group(f"{title} {owner}", [(_label(name, one), f"#{name}") for name, one in mine.items()]))
        body.append(f"<h2>{escape(title)} {escape(owner)}</h2>")
        body += [_topic(name, one, directions[name], document, schemas) for name, one in mine.items()]
    groups.append(Group("附录 Appendix", [("数据结构 Schemas", "#schemas")]))
    body += ["<h2 id='schemas'>数据结构 Schemas</h2>", *_schemas(document)]
    return page(document["info"]["title"], home=home, groups=groups, body="\n".join(body))


def _label(name: str, channel: Mapping[str, Any]) -> str:
    return escape(name) + (" <span class='mark'>受限</span>" if channel["x-restricted"] else "")


def _servers(document: Mapping[str, Any]) -> str:
    schemes = document["components"]["securitySchemes"]
    rows = (
        (
            f"<code>{escape(server['host'])}</code>",
            escape(server["protocol"]),
            inline(server["description"]),
            "<br>".join(inline(schemes[name_of(one["$ref"])]["description"]) for one in server.get("security", ())),
        )
        for server in document["servers"].values()
    )
    return table(("地址 Host", "协议 Protocol", "说明 Meaning", "登录 Login"), rows)


def _headers(document: Mapping[str, Any]) -> Iterator[str]:
    for name, title in (("CloudEventHeaders", "发布 out"), ("SubmittedHeaders", "接收 in")):
        schema = document["components"]["schemas"][name]
        yield f"<h3>{title}</h3>{prose(schema['description'])}{fields(schema)}"


def _topic(name: str, channel: Mapping[str, Any], action: str, document: Mapping[str, Any], schemas: str) -> str:
    chinese, english = DIRECTIONS[action]
    kafka = channel["bindings"]["kafka"]
    configuration = kafka["topicConfiguration"]
    kept = f"{kafka['partitions']} partitions · {', '.join(configuration['cleanup.policy'])}"
    if "retention.ms" in configuration:
        kept += f" · {configuration['retention.ms'] // 86_400_000} 天 days"
    messages = [document["components"]["messages"][name_of(one["$ref"])] for one in channel["messages"].values()]
    key = messages[0]["bindings"]["kafka"]["key"]["description"]
    restricted = " <span class='mark'>受限 restricted</span>" if channel["x-restricted"] else ""
    rows = (
        (
            f"<code>{escape(message['name'])}</code>",
            inline(message["summary"]),
            f'<a href="{escape(schemas + file)}.json">{escape(file.rpartition(".")[2])}</a>',
        )
        for file, message in zip(channel["messages"], messages, strict=True)
    )
    badge = f"<span class='verb {'GET' if action == 'send' else 'POST'}'>{chinese} {english}</span>"
    parts = [
        f"<section id='{escape(name)}'><h3>{badge} <code>{escape(channel['address'])}</code>{restricted}</h3>",
        prose(channel["description"]),
        f"<p class='soft'>{escape(kept)}</p><p>键 Key: {inline(key)}</p>",
        table(("类型 Type", "含义 Meaning", "版本 Schema"), rows),
        *_payload(messages, document),
        _example(messages[0]),
    ]
    return "\n".join([*parts, "</section>"])


def _payload(messages: Sequence[Mapping[str, Any]], document: Mapping[str, Any]) -> Iterator[str]:
    """The fields of the state that all facts of a topic carry, and what single facts carry beside it."""
    schemas = document["components"]["schemas"]
    payloads = [schemas[name_of(one["payload"]["$ref"])] if "$ref" in one["payload"] else one["payload"]
                for one in messages]  # fmt: skip
    state = payloads[0]["properties"].get("state")
    if state is None:
        yield "<h4>数据 Data</h4>" + fields(payloads[0])
        return
    yield f"<h4>状态 <code>state</code> {type_of(state)}</h4>{fields(schemas[name_of(state['$ref'])])}"
    for message, payload in zip(messages, payloads, strict=True):
        beside = {name: one for name, one in payload["properties"].items() if name != "state"}
        if beside:
            yield f"<h4>另有 Beside it in <code>{escape(message['name'])}</code></h4>"
            yield fields({"properties": beside, "required": payload.get("required", ())})


def _example(message: Mapping[str, Any]) -> str:
    shown = message["examples"][0]
    headers = "\n".join(f"{name}: {value}" for name, value in shown["headers"].items())
    value = json.dumps(shown["payload"], ensure_ascii=False, indent=2)
    return folded(f"示例 Example: {message['name']}", f"{headers}\n\n{value}")


def _schemas(document: Mapping[str, Any]) -> Iterator[str]:
    for name, schema in sorted(document["components"]["schemas"].items()):
        if not name.endswith("Headers"):
            yield f"<section id='schema-{escape(name)}'><h3>{escape(name)}</h3>"
            yield prose(schema.get("description", "")) + fields(schema) + "</section>"
