"""`python -m services.grid api | worker | migrate | maintain | …`: `--help` names the verbs."""

from shared.cli import program

if __name__ == "__main__":
    program("services.grid")
