"""A small composition of real processes, to which faults are done: registry's API and worker, indicators' worker."""

import pytest

pytest.register_assert_rewrite("tests.e2e.faults.books", "tests.e2e.faults.lives")
