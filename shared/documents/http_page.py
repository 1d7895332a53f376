"""An OpenAPI document as one page: groups, operations, schemas, codes of refusals."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.documents.layout import Group, escape, folded, inline, page, prose, table
from shared.documents.schema import FIELD_HEADS, field, fields, name_of, type_of

VERBS = ("get", "put", "post", "delete", "patch")
CODES, MAX_BODY = "x-problem-codes", "x-max-body-bytes"
Operation = tuple[str, str, Mapping[str, Any]]
"""Method, path, what the document says of it."""


def title_of(document: Mapping[str, Any]) -> str:
    """Chinese title of a service's document, which stands in its summary: its title is for generators."""
    info = document["info"]
    return str(info.get("summary") or info["title"])


def http_page(
    document: Mapping[str, Any],
    *,
    home: tuple[str, str] = ("乡里 Xiangli", "/"),
    raw: str = "openapi.json",
    around: Sequence[Group] = (),
) -> str:
    """The page of one service. `raw`: address of the document itself; `around`: links to other pages."""
    by_tag: dict[str, list[Operation]] = {}
    for operation in operations(document):
        by_tag.setdefault(operation[2]["tags"][0], []).append(operation)
    told = {tag["name"]: tag.get("description", "") for tag in document.get("tags", ())}
    groups = [*around]
    body = [f'<p><a href="{escape(raw)}">openapi.json</a> · OpenAPI {escape(document["openapi"])}</p>']
    body.append(prose(document["info"].get("description", "")))
    for tag in sorted(by_tag, key=[*told, *by_tag].index):
        groups.append(Group(told.get(tag) or tag, [_link(*operation) for operation in by_tag[tag]]))
        body.append(f"<h2>{escape(told.get(tag) or tag)}</h2>")
        body += [_section(*operation, document=document) for operation in by_tag[tag]]
    groups.append(Group("附录 Appendix", [("数据结构 Schemas", "#schemas"), ("拒绝代码 Codes", "#codes")]))
    body += ["<h2 id='schemas'>数据结构 Schemas</h2>", *_schemas(document), _codes(document)]
    return page(title_of(document), home=home, groups=groups, body="\n".join(body))


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Every operation in the order of the document."""
    for path, item in document["paths"].items():
        for verb in VERBS:
            if verb in item:
                yield verb.upper(), path, item[verb]


def _link(verb: str, path: str, operation: Mapping[str, Any]) -> tuple[str, str]:
    return f"<span class='verb {verb}'>{verb}</span>{escape(operation['summary'])}", f"#{operation['operationId']}"


def _section(verb: str, path: str, operation: Mapping[str, Any], *, document: Mapping[str, Any]) -> str:
    name = escape(operation["operationId"])
    parts = [
        f"<section id='{name}'><h3><span class='verb {verb}'>{verb}</span> <code>{escape(path)}</code></h3>",
        f"<p><strong>{escape(operation['summary'])}</strong> <span class='soft'>{name}</span></p>",
        prose(operation.get("description", "")),
    ]
    if operation.get("parameters"):
        rows = (
            (*field(one["name"], {**one["schema"], "description": one.get("description", "")},
                    required=one.get("required", False)), escape(one["in"]))
            for one in operation["parameters"]
        )  # fmt: skip
        parts += ["<h4>参数 Parameters</h4>", table((*FIELD_HEADS, "位置 In"), rows)]
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(f"<h4>请求体 Body <span class='soft'>{escape(kind)}</span> {type_of(media['schema'])}</h4>")
        if "$ref" in media["schema"]:
            parts.append(fields(document["components"]["schemas"][name_of(media["schema"]["$ref"])]))
        parts.append(_example("示例 Example", media))
    if MAX_BODY in operation:
        parts.append(f"<p class='soft'>最多 {operation[MAX_BODY]:,} 字节 bytes at most</p>")
    parts.append(_responses(operation, document))
    return "\n".join([*parts, "</section>"])


def _responses(operation: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    rows, examples = [], []
    for status, given in operation["responses"].items():
        known = document["components"].get("responses", {})
        response = known[name_of(given["$ref"])] if "$ref" in given else given
        bodies = response.get("content", {})
        headers = ", ".join(f"<code>{escape(name)}</code>" for name in response.get("headers", {}))
        types = " ".join(type_of(media["schema"]) for media in bodies.values() if "schema" in media)
        rows.append((escape(status), inline(response["description"]), types, headers))
        if status.startswith("2"):
            examples += [_example(f"示例 Example {status}", media) for media in bodies.values()]
    heads = ("状态 Status", "含义 Meaning", "内容 Body", "响应头 Headers")
    told = [(f"<code>{escape(code)}</code>", escape(title)) for code, title in operation.get(CODES, {}).items()]
    codes = ["<h4>拒绝 Refusals</h4>", table(("代码 Code", "含义 Meaning"), told)] if told else []
    return "\n".join(["<h4>响应 Responses</h4>", table(heads, rows), *examples, *codes])


def _example(label: str, media: Mapping[str, Any]) -> str:
    if "example" not in media:
        return ""
    return folded(label, json.dumps(media["example"], ensure_ascii=False, indent=2))


def _schemas(document: Mapping[str, Any]) -> Iterator[str]:
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield f"<section id='schema-{escape(name)}'><h3>{escape(name)}</h3>"
        yield prose(schema.get("description", "")) + fields(schema) + "</section>"


def _codes(document: Mapping[str, Any]) -> str:
    rows = (
        (f"<code>{escape(code)}</code>", escape(one["status"]), escape(one["title"]), escape(one["advice"]))
        for code, one in document.get(CODES, {}).items()
    )
    titles = ("代码 Code", "状态 Status", "含义 Meaning", "怎么办 What to do")
    return "<h2 id='codes'>拒绝代码 Codes</h2>" + table(titles, rows)
