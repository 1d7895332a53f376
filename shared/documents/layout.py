"""The frame of every page, its style, and the policy that forbids everything else."""

import base64
import hashlib
import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

STYLE = """
:root { color-scheme: light dark; --ink: #1c2733; --soft: #55636f; --line: #d8dee4; --ground: #ffffff; --shade: #f4f6f8;
  --link: #0b57a4; --get: #0a6b2d; --post: #0b57a4; --put: #8a5a00; --delete: #a40b1d; --mark: #7a2da0 }
@media (prefers-color-scheme: dark) { :root { --ink: #dfe6ec; --soft: #9aa8b4; --line: #36424d; --ground: #14191e;
  --shade: #1e252c; --link: #79b8ff; --get: #5bd08a; --post: #79b8ff; --put: #e3b341;
  --delete: #ff8a96; --mark: #d3a5ee } }
* { box-sizing: border-box }
body { margin: 0; font: 15px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  color: var(--ink); background: var(--ground) }
a { color: var(--link); text-decoration: none } a:hover { text-decoration: underline }
code, pre { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .88em }
code { overflow-wrap: break-word } .soft code, h3 code { overflow-wrap: anywhere }
pre { background: var(--shade); border-radius: 6px; padding: .8rem 1rem; overflow-x: auto }
.frame { display: grid; grid-template-columns: 18rem minmax(0, 1fr); max-width: 96rem; margin: 0 auto }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 1.2rem 1rem;
  border-right: 1px solid var(--line); font-size: .92em }
nav ul { list-style: none; margin: 0 0 .8rem; padding: 0 } nav li { margin: .15rem 0; overflow-wrap: anywhere }
nav strong { display: block; margin-top: .6rem } nav .home { font-size: 1.15em; font-weight: 600 }
main { padding: 1.2rem 2rem 6rem; min-width: 0 } main > p, section > p { max-width: 50rem }
h1 { line-height: 1.3; margin: .2rem 0 .6rem } h2 { margin: 2.6rem 0 .4rem; border-bottom: 1px solid var(--line) }
h3 { margin: 2.2rem 0 .3rem; font-size: 1.08em; overflow-wrap: anywhere } h4 { margin: 1rem 0 .2rem; font-size: .95em }
:target { scroll-margin-top: 1rem; background: var(--shade); outline: .5rem solid var(--shade) }
.table { overflow-x: auto } td { min-width: 4.5rem }
table { border-collapse: collapse; width: 100%; margin: .3rem 0 .6rem }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line) }
th { color: var(--soft); font-weight: 500; font-size: .88em } td:first-child { white-space: nowrap }
.verb { display: inline-block; min-width: 3.6em; text-align: center; border: 1px solid; border-radius: 4px;
  font-size: .82em; font-weight: 600; padding: 0 .35em; margin-right: .3em }
.GET { color: var(--get) } .POST { color: var(--post) }
.PUT, .PATCH { color: var(--put) } .DELETE { color: var(--delete) }
.mark { color: var(--mark); border: 1px solid; border-radius: 4px; font-size: .8em; padding: 0 .4em;
  white-space: nowrap }
.soft { color: var(--soft) } .must { color: var(--delete) } summary { cursor: pointer; color: var(--link) }
@media (max-width: 52rem) { .frame { display: block } nav { position: static; max-height: 45vh; border-right: 0;
  border-bottom: 1px solid var(--line) } main { padding: 1rem 1rem 4rem } td:first-child { white-space: normal }
  th, td { padding-right: .4rem } }
@media print { nav { display: none } .frame { display: block } }
"""

POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of every page: its one style, by hash, and nothing else."""


@dataclass(frozen=True)
class Group:
    """A heading of the navigation and its links, as (label in HTML, address)."""

    title: str
    links: Sequence[tuple[str, str]]


def page(title: str, *, home: tuple[str, str], groups: Iterable[Group], body: str) -> str:
    """A whole page. `home`: what stands over the navigation, label and address."""
    listed = "".join(
        f"<li><strong>{escape(group.title)}</strong><ul>"
        + "".join(f'<li><a href="{escape(address)}">{label}</a></li>' for label, address in group.links)
        + "</ul></li>"
        for group in groups
    )
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head>\n<body><div class='frame'>"
        f"<nav><a class='home' href='{escape(home[1])}'>{escape(home[0])}</a><ul>{listed}</ul></nav>\n"
        f"<main><h1>{escape(title)}</h1>\n{body}\n</main></div></body></html>\n"
    )


def escape(text: object) -> str:
    """Text as HTML."""
    return html.escape(str(text))


def inline(text: str) -> str:
    """One paragraph of CommonMark: `code`, **strong** and line breaks; everything else as it stands."""
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", marked)


def prose(text: str) -> str:
    """Paragraphs."""
    return "".join(f"<p>{inline(' '.join(part.split()))}</p>" for part in re.split(r"\n\s*\n", text) if part.strip())


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of HTML cells; nothing if there is no row."""
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    if not body:
        return ""
    head = "".join(f"<th>{escape(one)}</th>" for one in heads)
    return f"<div class='table'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def folded(label: str, text: str) -> str:
    """Something long that is opened by a click."""
    return f"<details><summary>{escape(label)}</summary><pre>{escape(text)}</pre></details>"
