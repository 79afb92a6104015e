"""A .env file that is looked at, and one that is named: what is in it, and what is wrong."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.around.conftest import Diagnosed, Doctor
from tests.around.servers import free_port
from tests.cli.conftest import InProcess, Served
from tests.systems import posix

BODY = "4f8e1b7c2d6a9053"
OWN = f"cm-{BODY}"
OTHER = "cm-9d1c7e5b3a2f8460"
NAME = "CROSSMODEL_API_KEY"
LINE = f"{NAME}={OWN}\n"


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, bare_world: None) -> None:
    """Nobody listens at the base URL, so that a case takes no time."""
    del bare_world
    monkeypatch.setenv("CROSSMODEL_API_URL", f"http://127.0.0.1:{free_port()}/v1")


def finding(told: Diagnosed, identifier: str) -> dict[str, Any]:
    found: dict[str, Any] = next(f for f in told.report["findings"] if f["id"] == identifier)
    return found


def ask(doctor: Doctor, *argv: str, **variables: Any) -> Diagnosed:
    """Ask a doctor in whose environment there is no key, unless the case brings one."""
    given: dict[str, Any] = {NAME: None, "timeout_s": 2, **variables}
    return doctor(*argv, secrets=(BODY, OTHER), **given)


LOOKED_AT = [
    pytest.param(LINE.encode(), f".env holds {NAME}, the environment", id="plain"),
    pytest.param(LINE.replace("\n", "\r\n").encode(), "Its lines end as on Windows", id="crlf"),
    pytest.param(b"\xef\xbb\xbf" + LINE.encode(), "begins with a byte order mark", id="bom"),
    pytest.param(LINE.encode("utf-16"), "The file is encoded in UTF-16;", id="utf-16"),
    pytest.param(LINE.encode("utf-16-le"), "UTF-16 without a byte order mark", id="utf-16-le"),
    pytest.param(LINE.encode("utf-16-be"), "UTF-16 without a byte order mark", id="utf-16-be"),
    pytest.param(f"# é\n{LINE}".encode("latin-1"), "byte 3 is 0xe9", id="latin-1"),
    pytest.param(f"A=\0\n{LINE}".encode(), "holds a NUL byte, the first as byte 3", id="nul"),
    pytest.param(f'{NAME}="{OWN}"\n'.encode(), "In line 1 quotes stand around", id="quotes"),
    pytest.param(f'\n{NAME}="{OWN}\n'.encode(), "In line 2 the quote is not closed", id="unclosed"),
    pytest.param(f"{NAME}=“{OWN}”\n".encode(), "are none that a loader knows", id="typographic"),
    pytest.param(f"{NAME} = {OWN}\n".encode(), "In line 1 blanks stand around the =", id="blanks"),
    pytest.param(f"{NAME}: {OWN}\n".encode(), "In line 1 a colon stands", id="colon"),
    pytest.param(f"export {LINE}".encode(), "a word like export", id="export"),
    pytest.param(f"{LINE}{NAME}={OTHER}\n".encode(), "stands in lines 1 and 2", id="duplicates"),
    pytest.param(f"TEAM={OWN}\n# {LINE}".encode(), f"line 2 {NAME} is commented", id="comment"),
]


@pytest.mark.parametrize("key", [None, ""])
@pytest.mark.parametrize(("content", "named"), LOOKED_AT)
def test_a_file_beside_the_user_is_looked_at_and_not_loaded(
    doctor: Doctor, content: bytes, named: str, key: str | None
) -> None:
    Path(".env").write_bytes(content)
    told = ask(doctor, CROSSMODEL_API_KEY=key)
    assert (told.id, told.exit_code) == ("key_missing", 3)
    assert ".env holds a key" in told.prose
    assert "set -a; . ./.env; set +a" in told.prose
    assert named in " ".join(finding(told, "key_not_exported")["evidence"])
    told_to = [line.startswith("cmtool doctor --env-file .env") for line in commands(told)]
    assert any(told_to) is (f"TEAM={OWN}".encode() not in content and key is None)


def commands(told: Diagnosed) -> list[str]:
    found: list[str] = told.report["diagnosis"]["commands"]
    return found


BROKEN = {"crlf", "bom", "utf-16", "unclosed", "typographic", "blanks", "colon"}


@pytest.mark.parametrize(("content", "named"), LOOKED_AT)
def test_what_keeps_a_file_from_being_loaded_comes_first(
    request: pytest.FixtureRequest, doctor: Doctor, content: bytes, named: str
) -> None:
    Path(".env").write_bytes(content)
    told = ask(doctor)
    first = told.report["diagnosis"]["actions"][0]
    case = request.node.callspec.id
    if case in BROKEN or case.startswith("utf-16-"):
        assert first.startswith("Correct .env first, as told above; then load it")
        assert named in " ".join(told.report["diagnosis"]["evidence"])
    elif case == "comment":
        assert first.startswith(f"In .env give the key the name {NAME} too, not only TEAM; then")
    elif case in {"plain", "quotes", "export", "duplicates"}:
        assert first.startswith("Load .env; in bash or zsh:")


KEYLESS = [
    pytest.param(f"#{LINE}", f"In line 1 {NAME} is commented out.", id="commented-out"),
    pytest.param(f"A=1\n{NAME}=\n", f"In line 2 {NAME} is empty.", id="empty"),
    pytest.param(f"{NAME}=<your key>\n", "holds nothing that starts with cm-", id="stand-in"),
    pytest.param(f"{NAME}=cm-YOUR_KEY\n", "holds the stand-in of an example", id="cm-stand-in"),
    pytest.param(f"{NAME}=${{K}}\n", "refers to another variable", id="reference"),
    pytest.param(f"{NAME}=Bearer {OWN}\n", "holds more than a key", id="bearer"),
]


@pytest.mark.parametrize(("content", "named"), KEYLESS)
def test_a_file_beside_the_user_without_a_key_to_load(
    doctor: Doctor, content: str, named: str
) -> None:
    Path(".env").write_text(content, encoding="utf-8")
    told = ask(doctor)
    diagnosis = told.report["diagnosis"]
    assert told.id == "key_missing"
    assert "key_not_exported" not in told.warnings
    assert ".env was not loaded, and holds no key to load." in told.prose
    assert named in " ".join(diagnosis["evidence"])
    assert diagnosis["actions"][0].startswith("Write the key into .env as a line of its own")


def test_a_file_that_says_nothing_of_the_gateway_is_not_mentioned(doctor: Doctor) -> None:
    Path(".env").write_bytes("A=1\r\n# é\n".encode("latin-1"))
    told = ask(doctor)
    assert (told.id, ".env" in told.prose) == ("key_missing", False)


@pytest.mark.parametrize(("content", "named"), KEYLESS[:2])
def test_a_named_file_that_gives_no_key(doctor: Doctor, content: str, named: str) -> None:
    Path("e").write_text(content, encoding="utf-8")
    told = ask(doctor, "--env-file", "e")
    diagnosis = told.report["diagnosis"]
    assert told.id == "key_missing"
    assert named.split(" ", 3)[-1] in told.prose or f"{NAME} in e is empty." in told.prose
    assert "in e" in " ".join(diagnosis["actions"]) or "into e" in " ".join(diagnosis["actions"])


def test_a_named_file_without_a_word_on_the_key(doctor: Doctor) -> None:
    Path("e").write_text("A=1\n", encoding="utf-8")
    told = ask(doctor, "--env-file", "e")
    assert told.id == "key_missing"
    assert f"e was read, and gives no key. No line in it sets {NAME}." in told.prose
    assert told.report["diagnosis"]["actions"][0].startswith("Write the key into e as a line")


@pytest.mark.parametrize("variable", ["CROSSMODEL_KEY", "OPENAI_API_KEY", "TEAM_SECRET"])
def test_a_key_under_another_name_in_a_named_file(doctor: Doctor, variable: str) -> None:
    Path("e").write_text(f"{variable}={OWN}\n", encoding="utf-8")
    told = ask(doctor, "--env-file", "e")
    diagnosis = told.report["diagnosis"]
    assert told.id == "key_missing"
    assert f"{variable} in e" in told.prose
    assert diagnosis["actions"][0].startswith("In e ")
    assert not any(line.startswith("export") for line in diagnosis["commands"])


def test_the_address_in_a_file_that_was_not_loaded(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(".env").write_text("CROSSMODEL_API_URL=http://127.0.0.1:1/v1\n", encoding="utf-8")
    told = ask(doctor, CROSSMODEL_API_KEY=OWN)
    assert "base_url_conflict" not in told.warnings  # the environment has it
    monkeypatch.setenv("CROSSMODEL_BASE_URL", os.environ["CROSSMODEL_API_URL"])
    monkeypatch.delenv("CROSSMODEL_API_URL")
    told = ask(doctor, CROSSMODEL_API_KEY=OWN)
    said = "CROSSMODEL_API_URL in .env is http://127.0.0.1:1/v1, which was not loaded"
    assert finding(told, "base_url_conflict")["evidence"][0].startswith(said)
    assert "base_url_conflict" not in ask(doctor).warnings  # without a key that is enough to say


@pytest.mark.parametrize("repository", [True, False])
def test_a_file_further_up_counts_inside_a_repository(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, *, repository: bool
) -> None:
    Path(".env").write_text(LINE, encoding="utf-8")
    Path("a/b").mkdir(parents=True)
    if repository:
        Path(".git").mkdir()
    monkeypatch.chdir("a/b")
    told = ask(doctor)
    assert ("key_not_exported" in told.warnings) is repository
    assert (". ../../.env;" in told.prose) is repository


def test_a_nearer_file_outweighs_one_further_up(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(".git").mkdir()
    Path(".env").write_text(f"{NAME}={OTHER}\n", encoding="utf-8")
    Path("a").mkdir()
    Path("a/.env").write_text(LINE, encoding="utf-8")
    monkeypatch.chdir("a")
    told = ask(doctor, CROSSMODEL_API_KEY=OTHER)
    assert finding(told, "key_conflict")["evidence"] == [
        f"{NAME} holds cm-…8460, {NAME} in .env a different key, cm-…9053."
    ]


@pytest.mark.parametrize(
    ("content", "conflict"),
    [
        pytest.param(f"{NAME}={OTHER}\n", True, id="another"),
        pytest.param(f'{NAME}="{OWN}"\n', False, id="the-same-in-quotes"),
        pytest.param(f"TEAM={OTHER}\n", False, id="of-a-variable-that-nobody-reads"),
        pytest.param(f"OPENAI_API_KEY={OTHER}\n", True, id="of-a-variable-that-an-sdk-reads"),
        pytest.param(f"{NAME}={OTHER}\n{LINE}", False, id="the-last-line-counts"),
    ],
)
def test_a_file_with_another_key(doctor: Doctor, content: str, conflict: bool) -> None:  # noqa: FBT001 - a case
    Path(".env").write_text(content, encoding="utf-8")
    told = ask(doctor, CROSSMODEL_API_KEY=OWN)
    assert ("key_conflict" in told.warnings) is conflict


def test_a_named_file_brings_what_the_environment_lacks(
    doctor: Doctor, gateway: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CROSSMODEL_API_URL")
    content = f"{NAME}='cm-sandbox'\nCROSSMODEL_API_URL={gateway.base_url}\nCROSSMODEL_MODEL=a/b\n"
    Path("prod.env").write_text(content, encoding="utf-8")
    told = ask(doctor, "--env-file", "prod.env")
    assert told.report["target"]["model"] == "a/b"
    assert told.report["target"]["key_source"] == "file:prod.env"
    assert told.id == "model_not_found"
    assert f"{NAME} in prod.env" in told.prose
    assert all("--env-file prod.env" in line for line in commands(told))


def test_the_environment_outweighs_a_named_file(doctor: Doctor) -> None:
    Path("e").write_text(LINE, encoding="utf-8")
    told = ask(doctor, "--env-file", "e", CROSSMODEL_API_KEY=OTHER)
    assert told.report["target"]["key_source"] == f"env:{NAME}"
    assert "key_conflict" in told.warnings
    assert f"{NAME} in e a different key, cm-…9053." in finding(told, "key_conflict")["evidence"][0]


@pytest.mark.parametrize(
    ("value", "identifier", "why"),
    [
        pytest.param("", "key_missing", "though it is empty.", id="empty"),
        pytest.param("<key>", "key_placeholder", "though it does not hold one.", id="stand-in"),
        pytest.param(f"sk-{BODY}", "key_wrong_vendor", "though it does not", id="vendor"),
    ],
)
def test_a_variable_without_a_key_outweighs_a_named_file_too(
    doctor: Doctor, value: str, identifier: str, why: str
) -> None:
    Path("e").write_text(LINE, encoding="utf-8")
    told = ask(doctor, "--env-file", "e", CROSSMODEL_API_KEY=value)
    assert told.id == identifier
    assert f"e holds a key, but the variable of the environment outweighs it, {why}" in told.prose
    assert commands(told)[0] == f"unset {NAME}"
    assert f"unset {NAME}" in told.report["diagnosis"]["actions"][0]


NAMED = [
    pytest.param(f"A\n{LINE}", None, "", id="a-name-alone"),
    pytest.param(f"{LINE[:-1]} # mine\n", None, "", id="comment"),
    pytest.param(f"export {NAME}='{OWN}'\n", None, "", id="export-and-quotes"),
    pytest.param(f"{NAME} = {OWN}\n", "file_oddity", "e: in line 1 blanks stand", id="blanks"),
    pytest.param(f"A=1\r\n{LINE}", "file_oddity", "e: its lines end as on Windows", id="crlf"),
    pytest.param(f"# é\n{LINE}".encode("cp1252"), "file_oddity", "byte 3 is 0xe9", id="cp1252"),
    pytest.param(f"a b\n{LINE}", "file_oddity", "Line 1 of e cannot be read as", id="no-line"),
    pytest.param(f'\nA="b\n{LINE}', "file_oddity", "Line 2 of e cannot be read as", id="unclosed"),
    pytest.param(f"\ufeff{LINE}", "file_oddity", "e begins with a byte order mark", id="bom"),
    pytest.param(
        f"HTTPS_PROXY=http://${{X}}\n{LINE}", "file_oddity", "Line 1 of e holds ${…}", id="expand"
    ),
    pytest.param(
        f"K={OWN}\n{NAME}=${{K}}\n", "file_oddity", "which was filled in as", id="filled-in"
    ),
]


@pytest.mark.parametrize(("content", "warning", "named"), NAMED)
def test_the_lines_of_a_named_file(
    doctor: Doctor, content: str | bytes, warning: str | None, named: str
) -> None:
    Path("e").write_bytes(content.encode() if isinstance(content, str) else content)
    told = ask(doctor, "--env-file", "e")
    assert told.check("key")["summary"] == f"cm-…9053 from {NAME} in e"
    assert [w for w in told.warnings if w == "file_oddity"] == ([warning] if warning else [])
    if warning:
        assert named in finding(told, warning)["evidence"][0]


def test_a_named_file_in_utf_16_is_read(doctor: Doctor) -> None:
    Path("e").write_bytes(LINE.encode("utf-16"))
    told = ask(doctor, "--env-file", "e")
    assert told.check("key")["status"] == "ok"
    assert "e is encoded in UTF-16;" in finding(told, "file_oddity")["evidence"][0]


def test_what_stands_in_a_named_file_is_judged_like_a_variable(doctor: Doctor) -> None:
    Path("e").write_text(f'{NAME}="Bearer {OWN}"\n', encoding="utf-8")
    told = ask(doctor, "--env-file", "e")
    assert (told.id, told.exit_code) == ("key_malformed", 3)
    assert "Write the line in e again, with the bare key in place of cm-…" in told.prose


def test_a_value_that_was_to_be_filled_in_says_so(doctor: Doctor) -> None:
    Path("e").write_text(f"{NAME}=${{VAULT}}\n", encoding="utf-8")
    told = ask(doctor, "--env-file", "e")
    assert told.id == "key_placeholder"
    assert (
        "neither the environment nor a line above has a value"
        in finding(told, "file_oddity")["evidence"][0]
    )


UNUSABLE = [
    pytest.param("missing", "The file missing of --env-file does not exist.", id="missing"),
    pytest.param("folder", "is a directory; name the file in it.", id="directory", marks=posix),
    pytest.param("large", "is larger than 256 KiB.", id="large"),
    pytest.param("", "takes the path of a file; what was given is empty.", id="empty"),
    pytest.param(OWN, "looks like a key and is not repeated here.", id="a-key"),
    pytest.param("~/missing", "The file ~/missing of --env-file does not exist.", id="home"),
    pytest.param("binary", "holds a NUL byte, the first as byte 1.", id="binary"),
    pytest.param("n" * 5000, "cannot be read: ", id="name-too-long", marks=posix),
    pytest.param("pipe", "nothing came within 0.2 s.", id="pipe-without-writer", marks=posix),
]


@pytest.mark.parametrize(("name", "told"), UNUSABLE)
def test_a_named_file_that_cannot_be_used_is_a_wrong_usage(
    cmtool: InProcess, name: str, told: str
) -> None:
    Path("folder").mkdir()
    Path("large").write_bytes(b"#" * (256 * 1024 + 1))
    Path("binary").write_bytes(b"\0a" + bytes(range(100)))
    if name == "pipe":
        os.mkfifo("pipe")
    ended = cmtool("models", "--env-file", name, "--timeout", "0.2")
    assert (ended.code, ended.out) == (2, "")
    assert told in " ".join(ended.err.split())
    assert BODY not in ended.err
    assert len(ended.err.splitlines()) == 1


@posix
def test_a_named_file_may_be_a_pipe_with_a_writer(cmtool: InProcess) -> None:
    reading, writing = os.pipe()
    os.write(writing, LINE.encode())
    os.close(writing)
    try:
        ended = cmtool("balance", "--env-file", f"/dev/fd/{reading}", "--format", "json")
    finally:
        os.close(reading)
    assert ended.json()["target"]["key_fingerprint"] == "cm-…9053"


@pytest.mark.parametrize("command", ["doctor", "models", "stream-test", "request", "balance"])
def test_every_command_that_asks_takes_it(cmtool: InProcess, command: str) -> None:
    Path("e").write_text(f"{NAME}=<key>\n", encoding="utf-8")
    ended = cmtool(command, "--env-file", "e", "--format", "json")
    assert ended.code == 3
    assert ended.json()["diagnosis"]["id"] == "key_placeholder"


def test_a_sandbox_brings_its_own(cmtool: InProcess) -> None:
    ended = cmtool("doctor", "--sandbox", "healthy", "--env-file", "e")
    assert ended.code == 2
    assert "--sandbox brings its own base URL and key" in ended.err


def test_a_model_of_the_file_spares_the_list(cmtool: InProcess, gateway: Served) -> None:
    Path("e").write_text(f"{NAME}=cm-sandbox\nCROSSMODEL_MODEL=openai/gpt-5.4\n", encoding="utf-8")
    ended = cmtool(
        "request", "--env-file", "e", "--format", "json", CROSSMODEL_API_URL=gateway.base_url
    )
    assert ended.code == 0
    assert [x["method"] for x in ended.json()["exchanges"]] == ["POST"]
