"""`python -m services <service> <verb> …`: one command for all four services, the entry point of the image.

`python -m services health` asks whichever of their processes runs here.
"""

import argparse
import pkgutil

import services
from shared.cli import program

NAMES = sorted(module.name for module in pkgutil.iter_modules(services.__path__) if module.ispkg)


def main() -> None:
    """Ends the process with the verb's exit code; 2 where the service is unknown."""
    parser = argparse.ArgumentParser(prog="python -m services", description="the four services of Xiangli")
    parser.add_argument("service", type=_service, help=" | ".join(NAMES) + "; or `health`, without a verb")
    parser.add_argument("verb", nargs=argparse.REMAINDER, help="api | worker | migrate | …; --help names them")
    arguments = parser.parse_args()
    if arguments.service == "health":
        program("services", ["health"])
    program(f"services.{arguments.service}", arguments.verb)


def _service(text: str) -> str:
    name = text.removeprefix("services.").replace("-", "_")
    if name not in (*NAMES, "health"):
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(NAMES)}")
    return name


if __name__ == "__main__":
    main()
