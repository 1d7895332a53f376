"""`python -m services.indicators api | worker | migrate | maintain | …`: `--help` names the verbs."""

import sys

from shared.cli import main

if __name__ == "__main__":
    sys.exit(main("services.indicators"))
