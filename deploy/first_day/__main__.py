"""`python -m deploy.first_day [FOLDER]`: takes a county from nothing to its first working clerk (`make first-day`).

Without a folder it enters the trial county. Sent again it goes on where it stopped and changes nothing that is there.
Exit codes: 0 done, 1 a step was refused, 2 wrong usage.
"""

import argparse
import json
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.first_day.accounts import (
    DevelopmentIssuer,
    GivenTokens,
    KeycloakAt,
    LoggedIn,
    Passwords,
    hand_over,
    make_accounts,
    realm_with,
)
from deploy.first_day.check import check
from deploy.first_day.county_file import CountyFile, read
from deploy.first_day.interface import Interfaces, TokenSource
from deploy.first_day.refusal import FirstDayRefused
from deploy.first_day.steps import Done, steps
from deploy.first_day.trial import LEDGERS, trial_county

ADMIN = "KEYCLOAK_ADMIN_PASSWORD"  # a variable's name
LOCAL = "http://127.0.0.1:8000"


def parser() -> argparse.ArgumentParser:
    """Argument parser of the verb."""
    top = argparse.ArgumentParser(prog="python -m deploy.first_day", description="from an empty county to a clerk")
    top.add_argument("folder", nargs="?", type=Path, help="folder with county.yaml; none: the trial county")
    top.add_argument("--at", default=os.environ.get("XIANGLI") or LOCAL, help="address of the county")
    login = top.add_mutually_exclusive_group()
    login.add_argument("--development-issuer", metavar="URL", help="the login of `make run`, without passwords")
    login.add_argument("--keycloak", metavar="URL", help=f"its accounts are made here; password of admin: {ADMIN}")
    top.add_argument("--administrator", default="admin", help="of that Keycloak")
    top.add_argument("--passwords", type=Path, default=Path("first-passwords.json"), help="where first ones are kept")
    top.add_argument("--keep-passwords", action="store_true", help="a trial: nobody is asked for another password")
    top.add_argument("--realm-file", metavar="FILE", type=Path, help="only write the realm file with the accounts")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Every step in order; the first one that is refused ends it with one sentence in each language."""
    given = parser().parse_args(arguments)
    try:
        county = trial_county() if given.folder is None else read(given.folder, LEDGERS)
        if given.realm_file is not None:
            write_realm(county, given.realm_file, Passwords(given.passwords))
            return 0
        _carry_out(county, given)
    except FirstDayRefused as refused:
        print(f"首日：{refused.chinese}\nfirst day: {refused.english}", file=sys.stderr)
        return 1
    return 0


def _carry_out(county: CountyFile, given: argparse.Namespace) -> None:
    passwords = Passwords(given.passwords)
    keycloak = _keycloak(given)
    source: TokenSource = GivenTokens()
    if given.development_issuer:
        source = DevelopmentIssuer(given.development_issuer)
    elif keycloak is not None:
        _say("accounts", make_accounts(county, keycloak, passwords))
        source = LoggedIn(keycloak.issuer, passwords)
    ask = Interfaces(given.at, source)
    try:
        for name, step in steps():
            _say(name, step(county, ask))
        _say("check", check(county, ask))
    finally:
        ask.close()
    if keycloak is not None and not given.keep_passwords:
        _say("hand-over", hand_over(county, keycloak, passwords))


def _keycloak(given: argparse.Namespace) -> KeycloakAt | None:
    if given.keycloak is None:
        return None
    if not os.environ.get(ADMIN):
        raise FirstDayRefused(
            f"请把管理员密码放入环境变量 {ADMIN}。", f"put the administrator's password into {ADMIN}."
        )
    return KeycloakAt(given.keycloak.rstrip("/"), given.administrator, os.environ[ADMIN])


def write_realm(county: CountyFile, file: Path, passwords: Passwords) -> None:
    """Writes the realm file with the county's accounts; first passwords are kept beside it."""
    for one in county.accounts:
        if one.username not in passwords.read():
            passwords.add(one.username, secrets.token_urlsafe(18))
    file.touch(mode=0o600)
    file.write_text(json.dumps(realm_with(county.accounts, passwords.read()), ensure_ascii=False, indent=1) + "\n")
    _say("realm", Done(f"{file} 已写好。", f"{file} is written."))


def _say(name: str, done: Done, out: Callable[[str], None] = print) -> None:
    out(f"{name}: {done.chinese} · {done.english}")


if __name__ == "__main__":
    sys.exit(main())
