"""What a PromQL expression names: metrics, and the labels that it matches or groups by. For the forms that we write."""

import re
from collections.abc import Iterator

RECORDED = re.compile(r"xiangli:[a-z_0-9]+:[a-z_0-9]+")
_METRIC = re.compile(r"(?<![:\w])((?:xiangli_[a-z_]+)|up)(?=[{\[\s)]|$)(?:\{([^}]*)\})?")
_GROUP = re.compile(r"by \(([a-z_, ]*)\)")


def metrics(expression: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Each metric with the labels that it is matched by."""
    for name, matchers in _METRIC.findall(expression):
        yield name, frozenset(re.findall(r"([a-z_]+)\s*(?:=~|!~|!=|=)", matchers))


def grouped(expression: str) -> frozenset[str]:
    """Labels that the expression groups by."""
    return frozenset(label for group in _GROUP.findall(expression) for label in group.replace(" ", "").split(","))
