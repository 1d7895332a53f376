"""Reads the XML of an instance: no document type, no entities, no processing instructions, bounded in every way.

The parser is expat, told by defusedxml to refuse what expands. Namespaces are dropped: engines write them differently.
"""

from dataclasses import dataclass, field
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from shared.ledgers.forms.instances.refusals import NotAnInstance

MAX_BYTES = 1024 * 1024
"""Size of an instance without its media."""

MAX_DEPTH, MAX_NODES, MAX_ATTRIBUTES = 8, 20_000, 12


@dataclass(slots=True)
class Node:
    """An element: its local name, its text, what stands in it."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list["Node"] = field(default_factory=list)


def read_instance(body: bytes) -> Node:
    """The root of an instance. Raises `NotAnInstance`."""
    if len(body) > MAX_BYTES:
        raise NotAnInstance
    try:
        text = body.decode("utf-8-sig")
        parser = XMLParser(target=_Builder(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
        parser.feed(text)
        root = parser.close()
    except (UnicodeDecodeError, SyntaxError, ValueError, DefusedXmlException) as error:
        raise NotAnInstance from error
    assert isinstance(root, Node)
    return root


class _Builder:
    """Takes what the parser reads, and refuses what is too much of it."""

    def __init__(self) -> None:
        self.open: list[tuple[Node, list[str]]] = []  # with the pieces of its text
        self.root: Node | None = None
        self.nodes = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.nodes += 1
        if len(self.open) >= MAX_DEPTH or self.nodes > MAX_NODES or len(attributes) > MAX_ATTRIBUTES:
            raise NotAnInstance
        node = Node(local(tag), {local(name): value for name, value in attributes.items()})
        if self.open:
            self.open[-1][0].children.append(node)
        else:
            self.root = node
        self.open.append((node, []))

    def data(self, text: str) -> None:
        self.open[-1][1].append(text)

    def end(self, _: str) -> None:
        node, pieces = self.open.pop()
        node.text = "".join(pieces)

    def pi(self, *_: Any) -> None:
        raise NotAnInstance

    def close(self) -> Node | None:
        return self.root


def local(tag: str) -> str:
    """The name without its namespace."""
    return tag.rpartition("}")[2]


def texts_of(root: Node) -> frozenset[str]:
    """Every text of an instance: names of the files that come with it are among them."""
    return frozenset((root.text.strip(), *(text for child in root.children for text in texts_of(child))))
