"""`python -m services.indicators api | worker | migrate | maintain | …`: `--help` names the verbs."""

from shared.cli import program

if __name__ == "__main__":
    program("services.indicators")
