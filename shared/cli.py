"""The command line that all four services have: `python -m services.<service> <verb>`.

Exit codes: 0 done, 1 it failed or found something, 2 wrong usage or wrong settings. A wrong setting is one line that
names the variable and never shows its value.
"""

import argparse
import importlib
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn, TypeAlias

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsError

from shared.commands.collecting import load_quickly
from shared.commands.package import Package, Refused
from shared.errors import DomainError
from shared.listening import Listening

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

FAILED = 1
WRONG = 2


def program(package: str, argv: Sequence[str] | None = None) -> NoReturn:
    """Entry point of the process.

    SIGTERM ends it before the verb is loaded too, also if it is process 1 of a container.
    """
    load_quickly()
    signal.signal(signal.SIGTERM, _ended)
    sys.exit(main(package, argv))


def _ended(number: int, _: FrameType | None) -> NoReturn:
    # Process 1 has no default action: without a handler the signal is lost until an api or worker has set its own.
    raise SystemExit(128 + number)


def main(package: str, argv: Sequence[str] | None = None) -> int:
    """Run one verb of the service in `package` (`services.registry`); returns the exit code."""
    service = Package(package)
    arguments = parser(package).parse_args(argv)
    settings_class: type[Listening] = arguments.settings or service.settings_class
    try:
        settings = settings_class()
    except (ValidationError, SettingsError) as error:
        print(f"{service.service}: {explain(error, settings_class)}", file=sys.stderr)
        return WRONG
    module, _, function = arguments.run.partition(":")
    command = getattr(importlib.import_module(f"shared.commands.{module}"), function)
    try:
        code: int = command(service, settings, arguments)
    except KeyboardInterrupt:
        return 130
    except Refused as error:
        print(f"{service.service}: {error}", file=sys.stderr)
        return FAILED
    except DomainError as error:
        print(f"{service.service}: refused: {error.code}", file=sys.stderr)
        return FAILED
    except OSError as error:
        print(f"{service.service}: {error.strerror or error}", file=sys.stderr)
        return FAILED
    return code


def explain(error: ValidationError | SettingsError, settings_class: type[BaseSettings]) -> str:
    """Error message of one line: which variables are missing or wrong, and why. Never a value."""
    if isinstance(error, SettingsError):
        return "settings could not be read: " + str(error).splitlines()[0]
    prefix = settings_class.model_config.get("env_prefix", "")
    reasons = []
    for item in error.errors(include_url=False, include_context=False, include_input=False):
        variable = prefix + "_".join(str(part) for part in item["loc"]).upper() if item["loc"] else ""
        reason = "is missing" if item["type"] == "missing" else item["msg"].removeprefix("Value error, ")
        reasons.append(f"{variable} {reason}".strip().rstrip("."))
    return "; ".join(reasons)


def parser(package: str) -> argparse.ArgumentParser:
    """Argument parser of all verbs.

    `run` names `<module of shared.commands>:<function>`, `settings` what it reads in place of all.
    """
    top = argparse.ArgumentParser(prog=f"python -m {package}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="verb")

    def verb(name: str, run: str, summary: str, among: Verbs = verbs) -> argparse.ArgumentParser:
        made = among.add_parser(name, help=summary, description=summary)
        made.set_defaults(run=run, settings=None)
        return made

    verb("api", "api:serve", "answer HTTP until SIGTERM")
    verb("worker", "worker:work", "relay, consume, run schedules and jobs until SIGTERM")
    health = verb("health", "health:ask", "exit 0 where the process beside this one is alive, else 1")
    health.set_defaults(settings=Listening)

    doctor = verb("doctor", "doctor:examine", "check database, bus, issuer, clocks, disks …; exit 1 on a fault")
    doctor.add_argument("--quiet", action="store_true", help="say nothing of what is well")
    doctor.add_argument("--of", choices=("api", "worker"), help="only what that process may reach")

    migrate = verb("migrate", "schema:migrate", "bring the schema and the topics to their newest form")
    migrate.add_argument("--check", action="store_true", help="change nothing; exit 1 where something is to be done")
    migrate.add_argument("--new-step", metavar="MESSAGE", help="write a migration from the models (for developers)")
    verb("maintain", "schema:maintain", "make partitions ahead, drop those whose time is over")

    republish = verb("republish", "jobs:republish", "start a job that says the states of this service again")
    republish.add_argument("nouns", nargs="*", metavar="noun", help="these only, such as registry.person")
    rebuild = verb("rebuild", "jobs:rebuild", "start a job that builds what this service read again from the topics")
    rebuild.add_argument("--expect", nargs="*", default=[], metavar="noun=count", help="what `republish` printed")

    verb(
        "after-restore",
        "restoring:tell",
        "after a restore from a backup: tell the readers what holds, and print what was lost",
    )

    verb("rotate-keys", "jobs:rotate_keys", "start a job that seals everything anew under the active keys")
    verb("keys", "jobs:show_keys", "ids of the keys in use; exit 1 while anything needs another than the active ones")

    lost = verb("give-up-key", "jobs:give_up_key", "say that a key is lost, so that processes start without it")
    lost.add_argument("ring", choices=("field", "index"))
    lost.add_argument("key", help="the key's id, such as k1")
    lost.add_argument("--values", type=int, help="how many values are lost with it, as the verb says without this")

    jobs = verb("jobs", "jobs:show_recent", "long work: list, show, cancel").add_subparsers(metavar="what")
    jobs.required = True
    verb("list", "jobs:show_recent", "the newest jobs", jobs)
    verb("show", "jobs:show_one", "one job", jobs).add_argument("id")
    verb("cancel", "jobs:cancel", "ask a job to stop", jobs).add_argument("id")

    letters = verb("dead-letters", "dead_letters:show_all", "records put aside").add_subparsers(metavar="what")
    letters.required = True
    everything = verb("list", "dead_letters:show_all", "records that are open, in order", letters)
    everything.add_argument("--all", action="store_true", help="settled ones too")
    everything.add_argument("--limit", type=int, default=100)
    verb("show", "dead_letters:show_one", "one record with its bytes", letters).add_argument("id")
    verb("replay", "dead_letters:replay", "take a record again, and what waits behind it", letters).add_argument("id")
    verb("drop", "dead_letters:drop", "give a record up for good", letters).add_argument("id")

    verb("inbound-keys", "inbound:show_keys", "the public keys to which county systems encrypt, as a JWK set")
    fresh = verb("new-inbound-key", "inbound:new_key", "a fresh private key for that, as its setting wants it")
    fresh.add_argument("kid", help="the key's id, such as c2")
    fresh.set_defaults(settings=Listening)

    log = verb("access-log", "access:verify", "the access log").add_subparsers(metavar="what")
    log.required = True
    verify = verb("verify", "access:verify", "find rows that were changed, removed or inserted", log)
    verify.add_argument("--heads", metavar="FILE", help="log lines with the heads that were announced")
    return top
