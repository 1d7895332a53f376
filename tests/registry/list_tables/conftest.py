"""Lists at the counter under test: the long work is that of lists of residents."""

from tests.registry.person_imports.conftest import do_work, kinds, officer  # noqa: F401  (fixtures)
