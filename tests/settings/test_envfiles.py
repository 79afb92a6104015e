"""A .env file read for keys, and read for all its variables."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.settings.envfiles import parsed, read

NAME = "CROSSMODEL_API_KEY"
KEY = "cm-4f8e1b7c2d6a9053"
OTHER = "cm-9d1c7e5b3a2f8460"
LINES = st.text(st.sampled_from("ABKEY=_ #'\"cm-1\r\n\t$:{}“\\é"), max_size=80)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(f"A={KEY}", [("A", KEY, 1)], id="plain"),
        pytest.param(f"\n\r\nA={KEY}\r\n", [("A", KEY, 3)], id="line"),
        pytest.param(f"A={KEY} # new\n", [("A", KEY, 1)], id="comment-behind"),
        pytest.param(f"A='{KEY}' # new\n", [("A", KEY, 1)], id="comment-behind-quotes"),
        pytest.param(f'A="{KEY}\n', [("A", KEY, 1)], id="unclosed"),
        pytest.param(f"export A = “{KEY}”", [("A", KEY, 1)], id="export-and-typographic"),
        pytest.param(f"A={KEY}\nA={OTHER}", [("A", KEY, 1), ("A", OTHER, 2)], id="twice"),
        pytest.param(f"# A={KEY}\n ##A={KEY}\n", [], id="commented-out"),
        pytest.param(f"URL=https://x.test/?k={KEY}", [], id="inside-of-a-value"),
        pytest.param(f"A=\n{KEY}", [], id="on-the-next-line"),
    ],
)
def test_the_keys_of_a_file(text: str, found: list[tuple[str, str, int]]) -> None:
    keys = read(text, "e").keys
    assert [(key.name, key.key.reveal(), key.line) for key in keys] == found


def test_of_many_remarks_the_first_are_told() -> None:
    file = read("".join(f"A{n} = {KEY}\n" for n in range(20)), "e")
    assert (len(file.remarks), len(file.broken)) == (5, 5)


@pytest.mark.parametrize(
    ("text", "said", "broken"),
    [
        pytest.param(f"{NAME}=\n", f"In line 1 {NAME} is empty.", False, id="empty"),
        pytest.param(f"\n{NAME}='' # x\n", f"In line 2 {NAME} is empty.", False, id="quotes"),
        pytest.param(f"{NAME}=# x\n", f"In line 1 {NAME} is empty.", False, id="comment"),
        pytest.param(f"{NAME}=<key>\n", "holds nothing that starts with cm-", False, id="other"),
        pytest.param(f"{NAME}=Bearer {KEY}\n", "holds more than a key", False, id="more"),
        pytest.param(f"{NAME}=$K\n", "refers to another variable", False, id="reference"),
        pytest.param("CROSSMODEL_KEY=\n", "CROSSMODEL_KEY is empty", False, id="almost"),
        pytest.param(f"# A={KEY}\n", "In line 1 A is commented out.", False, id="commented"),
        pytest.param(f"A='{KEY}'\n", "In line 1 quotes stand around", False, id="in-quotes"),
        pytest.param(f"export A={KEY}\n", "a word like export", False, id="export"),
        pytest.param(f"A = {KEY}\n", "In line 1 blanks stand around", True, id="blanks"),
        pytest.param(f"A={KEY}\r\n", "Its lines end as on Windows", True, id="crlf"),
        pytest.param(f"A: {KEY}\n", "In line 1 a colon stands", True, id="colon"),
    ],
)
def test_what_keeps_a_key_from_being_taken(*, text: str, said: str, broken: bool) -> None:
    file = read(text, "e")
    assert any(said in remark for remark in file.remarks)
    assert any(said in remark for remark in file.broken) is broken


def test_the_encoding_is_told_where_the_file_matters() -> None:
    assert read(f"A={KEY}\n", "e", "is odd").broken == ("The file is odd.",)
    assert read("A=1\n", "e", "is odd").remarks == ()


@pytest.mark.parametrize(
    "line",
    [
        *("CROSSMODEL_MODEL=a/b", "export CROSSMODEL_MODEL = 'a/b'", 'CROSSMODEL_MODEL="a/b" # x'),
        "CROSSMODEL_MODEL=a/b\r",
    ],
)
def test_the_other_variables_of_cmtool(line: str) -> None:
    assert read(f"A=1\n{line}\n#CROSSMODEL_API_URL=x\n", "e").others == {"CROSSMODEL_MODEL": "a/b"}


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        pytest.param("A=1\nB='2 3'\nC=\n", {"A": "1", "B": "2 3", "C": ""}, id="plain"),
        pytest.param("export A = 1 # x\r\n", {"A": "1"}, id="export-blanks-comment-crlf"),
        pytest.param("A=1\nA=2\n", {"A": "2"}, id="the-last-counts"),
        pytest.param("A\n", {}, id="a-name-alone"),
        pytest.param("A=${B}\n", {"A": "${B}"}, id="nothing-to-fill-in"),
        pytest.param("B=1\nA=x${B}\n", {"B": "1", "A": "x1"}, id="filled-in-from-above"),
        pytest.param("A=${B}\nB=1\n", {"A": "${B}", "B": "1"}, id="not-from-below"),
        pytest.param("A=${B:-2}\n", {"A": "2"}, id="by-default"),
        pytest.param("OUT=1\nA=${OUT}\n", {"OUT": "1", "A": "0"}, id="the-environment-first"),
        pytest.param('A="b\nC=1\n', {"C": "1"}, id="unclosed"),
    ],
)
def test_the_variables_of_a_file(text: str, variables: dict[str, str]) -> None:
    assert parsed(text, "e", (), {"OUT": "0"})[0] == variables


def test_only_of_what_matters_it_is_said_whether_it_is_filled_in() -> None:
    assert parsed("A=${X}\nB=${X}\n", "e", {"B"})[1] == [
        "Line 2 of e holds ${…}, for which neither the environment nor a line above has a value."
    ]
    (told,) = parsed("A=1\nB=${A}\n", "e", {"B"})[1]
    assert told.startswith("Line 2 of e holds ${…}, which was filled in as python-dotenv does;")


@settings(deadline=None)
@given(LINES)
def test_any_text_is_read_and_no_value_is_in_a_remark(text: str) -> None:
    file = read(text, "e")
    _, odd = parsed(text, "e", {"A", "KEY"})
    told = " ".join((*file.remarks, *file.broken, *odd))
    assert not any(key.key.reveal() in told for key in file.keys if len(key.key.reveal()) > 4)


def test_no_key_is_in_the_repr() -> None:
    assert KEY not in repr(read(f"A={KEY}\nCROSSMODEL_API_URL=https://x.test/{KEY}\n", "e"))
