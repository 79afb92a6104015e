"""Every way in which a key is wrong before it is sent, put to the whole doctor."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from tests.around.conftest import Doctor
from tests.around.servers import free_port
from tests.cli.conftest import InProcess, Served

BODY = "4f8e1b7c2d6a9053"
OWN = f"cm-{BODY}"
OTHER = "cm-9d1c7e5b3a2f8460"
NAME = "CROSSMODEL_API_KEY"
FULLWIDTH = "".join(chr(ord(char) + 0xFEE0) for char in OWN)
BASE64 = b64encode(f"{OWN}\n".encode()).decode()
BASIC = b64encode(f"{OWN}:".encode()).decode()


@pytest.fixture
def nowhere() -> str:
    """A base URL at which nobody listens, so that a case takes no time."""
    return f"http://127.0.0.1:{free_port()}/v1"


MENDED = [
    pytest.param(f"{OWN}\n", "followed by a line end (LF), as character 20", id="lf"),
    pytest.param(f"{OWN}\r\n", "followed by a line end (CR LF), as character 20", id="crlf"),
    pytest.param(f"{OWN}\r", "followed by a line end (CR), as character 20", id="cr"),
    pytest.param(f"{OWN} ", "followed by a blank, as character 20", id="blank-behind"),
    pytest.param(f"  {OWN}", "a blank, as character 1, and by 1 more", id="blanks-before"),
    pytest.param(f"cm-4f8e {BODY[4:]}", "Character 8 is a blank.", id="blank-inside"),
    pytest.param(f"cm-4f8e\n{BODY[4:]}", "Character 8 is a line feed.", id="wrapped"),
    pytest.param(f'"{OWN}"', 'in quotes (" and "), characters 1 and 21', id="quotes"),
    pytest.param(f"'{OWN}'", "in quotes (' and '), characters 1 and 21", id="single-quotes"),
    pytest.param(f"`{OWN}`", "in quotes (` and `), characters 1 and 21", id="backticks"),
    pytest.param(f"“{OWN}”", "in quotes (“ and ”)", id="typographic-quotes"),
    pytest.param(f"'{OWN}", "one side only: a quote stands in front of it (')", id="quote-before"),
    pytest.param(f'{OWN}"', 'a quote stands behind it ("), character 20', id="quote-behind"),
    pytest.param(f"&quot;{OWN}&quot;", "in quotes (&quot; and &quot;)", id="html-quotes"),
    pytest.param(f"Bearer {OWN}", "stands 'Bearer', from character 1", id="bearer"),
    pytest.param(f"Authorization: Bearer {OWN}", "'Authorization: Bearer'", id="authorization"),
    pytest.param(f"x-api-key: {OWN}", "stands 'x-api-key:'", id="x-api-key"),
    pytest.param(f'-H "x-api-key: {OWN}"', "stands '-H'", id="curl-option"),
    pytest.param(f"{NAME}={OWN}", f"name came along: {NAME}=…", id="assignment"),
    pytest.param(f"export {NAME}='{OWN}'", f"along: export {NAME}=…", id="export"),
    pytest.param(f"set {NAME}={OWN}", f"along: set {NAME}=…", id="set"),
    pytest.param(f"setx {NAME} {OWN}", f"along: setx {NAME} …", id="setx"),
    pytest.param(f'$env:{NAME} = "{OWN}"', f"along: $env:{NAME}=…", id="powershell"),
    pytest.param(f"{NAME}: {OWN}", f"along: {NAME}:…", id="yaml"),
    pytest.param(f"- {NAME}={OWN}", f"along: {NAME}=…", id="compose"),
    pytest.param(f'"key": "{OWN}",', "Behind the key stands ','", id="json-line"),
    pytest.param(f"{OWN};", "Behind the key stands ';', from character 20", id="semicolon"),
    pytest.param(f"{OWN}\\n", "Behind the key stands '\\n', from character 20", id="written-lf"),
    pytest.param(f"{OWN} # mine", "A comment follows the key, from character 20", id="comment"),
    pytest.param(f'{{"key": "{OWN}"}}', "JSON; the key in it begins at character 10", id="json"),
    pytest.param(f"A=1\n{NAME}={OWN}\n", "a .env file of 2 lines; the key", id="env-file-content"),
    pytest.param(f"cm-\u200b{BODY}", "Character 4 is a zero width space (U+200B)", id="zwsp"),
    pytest.param(f"\ufeff{OWN}", "Character 1 is a zero width no-break space", id="bom"),
    pytest.param(f"{OWN}\xa0", "followed by a no-break space (U+00A0)", id="nbsp"),
    pytest.param(f"cm-4f\xad{BODY[2:]}", "Character 6 is a soft hyphen (U+00AD)", id="soft-hyphen"),
    pytest.param(f"\u202a{OWN}\u202c", "Character 1 is a left-to-right embedding", id="bidi"),
    pytest.param(f"сm-{BODY}", "Character 1 is a cyrillic small letter es", id="cyrillic-prefix"),
    pytest.param(f"cm–{BODY}", "Character 3 is an en dash (U+2013), which looks", id="en-dash"),
    pytest.param(f"cm‑{BODY}", "Character 3 is a non-breaking hyphen", id="non-breaking-hyphen"),
    pytest.param(FULLWIDTH, "there are 19 such fullwidth forms", id="fullwidth"),
    pytest.param(f"{OWN}{OWN}", "more than once, again from character 20", id="doubled"),
    pytest.param(f"{OWN} {OWN}", "more than once, again from character 21", id="twice"),
    pytest.param(f"cm%2D{BODY}%0A", "character 3 begins %2D", id="percent-encoded"),
    pytest.param(BASE64, "encoded in base64", id="base64"),
    pytest.param(f"Basic {BASIC}", "a log-in of Basic authentication", id="basic"),
    pytest.param(f"<{OWN}>", "between < and >, characters 1 and 21", id="angle-brackets"),
    pytest.param(f"({OWN})", "between ( and ), characters 1 and 21", id="round-brackets"),
    pytest.param(f"[{OWN}]", "between [ and ], characters 1 and 21", id="square-brackets"),
    pytest.param(f"{{{OWN}}}", "between { and }, characters 1 and 21", id="braces"),
    pytest.param(f"**{OWN}**", "between ** and **, characters 1 and 22", id="bold"),
    pytest.param(f"```\n{OWN}\n```", "in quotes (``` and ```)", id="code-block"),
    pytest.param(f"API Key: {OWN}", "In front of the key stands 'API Key:'", id="label"),
    pytest.param(f"Your API key is {OWN}.", "stands 'Your API key is'", id="sentence"),
    pytest.param(f"b'{OWN}'", "in quotes (b' and ')", id="python-bytes"),
    pytest.param(f"\x1b[32m{OWN}\x1b[0m", "Control sequences of a terminal", id="colours"),
    pytest.param(f"^[[200~{OWN}^[[201~", "Control sequences of a terminal", id="bracketed-paste"),
    pytest.param(
        f'curl https://x.test/v1 -H "Authorization: Bearer {OWN}" -d "{{}}"',
        "a command with curl; the key in it begins at character 50",
        id="curl-command",
    ),
    pytest.param(f'-H "x-api-key: {OWN}" -d "{{}}"', "a command with curl", id="curl-options"),
    pytest.param(f'OpenAI(api_key="{OWN}")', "a line of code; the key in it", id="code"),
    pytest.param(f"[key]({OWN})", "inside of a text, from character 7", id="link"),
    pytest.param(f"$(echo {OWN})", "inside of a text, from character 8", id="echo"),
    pytest.param(f"{OWN}.", "Behind the key stands '.', from character 20", id="full-stop"),
    pytest.param(f"{OWN},", "Behind the key stands ',', from character 20", id="comma"),
    pytest.param(f"{OWN}#prod", "Behind the key stands '#…', from character 20", id="glued-note"),
    pytest.param(f"{OWN}^M", "Behind the key stands '^M', from character 20", id="caret-m"),
    pytest.param(f"cm-{OWN}", "more than once, again as character 4", id="prefix-twice"),
    pytest.param(f"{OWN}&#10;", "character 20 begins &#10;, which stands for a line", id="entity"),
    pytest.param(f'"{OWN}".', "Behind the key stands '\".', from", id="behind-quotes"),
    pytest.param(f"{OWN} (prod)", "A comment follows the key, from character 20", id="note"),
    pytest.param(f"{OWN} is my key.", "A comment follows the key, from character 20", id="words"),
    pytest.param(f"&lt;{OWN}&gt;", "character 1 begins &lt;", id="entities"),
]


@pytest.mark.parametrize(("raw", "named"), MENDED)
def test_what_came_along_is_named_and_mended(
    doctor: Doctor, nowhere: str, raw: str, named: str
) -> None:
    told = doctor(secrets=(BODY,), timeout_s=2, CROSSMODEL_API_KEY=raw, CROSSMODEL_API_URL=nowhere)
    assert (told.id, told.exit_code) == ("key_malformed", 3)
    assert named in told.prose
    assert named in " ".join(told.report["diagnosis"]["evidence"])
    assert "For this run it was mended in memory" in told.prose
    assert f"      export {NAME}='cm-…'" in told.page.splitlines()
    assert told.report["target"]["key_fingerprint"] == f"cm-…{BODY[-4:]}"
    assert told.check("connection")["status"] == "fail"  # it was tried with the mended key


REFUSED = [
    pytest.param("", "key_missing", f"{NAME} is empty.", id="empty"),
    pytest.param(" \t", "key_missing", "shows nothing: a blank, a tab.", id="blanks"),
    pytest.param('""', "key_missing", "holds no key.", id="only-quotes"),
    pytest.param("cm-YOUR_KEY", "key_placeholder", "stand-in of an example", id="your-key"),
    pytest.param("cm-...", "key_placeholder", "stand-in of an example", id="dots"),
    pytest.param("cm-xxxx", "key_placeholder", "stand-in of an example", id="x"),
    pytest.param("<key>", "key_placeholder", "stand-in of an example", id="angle-brackets"),
    pytest.param("Put your key here", "key_placeholder", "stand-in of an example", id="words"),
    pytest.param("undefined", "key_placeholder", "stand-in of an example", id="undefined"),
    pytest.param("null", "key_placeholder", "stand-in of an example", id="null"),
    pytest.param("${KEY}", "key_placeholder", "never filled in", id="braces"),
    pytest.param(f"${NAME}", "key_placeholder", "the variable's own name", id="own-name"),
    pytest.param(f"%{NAME}%", "key_placeholder", "the variable's own name", id="windows"),
    pytest.param("{{ key }}", "key_placeholder", "never filled in", id="template"),
    pytest.param("${{ secrets.X }}", "key_placeholder", "never filled in", id="actions"),
    pytest.param("op://vault/cm/key", "key_placeholder", "of 1Password", id="1password"),
    pytest.param("vault:secret/cm#key", "key_placeholder", "HashiCorp Vault", id="vault"),
    pytest.param("cm-abc…wxyz", "key_placeholder", "character 7 stands for", id="masked"),
    pytest.param("cm-****", "key_placeholder", "character 4 stands for", id="stars"),
    pytest.param(f"sk-ant-{BODY}", "key_wrong_vendor", "a key of Anthropic", id="anthropic"),
    pytest.param(f"glpat-{BODY}", "key_wrong_vendor", "a key of GitLab", id="gitlab"),
    pytest.param(f"CM-{BODY}", "key_wrong_prefix", "CM- in capitals", id="capitals"),
    pytest.param(f"cm_{BODY}", "key_wrong_prefix", "character 3 is an underscore", id="underscore"),
    pytest.param(f"m-{BODY}", "key_wrong_prefix", "first character was lost", id="cut-in-front"),
    pytest.param("https://x.test/v1", "key_wrong_prefix", "an address, not a key", id="url"),
    pytest.param("/run/secrets/cm", "key_wrong_prefix", "the path of a file", id="path"),
    pytest.param("C:\\keys\\cm.txt", "key_wrong_prefix", "the path of a file", id="windows-path"),
    pytest.param("openai/gpt-5.4", "key_wrong_prefix", "a model ID, not a key", id="model"),
    pytest.param("A=1\nB=2", "key_wrong_prefix", "a .env file of 2 lines", id="env-without-key"),
    pytest.param(f"{OWN} {OTHER}", "key_malformed", "2 different keys; the second", id="two-keys"),
    pytest.param(f"{OWN}{OTHER}", "key_malformed", "begins at character 20", id="two-keys-glued"),
    pytest.param(f"cm-4f–{BODY}", "key_malformed", "character 6 is an en dash", id="dash-inside"),
    pytest.param(f"cm-а{BODY}", "key_malformed", "which looks like a", id="cyrillic-inside"),
    pytest.param("cm-", "key_malformed", "nothing behind it", id="cut-off"),
    pytest.param("<cm-key>", "key_placeholder", "stand-in of an example", id="framed-stand-in"),
    pytest.param("cm-$KEY", "key_placeholder", "never filled in", id="variable-behind-prefix"),
    pytest.param("cm-${KEY}", "key_placeholder", "never filled in", id="braces-behind-prefix"),
    pytest.param("$(cat key)", "key_placeholder", "a command that a shell", id="command"),
    pytest.param("`pass cm`", "key_placeholder", "a command that a shell", id="backtick-command"),
    pytest.param("cm-$(cat k)", "key_placeholder", "a command that a shell", id="half-a-command"),
    pytest.param('{"error": 1}', "key_wrong_prefix", "holds JSON, and no key", id="json-answer"),
    pytest.param('{"api_key": ""}', "key_wrong_prefix", "holds JSON, and no key", id="json-empty"),
    pytest.param("<html><p>x</p></html>", "key_wrong_prefix", "an HTML or XML", id="page"),
    pytest.param(f"https://x.test/?api_key={OWN}", "key_wrong_prefix", "an address", id="in-url"),
    pytest.param(f"cm-\udc93{BODY}", "key_malformed", "is a byte 0x93 that is no", id="raw-byte"),
    pytest.param(f"{OWN} sk-{BODY}", "key_malformed", "from character 21", id="before-anothers"),
    pytest.param(f"{OWN}sk-proj-{BODY}", "key_malformed", "20 on stands one of", id="glued"),
    pytest.param(f"sk-{BODY} {OWN}", "key_wrong_vendor", "OpenAI", id="behind-another-vendors"),
    pytest.param("y" * 9000, "key_malformed", "9,000 characters", id="far-too-long"),
]


@pytest.mark.parametrize(("raw", "identifier", "named"), REFUSED)
def test_what_can_be_no_key_is_refused(
    doctor: Doctor, nowhere: str, raw: str, identifier: str, named: str
) -> None:
    told = doctor(
        secrets=(BODY, OTHER), timeout_s=2, CROSSMODEL_API_KEY=raw, CROSSMODEL_API_URL=nowhere
    )
    assert (told.id, told.exit_code) == (identifier, 3)
    assert named in told.prose
    assert named in " ".join(told.report["diagnosis"]["evidence"])
    assert told.report["target"]["key_fingerprint"] is None
    assert told.check("auth")["blocked_by"] == "key"


def test_the_rest_of_the_run_is_real_with_the_mended_key(doctor: Doctor, gateway: Served) -> None:
    told = doctor(CROSSMODEL_API_KEY="'Bearer cm-sandbox'\r\n", CROSSMODEL_API_URL=gateway.base_url)
    assert (told.id, told.exit_code) == ("key_malformed", 3)
    statuses = {c["id"]: c["status"] for c in told.report["checks"] if c["id"] != "base-url"}
    assert statuses.pop("key") == "fail"
    assert set(statuses.values()) == {"ok"}


PLACES = [
    pytest.param(b"\r\n\r\n", "printf '%s' 'cm-…' > key.txt", id="line-ends"),
    pytest.param(b"\n# old\n", "text of 2 lines", id="several-lines"),
]


@pytest.mark.parametrize(("behind", "named"), PLACES)
def test_a_key_file_is_set_right_where_it_is(
    doctor: Doctor, nowhere: str, behind: bytes, named: str
) -> None:
    Path("key.txt").write_bytes(OWN.encode() + behind)
    told = doctor(
        "--api-key-file", "key.txt", secrets=(BODY,), timeout_s=2, CROSSMODEL_API_URL=nowhere
    )
    assert (told.id, told.exit_code) == ("key_malformed", 3)
    assert named in told.prose
    assert told.report["target"]["key_source"] == "file:key.txt"


@pytest.mark.parametrize("content", ["", "\n", " \r\n"])
def test_a_key_file_with_nothing_in_it(doctor: Doctor, nowhere: str, content: str) -> None:
    Path("key.txt").write_bytes(content.encode())
    Path(".env").write_text(f"{NAME}={OWN}\n", encoding="utf-8")
    told = doctor("--api-key-file", "key.txt", timeout_s=2, CROSSMODEL_API_URL=nowhere)
    assert "key_not_exported" not in told.warnings
    diagnosis = told.report["diagnosis"]
    assert told.id == "key_missing"
    assert diagnosis["evidence"][0].startswith("key.txt is empty")
    assert diagnosis["actions"][0].startswith("Write the file key.txt again, with the bare key")
    assert diagnosis["commands"][0] == "printf '%s' 'cm-…' > key.txt"
    assert not any("export" in said or ".env" in said for said in diagnosis["actions"])


def test_nothing_on_standard_input(
    cmtool: InProcess, monkeypatch: pytest.MonkeyPatch, nowhere: str
) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO()))
    ended = cmtool(
        *("doctor", "--api-key-file", "-", "--format", "json"), CROSSMODEL_API_URL=nowhere
    )
    diagnosis = ended.json()["diagnosis"]
    assert diagnosis["id"] == "key_missing"
    assert diagnosis["evidence"] == ["Standard input is empty."]
    assert "piped in" in diagnosis["actions"][0]


NO_PATHS = [
    pytest.param(OWN, "looks like a key and is not repeated here.", id="our-key"),
    pytest.param(f"sk-proj-{BODY}", "looks like a key and is not repeated", id="anothers-key"),
    pytest.param("", "what was given is empty.", id="empty"),
    pytest.param("~/missing", "missing does not exist.", id="not-in-home"),
]


@pytest.mark.parametrize(("path", "named"), NO_PATHS)
def test_what_is_no_path_of_a_key_file(cmtool: InProcess, path: str, named: str) -> None:
    ended = cmtool("doctor", "--api-key-file", path)
    assert (ended.code, ended.out) == (2, "")
    assert named in " ".join(ended.err.split())
    assert BODY not in ended.err


def test_a_key_file_in_the_home_directory(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, nowhere: str
) -> None:
    for home in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(home, str(Path.cwd()))
    Path("key.txt").write_text(OWN, encoding="utf-8")
    told = doctor("--api-key-file", "~/key.txt", timeout_s=2, CROSSMODEL_API_URL=nowhere)
    assert told.check("key")["status"] == "ok"


@pytest.mark.parametrize("behind", [b"\0", b"\0\0\0", b"\0\n"])
def test_a_nul_in_a_key_file_is_told_once(doctor: Doctor, nowhere: str, behind: bytes) -> None:
    Path("key.txt").write_bytes(OWN.encode() + behind)
    told = doctor(
        "--api-key-file", "key.txt", secrets=(BODY,), timeout_s=2, CROSSMODEL_API_URL=nowhere
    )
    assert told.id == "key_malformed"
    assert "a NUL byte" in told.report["diagnosis"]["evidence"][0]
    assert "file_oddity" not in told.warnings


CONTENTS = [
    pytest.param(f"{OWN}\r\n".encode("utf-16"), "is encoded in UTF-16;", id="utf-16"),
    pytest.param(OWN.encode("utf-16-le"), "is encoded in UTF-16 without", id="utf-16-bare"),
    pytest.param(OWN.encode("utf-16-le") + b"\n", "is encoded in UTF-16", id="utf-16-and-lf"),
    pytest.param(b"\xef\xbb\xbf" + OWN.encode(), "begins with a byte order mark", id="bom"),
]


@pytest.mark.parametrize(("content", "named"), CONTENTS)
def test_a_key_file_that_other_programs_misread(
    doctor: Doctor, nowhere: str, content: bytes, named: str
) -> None:
    Path("key.txt").write_bytes(content)
    told = doctor(
        "--api-key-file", "key.txt", secrets=(BODY,), timeout_s=2, CROSSMODEL_API_URL=nowhere
    )
    assert "file_oddity" in told.warnings
    found = next(f for f in told.report["findings"] if f["id"] == "file_oddity")
    assert f"key.txt {named}" in found["evidence"][0]
    assert told.check("key")["status"] == "ok"


ELSEWHERE = [
    pytest.param("CROSSMODEL_APIKEY", "a name that is almost", id="no-underscore"),
    pytest.param("CROSSMODEL_KEY", "a name that is almost", id="no-api"),
    pytest.param("CROSS_MODEL_API_KEY", "a name that is almost", id="one-more-underscore"),
    pytest.param("CROSSMODEL_TOKEN", "a name that is almost", id="token"),
    pytest.param("crossmodel_api_key", "a name that is almost", id="lower-case"),
    pytest.param("CROSMODEL_API_KEY", "a name that is almost", id="typing-error"),
    pytest.param("CROSSMODEL_API_KEY ", "'CROSSMODEL_API_KEY ', a name that", id="blank-in-name"),
    pytest.param("OPENAI_API_KEY", "OPENAI_API_KEY holds a key", id="openai"),
    pytest.param("TEAM_SECRET", "TEAM_SECRET holds a key", id="some-other"),
]


@pytest.mark.parametrize(("variable", "named"), ELSEWHERE)
def test_a_missing_key_that_lies_in_another_variable(
    doctor: Doctor,
    monkeypatch: pytest.MonkeyPatch,
    nowhere: str,
    variable: str,
    named: str,
) -> None:
    monkeypatch.setenv(variable, OWN)
    told = doctor(secrets=(BODY,), timeout_s=2, CROSSMODEL_API_KEY="", CROSSMODEL_API_URL=nowhere)
    assert (told.id, told.exit_code) == ("key_missing", 3)
    assert named in told.prose
    assert f"(cm-…{BODY[-4:]})" in told.prose
    assert f"Set {NAME} to the key that is in" in told.report["diagnosis"]["actions"][0]
    copy = f'export {NAME}="${variable}"'
    assert (copy in told.page.splitlines() or f"      {copy}" in told.page.splitlines()) is (
        variable.isidentifier()
    )


def test_of_several_variables_that_hold_a_key_one_is_advised(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, nowhere: str
) -> None:
    for variable in ("ANOTHER_KEY", "CROSSMODEL_KEY", "OPENAI_API_KEY"):
        monkeypatch.setenv(variable, OWN)
    told = doctor(secrets=(BODY,), timeout_s=2, CROSSMODEL_API_KEY=None, CROSSMODEL_API_URL=nowhere)
    diagnosis = told.report["diagnosis"]
    assert [said.split()[0].strip(",") for said in diagnosis["evidence"]] == [
        *(NAME, "CROSSMODEL_KEY", "ANOTHER_KEY", "OPENAI_API_KEY")
    ]
    exports = [line for line in diagnosis["commands"] if line.startswith("export")]
    assert exports == [f'export {NAME}="$CROSSMODEL_KEY"']


def test_two_keys_in_each_others_variables(doctor: Doctor, nowhere: str) -> None:
    told = doctor(
        secrets=(BODY,),
        timeout_s=2,
        CROSSMODEL_API_KEY=f"sk-proj-{BODY}",
        OPENAI_API_KEY=OWN,
        CROSSMODEL_API_URL=nowhere,
    )
    assert (told.id, told.exit_code) == ("key_wrong_vendor", 3)
    assert "OPENAI_API_KEY holds a key of this gateway (cm-…9053)." in told.prose


RIVALS = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CROSSMODEL_KEY"]


@pytest.mark.parametrize("variable", RIVALS)
@pytest.mark.parametrize("rival", [OTHER, f"'{OWN}'"])
def test_two_variables_with_different_keys(
    doctor: Doctor, nowhere: str, variable: str, rival: str
) -> None:
    given: dict[str, Any] = {
        variable: rival,
        "CROSSMODEL_API_KEY": OWN,
        "CROSSMODEL_API_URL": nowhere,
    }
    told = doctor(secrets=(BODY, OTHER), timeout_s=2, **given)
    assert ("key_conflict" in told.warnings) is (rival == OTHER)
    found = [f["evidence"] for f in told.report["findings"] if f["id"] == "key_conflict"]
    said = f"{NAME} holds cm-…9053, {variable} a different key, cm-…8460."
    assert found == ([[said]] if rival == OTHER else [])


URLS = ["CROSSMODEL_URL", "CROSSMODEL_BASEURL", "CROSSMODEL_API_BASE", "crossmodel_api_url"]


@pytest.mark.parametrize("variable", URLS)
@pytest.mark.parametrize("named", [False, True])
def test_a_variable_with_almost_the_name_of_the_address(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, *, nowhere: str, variable: str, named: bool
) -> None:
    monkeypatch.setenv(variable, nowhere)
    monkeypatch.setenv("HTTPS_PROXY", nowhere)  # so that the default address is not asked for
    told = doctor(timeout_s=2, CROSSMODEL_API_URL=nowhere if named else None)
    assert ("variable_misnamed" in told.warnings) is not named
    found = [f["evidence"][0] for f in told.report["findings"] if f["id"] == "variable_misnamed"]
    assert all(said.startswith(f"{variable} holds an address") for said in found)
