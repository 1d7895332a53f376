"""Libraries that are loaded with the first use: a service starts without what draws forms."""

import asyncio
import subprocess
import sys
import threading
from types import ModuleType
from typing import Any

import pytest

from deploy.local.locks import ROOT
from shared.lazily import lazily
from shared.ledgers.compiler import compile_ledger
from shared.ledgers.forms.drawing.form import Form, draw
from shared.ledgers.forms.openrosa import service
from shared.ledgers.forms.openrosa.service import Drawings
from tests.shared.ledgers.forms.ledgers import EVERYTHING, LISTS, definition_in

PARTS = (
    "import sys, {module}; print(*sorted(name for name in sys.modules if name.startswith(('pyxform.', 'openpyxl'))))"
)


@pytest.mark.parametrize("module", ["services.grid.app", "services.registry.worker"])
def test_a_service_starts_without_what_draws_forms(module: str) -> None:
    command = [sys.executable, "-c", PARTS.format(module=module)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stdout + done.stderr


def test_the_first_look_loads_it() -> None:
    sys.modules.pop("cProfile", None)
    module = lazily("cProfile")
    assert isinstance(module, ModuleType)
    assert "Profile" not in object.__getattribute__(module, "__dict__")
    assert module.Profile.__name__ == "Profile"
    assert lazily("cProfile") is module


def test_what_is_not_installed_is_told_at_once() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        lazily("no_such_library")


async def test_a_form_that_many_ask_for_at_once_is_drawn_once_while_others_are_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawings, answered, drawn = Drawings(), threading.Event(), list[bool]()
    ledger = compile_ledger(definition_in(EVERYTHING), version=1)

    def patiently(*asked: Any, **how: Any) -> Form:
        drawn.append(answered.wait(10))
        return draw(*asked, **how)

    async def others() -> None:
        for _ in range(10):
            await asyncio.sleep(0)
        answered.set()

    monkeypatch.setattr(service, "draw", patiently)
    (first, *rest), _ = await asyncio.gather(
        asyncio.gather(*(drawings.of(ledger, LISTS, files=True) for _ in range(8))), others()
    )
    assert all(one is first for one in rest)
    assert drawn == [True], "once, and others were answered before it was over"
