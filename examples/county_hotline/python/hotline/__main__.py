"""python -m hotline send|resend|follow|requests|mirror|figures"""

import argparse
import json
import sys
from collections.abc import Iterable
from typing import Any

from hotline import bus
from hotline.requests import event_of, public_key
from hotline.settings import Settings, Wrong, from_environment
from hotline.store import Store


def main() -> int:
    """0 done, 1 not reached in time, 2 something to set right."""
    arguments = _arguments().parse_args()
    try:
        settings = from_environment()
        store = Store(settings.store)
        try:
            return _run(arguments, settings, store)
        finally:
            store.close()
    except Wrong as wrong:
        print(f"hotline: {wrong}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


def _run(arguments: argparse.Namespace, settings: Settings, store: Store) -> int:
    match arguments.verb:
        case "send":
            new = _record(arguments.file, settings, store)
            print(f"{bus.send(settings, store, dict.fromkeys([*store.unsent(), *new]))} sent")
        case "resend":
            print(f"{bus.send(settings, store, [arguments.id])} sent again")
        case "follow":
            reached = bus.follow(settings, store, until=arguments.until, seconds=arguments.seconds)
            return 0 if reached else 1
        case "requests":
            _print(store.work_orders(), ("id", "status", "code", "incident", "due_at"), as_json=arguments.json)
        case "mirror":
            reached = bus.mirror(settings, store, until_current=arguments.until == "current", seconds=arguments.seconds)
            return 0 if reached else 1
        case "figures":
            found = store.figures(arguments.area, arguments.code)
            _print(found, ("area", "code", "day", "value", "base"), as_json=arguments.json)
    return 0


def _record(path: str, settings: Settings, store: Store) -> list[str]:
    """Every work order of the file, before anything is sent; the ids of those that are to go out."""
    key = public_key(settings)
    new = []
    try:
        with sys.stdin if path == "-" else open(path, encoding="utf-8") as lines:
            for line in filter(str.strip, lines):
                event = event_of(json.loads(line), settings, key)
                recorded = store.record(event)
                print(event.get_id(), "recorded" if recorded else "known already", flush=True)
                new += [event.get_id()] if recorded else []
    except (OSError, ValueError) as error:
        raise Wrong(f"{path}: {error}") from error
    store.commit()
    return new


def _print(rows: Iterable[dict[str, Any]], columns: tuple[str, ...], *, as_json: bool) -> None:
    for row in rows:
        if as_json:
            print(json.dumps(row, ensure_ascii=False))
        else:
            print("  ".join("-" if row[column] is None else str(row[column]) for column in columns))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hotline")
    verbs = parser.add_subparsers(dest="verb", required=True)
    send = verbs.add_parser(
        "send", help="record the work orders of a file (JSON, one a line) and send what is not sent"
    )
    send.add_argument("file", help="- for standard input")
    verbs.add_parser("resend", help="send one again, with the same id").add_argument("id")
    for verb, until, told in (
        ("follow", ("answered", "closed"), "keep what becomes of our requests"),
        ("mirror", ("current",), "keep the county's figures"),
    ):
        added = verbs.add_parser(verb, help=told)
        added.add_argument("--until", choices=until, help="end then; otherwise go on")
        added.add_argument("--seconds", type=float, help="end after so long at the latest")
    requests = verbs.add_parser("requests", help="print our requests and how they stand")
    figures = verbs.add_parser("figures", help="print the mirror: the latest day of each figure")
    figures.add_argument("--area")
    figures.add_argument("--code")
    for added in (requests, figures):
        added.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
