"""The file of model IDs for completion: what is in it, who writes it, and that it never matters."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cmtool.cli.files import replace
from cmtool.cli.remembering import MOST, remember
from tests.cli.conftest import InProcess, Served
from tests.systems import WINDOWS, posix


@pytest.fixture
def file(bare_world: None) -> Path:
    del bare_world
    folder = os.environ["LOCALAPPDATA" if WINDOWS else "XDG_CACHE_HOME"]
    return Path(folder, "cmtool", "models")


PLAIN = ("vendor/model", "vendor/model:free", "a", "A-1.b_c@d+e", "x" * 200)
NOT_PLAIN = (
    *("", " ", "a b", "a\n", "a\nb", "a\tb", "\x1b[31mred", "a\x00b", "a$(touch x)", "`x`", "a;b"),
    *("a|b", "a&b", "a>b", "a*", "a?", "[a]", "{a,b}", "~a", "$a", "'a", '"a"', "a\\b", "-a"),
    *("--a", "/a", ".a", "#a", "a#", "!a", "a!", "módel", "a\u200bb", "a=b", "a,b"),
    *("a(b)", "x" * 201),
)  # fmt: skip


def test_ids_are_kept_sorted_and_once(file: Path) -> None:
    remember(["z/b", "a/c", "z/b"])
    assert file.read_bytes() == b"a/c\nz/b\n"


@pytest.mark.parametrize("model", PLAIN)
def test_a_plain_word_is_kept(model: str, file: Path) -> None:
    remember([model])
    assert file.read_text("utf-8") == f"{model}\n"


@pytest.mark.parametrize("model", NOT_PLAIN)
def test_what_a_shell_takes_for_more_is_left_out(model: str, file: Path) -> None:
    remember([model, "vendor/model"])
    assert file.read_text("utf-8") == "vendor/model\n"


def test_there_is_an_end_to_it(file: Path) -> None:
    remember(f"vendor/model-{number}" for number in range(MOST + 500))
    assert file.read_text("utf-8").count("\n") == MOST


@pytest.mark.parametrize("models", [[], ["a b"]], ids=["none", "none-plain"])
def test_what_was_seen_before_stays_when_nothing_is_seen(models: list[str], file: Path) -> None:
    remember(["old/model"])
    remember(models)
    assert file.read_text("utf-8") == "old/model\n"


def test_a_new_list_takes_the_place_of_the_old(file: Path) -> None:
    remember(["old/model"])
    remember(["new/model"])
    assert file.read_text("utf-8") == "new/model\n"
    assert [path.name for path in file.parent.iterdir()] == ["models"]


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(lambda file: file.mkdir(parents=True), id="a-directory-in-its-place"),
        pytest.param(lambda file: file.parent.write_text("x"), id="a-file-for-its-folder"),
        *(
            pytest.param(lambda file, to=to: file.parent.symlink_to(to), id=name, marks=posix)
            for name, to in (
                ("a-link-to-nothing", "gone/far"),
                ("a-link-to-itself", "cmtool"),
                ("no-place-to-write", "/proc/self/fd"),
            )
        ),
    ],
)
def test_a_folder_that_cannot_be_used_is_no_failure(
    place: Callable[[Path], object], file: Path, cmtool: InProcess, gateway: Served
) -> None:
    place(file)
    ended = cmtool("models", **gateway.environment())
    assert ended.code == 0
    assert "anthropic/" in ended.out
    assert ended.err == ""
    assert not file.is_file()


@posix
def test_a_fifo_is_replaced_and_not_waited_for(file: Path) -> None:
    file.parent.mkdir(parents=True)
    os.mkfifo(file)
    remember(["vendor/model"])
    assert file.is_file()


@posix
@pytest.mark.parametrize("value", ["", "relative/cache"])
def test_without_an_absolute_path_the_home_directory_is_used(
    value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", value)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    remember(["vendor/model"])
    assert (tmp_path / "home/.cache/cmtool/models").read_text("utf-8") == "vendor/model\n"
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


@posix
def test_without_a_place_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", "")
    remember(["vendor/model"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "argv",
    [
        pytest.param(["models"], id="models"),
        pytest.param(["models", "sonnet"], id="models-of-a-pattern"),
        pytest.param(["models", "--check", "no/such"], id="check"),
        pytest.param(["doctor", "--no-spend"], id="doctor"),
    ],
)
def test_a_run_that_sees_the_list_keeps_all_of_it(
    argv: list[str], file: Path, cmtool: InProcess, gateway: Served
) -> None:
    cmtool(*argv, **gateway.environment())
    kept = file.read_text("utf-8").splitlines()
    assert len(kept) > 50
    assert "deepseek/deepseek-v4-flash" in kept
    assert kept == sorted(kept)


@pytest.mark.parametrize(
    "argv",
    [
        pytest.param(["models", "--sandbox", "healthy"], id="models-of-a-sandbox"),
        pytest.param(["doctor", "--sandbox", "healthy", "--no-spend"], id="doctor-of-a-sandbox"),
        pytest.param(["errors", "402"], id="no-network"),
    ],
)
def test_a_run_that_sees_no_real_list_keeps_nothing(
    argv: list[str], file: Path, cmtool: InProcess
) -> None:
    assert cmtool(*argv).code == 0
    assert not file.parent.exists()


def test_a_list_that_is_refused_keeps_nothing(
    file: Path, cmtool: InProcess, gateway: Served
) -> None:
    assert cmtool("models", **gateway.environment("invalid-api-key")).code == 4
    assert not file.parent.exists()


@posix
def test_replacing_leaves_nothing_behind_when_it_fails(tmp_path: Path) -> None:
    target = tmp_path / "models"
    target.mkdir()
    with pytest.raises(OSError, match="directory"):
        replace(target, "text")
    assert list(tmp_path.iterdir()) == [target]


def test_replacing_keeps_the_old_file_when_the_text_cannot_be_written(tmp_path: Path) -> None:
    target = tmp_path / "models"
    target.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        replace(target, "\ud800")
    assert [path.name for path in tmp_path.iterdir()] == ["models"]
    assert target.read_text("utf-8") == "old"


@posix
def test_replacing_a_link_leaves_what_it_pointed_at(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("old")
    (tmp_path / "link").symlink_to("kept")
    replace(tmp_path / "link", "new")
    assert (tmp_path / "kept").read_text("utf-8") == "old"
    assert (tmp_path / "link").read_text("utf-8") == "new"
