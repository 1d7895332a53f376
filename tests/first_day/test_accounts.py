"""Accounts and tokens of a first day: given by hand, from a realm file, first passwords that only their owner reads."""

import json
import stat
from pathlib import Path

import pytest

from deploy.first_day.__main__ import main
from deploy.first_day.accounts import DevelopmentIssuer, GivenTokens, LoggedIn, Passwords, realm_with
from deploy.first_day.county_file import Account
from deploy.first_day.refusal import FirstDayRefused
from deploy.first_day.trial import trial_county
from deploy.keycloak.server import REALM_FILE
from shared.auth.roles import Role
from shared.testing.broker import free_port

CLERK = Account(username="clerk-1.b", role=Role.VILLAGE_CLERK, area="450481114201")


def test_a_token_is_given_by_the_name_of_its_account() -> None:
    assert GivenTokens({"XIANGLI_TOKEN_CLERK_1_B": "abc"}).token(CLERK) == "abc"
    with pytest.raises(FirstDayRefused) as refused:
        GivenTokens({}).token(CLERK)
    assert "XIANGLI_TOKEN_CLERK_1_B" in refused.value.english
    assert "XIANGLI_TOKEN_CLERK_1_B" in refused.value.chinese


def test_an_issuer_that_is_away_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(FirstDayRefused, match="make run"):
        DevelopmentIssuer(away).token(CLERK)
    passwords = Passwords(tmp_path / "first.json")
    passwords.add(CLERK.username, "x" * 12)
    with pytest.raises(FirstDayRefused, match="XIANGLI_TOKEN_CLERK_1_B"):
        LoggedIn(away, passwords).token(CLERK)
    monkeypatch.setenv("XIANGLI_TOKEN_CLERK_1_B", "abc")
    assert LoggedIn(away, passwords).token(CLERK) == "abc"


def test_first_passwords_are_their_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "kept" / "first.json"
    passwords = Passwords(file)
    assert passwords.read() == {}
    passwords.add("a", "one")
    passwords.add("b", "two")
    assert passwords.read() == {"a": "one", "b": "two"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_realm_file_holds_the_accounts_with_their_grants_and_passwords_for_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    realm, first = tmp_path / "realm.json", tmp_path / "first.json"
    assert main(["--realm-file", str(realm), "--passwords", str(first)]) == 0
    written = json.loads(realm.read_text("utf-8"))
    users = written.pop("users")
    assert written == json.loads(REALM_FILE.read_text("utf-8"))
    accounts = trial_county().accounts
    assert [one["username"] for one in users] == [one.username for one in accounts]
    for user, account in zip(users, accounts, strict=True):
        assert [json.loads(text) for text in user["attributes"]["xiangli_grants"]] == [account.grant]
        [password] = user["credentials"]
        assert password["temporary"]
        assert len(password["value"]) >= 12
        assert password["value"] == Passwords(first).read()[account.username]
    assert stat.S_IMODE(realm.stat().st_mode) == 0o600
    assert main(["--realm-file", str(realm), "--passwords", str(first)]) == 0
    assert json.loads(realm.read_text("utf-8"))["users"] == users, "passwords that were handed out stay"
    assert users[0]["credentials"][0]["value"] not in capsys.readouterr().out


def test_a_realm_without_accounts_is_the_file_as_it_ships() -> None:
    assert realm_with([], {}) == json.loads(REALM_FILE.read_text("utf-8")) | {"users": []}


def test_a_keycloak_without_its_password_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("KEYCLOAK_ADMIN_PASSWORD", raising=False)
    assert main(["--keycloak", "http://127.0.0.1:1"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("首日：请把管理员密码放入环境变量")
    assert said[1] == "first day: put the administrator's password into KEYCLOAK_ADMIN_PASSWORD."
    monkeypatch.setenv("KEYCLOAK_ADMIN_PASSWORD", "x")
    assert main(["--keycloak", f"http://127.0.0.1:{free_port()}"]) == 1
    assert "Keycloak refused" in capsys.readouterr().err
