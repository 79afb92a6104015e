"""Tab really pressed, in bash and zsh: what the program gets from the line afterwards."""

from __future__ import annotations

import pytest

from tests.shells.terminal import TAB, Fish, Terminal

PRESSED = {
    "command": ("str", ["stream-test"]),
    "option": ("doctor --form", ["doctor", "--format"]),
    "value": ("doctor -f js", ["doctor", "-f", "json"]),
    "joined": ("doctor --format=js", ["doctor", "--format=json"]),
    "quoted": ('doctor --format "js', ["doctor", "--format", "json"]),
    "slash": ("doctor anthropic/", ["doctor", "anthropic/claude-sonnet-4-6"]),
    "colon": ("doctor -m vendor/model:", ["doctor", "-m", "vendor/model:free"]),
    "colon-and-equals": ("doctor --model=vendor/mo", ["doctor", "--model=vendor/model:free"]),
    "colon-behind-it": ("models --check=vendor/model:f", ["models", "--check=vendor/model:free"]),
    "colon-quoted": ("doctor 'vendor/model:f", ["doctor", "vendor/model:free"]),
    "file": ("doctor --report ou", ["doctor", "--report", "out.json"]),
    "file-with-a-blank": ("doctor --report ke", ["doctor", "--report", "key file.txt"]),
    "file-behind-a-blank": ("doctor --report key\\ f", ["doctor", "--report", "key file.txt"]),
    "file-quoted": ('doctor --report "key f', ["doctor", "--report", "key file.txt"]),
    "file-quoted-once": ("doctor --report 'key f", ["doctor", "--report", "key file.txt"]),
    "file-joined": ("doctor --report=key\\ f", ["doctor", "--report=key file.txt"]),
    "file-joined-quoted": ('doctor --report="key f', ["doctor", "--report=key file.txt"]),
    "no-candidate": ("doctor --base-url ht", ["doctor", "--base-url", "ht"]),
    "several": ("doctor --sandbox fla", ["doctor", "--sandbox", "flaky"]),
}  # fmt: skip


@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
@pytest.mark.parametrize(
    ("typed", "words"), [pytest.param(*case, id=name) for name, case in PRESSED.items()]
)
def test_tab_puts_in_place(typed: str, words: list[str], shell: Terminal | Fish) -> None:
    assert isinstance(shell, Terminal)
    assert shell.run(f"cmtool {typed}{TAB}") == words


@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_a_folder_is_gone_into(shell: Terminal | Fish) -> None:
    assert isinstance(shell, Terminal)
    assert shell.run(f"cmtool doctor --report rep{TAB}ju{TAB}n{TAB}")[2] == "reports/june.xml"


@pytest.mark.parametrize("breaks", ["", "=", ":", "@", "=:", " \\t\\n"])
def test_bash_may_take_words_apart_elsewhere(breaks: str, bash: Terminal) -> None:
    (bash.here / "cache" / "cmtool" / "models").write_text("vendor/model@2:free\n")
    bash.run(f"COMP_WORDBREAKS=$' \\t\\n{breaks}'")
    for typed in ("vendor/mo", "vendor/model@", "vendor/model@2:f"):
        assert bash.run(f"cmtool doctor {typed}{TAB}") == ["doctor", "vendor/model@2:free"]
        assert bash.run(f"cmtool doctor --model={typed}{TAB}")[1] == "--model=vendor/model@2:free"


@pytest.mark.parametrize("shell", ["fish"], indirect=True)
def test_fish_tells_what_the_options_are_for(shell: Terminal | Fish) -> None:
    assert isinstance(shell, Fish)
    assert shell.candidates("cmtool doctor --stri") == ["--strict"]
    assert shell.descriptions == {"--strict": "A warning fails too"}
