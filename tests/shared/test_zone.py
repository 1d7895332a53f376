"""`make test-zone` runs what pytest itself would choose by the same words."""

import ast
from pathlib import Path

from tests.zone import APART, TESTS, WORDS, files


def names(path: Path) -> set[str]:
    """Of the functions and classes of a file, however they are nested."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return {node.name.lower() for node in ast.walk(tree) if isinstance(node, kinds)}


def test_no_test_of_clocks_and_dates_is_left_out() -> None:
    speaking = {
        path
        for path in TESTS.rglob("test_*.py")
        if any(word in name for name in names(path) if name.startswith("test") for word in WORDS)
    }
    left_out = {path.relative_to(TESTS).parts[0] for path in speaking - set(files())}
    assert left_out <= set(APART)
    assert len(files()) > 40
