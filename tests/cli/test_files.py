"""The files that a run writes: whole or not at all, and one sentence when it cannot be."""

from __future__ import annotations

import errno
import json
import os
import select
import shutil
import stat
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cmtool import config
from cmtool.cli.files import append_whole, check_apart, check_writable, replace, write_whole
from cmtool.errors import UsageError
from cmtool.settings import Settings
from tests.cli.conftest import InProcess, Process, Served
from tests.systems import full_device, names_of_bytes, posix

KEY = {"CROSSMODEL_API_KEY": "cm-sandbox"}


def made(name: str, kind: Callable[[Path], object]) -> str:
    kind(Path(name))
    return name


def linked(target: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target)


REFUSED = [
    pytest.param(lambda: "", "its name is empty.", id="empty"),
    pytest.param(lambda: made("d", Path.mkdir), "is a directory; name a file.", id="directory"),
    pytest.param(lambda: "none/r.json", "its folder does not exist.", id="no-folder"),
    pytest.param(lambda: "~/r.json", "no folder '~' here; write the home", id="home-sign"),
    pytest.param(lambda: "r" * 300 + ".json", "File name too long.", id="long-name"),
    pytest.param(lambda: "r\0.json", "null", id="nul"),
    pytest.param(
        lambda: made("f", Path.touch) + "/r.json", "Not a directory.", id="file-as-folder"
    ),
]
REFUSED_LINKS = [
    pytest.param("gone/r.json", "its folder does not exist.", id="to-no-folder"),
    pytest.param("link.json", "Too many levels of symbolic links.", id="to-itself"),
    pytest.param("/dev", "is a directory; name a file.", id="to-a-directory"),
]


@posix
@pytest.mark.parametrize(("name", "told"), REFUSED)
def test_what_could_not_be_written_is_refused(
    bare_world: None, name: Callable[[], str], told: str
) -> None:
    del bare_world
    path = name()
    with pytest.raises(UsageError) as refused:
        check_writable(path, "report")
    assert told in str(refused.value)
    before = sorted(os.listdir())  # noqa: PTH208 - names alone
    with pytest.raises(UsageError):
        write_whole(Path(path), "x")
    assert sorted(os.listdir()) == before  # noqa: PTH208 - likewise


@posix
@pytest.mark.parametrize(("target", "told"), REFUSED_LINKS)
def test_a_link_that_leads_nowhere_is_refused_before_anything_is_sent(
    cmtool: InProcess, gateway: Served, target: str, told: str
) -> None:
    made("link.json", linked(target))
    ended = cmtool("models", "--report", "link.json", **gateway.environment())
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert gateway.requests(0) == []
    assert os.listdir() == ["link.json"]  # noqa: PTH208 - likewise


@posix
@pytest.mark.parametrize(
    "name",
    [
        *("new\nline.json", " .json", "-.json", "r" * 250 + ".json"),
        pytest.param("\udcff.json", marks=names_of_bytes),
    ],
)
def test_an_unusual_name_is_a_name(cmtool: InProcess, name: str) -> None:
    ended = cmtool("balance", "--sandbox", "healthy", f"--report={name}")
    assert (ended.code, ended.err) == (0, "")
    assert [json.loads(path.read_bytes())["exit_code"] for path in Path().iterdir()] == [0]


@posix
def test_a_link_is_followed_and_stays(bare_world: None) -> None:
    del bare_world
    made("link", linked("new"))
    for text in ("one", "two"):
        write_whole(Path("link"), text)
        assert Path("link").is_symlink()
        assert Path("new").read_text("utf-8") == text


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_a_replaced_file_keeps_its_permissions(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "r.json"
    file.touch()
    file.chmod(mode)
    write_whole(file, "new")
    assert stat.S_IMODE(file.stat().st_mode) == mode


@posix
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_new_file_follows_the_umask(tmp_path: Path, mask: int) -> None:
    old = os.umask(mask)
    try:
        write_whole(tmp_path / "r.json", "new")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "r.json").stat().st_mode) == 0o666 & ~mask


@pytest.mark.parametrize("kind", [KeyboardInterrupt, MemoryError])
def test_an_interrupt_while_writing_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[BaseException]
) -> None:
    def interrupted(_: Path, __: Path) -> None:
        raise kind

    (tmp_path / "r.json").write_text("old", "utf-8")
    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(kind):
        replace(tmp_path / "r.json", "new")
    assert [path.read_text("utf-8") for path in tmp_path.iterdir()] == ["old"]


@pytest.mark.parametrize("code", [errno.EBUSY, errno.EACCES, errno.EROFS])
def test_a_file_that_keeps_its_place_is_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refused(_: Path, __: Path) -> None:
        raise OSError(code, os.strerror(code))

    file = tmp_path / "r.json"
    file.write_text("longer than the new one", "utf-8")
    monkeypatch.setattr(Path, "replace", refused)
    check_writable(str(file), "report")
    write_whole(file, "new")
    assert [path.read_text("utf-8") for path in tmp_path.iterdir()] == ["new"]
    with pytest.raises(UsageError, match=r"cannot be written"):
        write_whole(tmp_path / "other.json", "new")
    assert list(tmp_path.iterdir()) == [file]


@posix
@pytest.mark.skipif(shutil.which("unshare") is None, reason="no namespaces here")
def test_a_file_that_is_a_mount_is_written_over(process: Process) -> None:
    for name in ("r.json", "outside.json"):
        (process.folder / name).write_text("old" * 9999, "utf-8")
    mounted = 'mount --bind outside.json r.json && "$@" || echo none'
    command = process.command("balance", "--sandbox", "healthy", "-q", "--report", "r.json")
    ended = process.call(["unshare", "-m", "bash", "-c", mounted, "bash", *command], {})
    if "none" in ended.out + ended.err or "unshare" in ended.err:
        pytest.skip("nothing may be mounted here")
    assert (ended.code, ended.err) == (0, "")
    assert (process.folder / "r.json").read_text("utf-8").startswith("old")
    assert json.loads((process.folder / "outside.json").read_bytes())["exit_code"] == 0
    assert len(list(process.folder.iterdir())) == 2


@posix
@pytest.mark.parametrize(
    ("argv", "code"),
    [
        pytest.param(["--report", "r.json"], 2, id="report"),
        pytest.param(["--record", "r.json"], 2, id="recording"),
        pytest.param(["--report", "r.json", "--record", "s"], 2, id="both"),
    ],
)
def test_a_file_that_the_disk_does_not_hold_is_one_sentence_behind_the_diagnosis(
    process: Process, argv: list[str], code: int
) -> None:
    (process.folder / "r.json").write_text("old", "utf-8")
    script = 'ulimit -f 1; PYTHONDONTWRITEBYTECODE=1 exec "$@"'  # its byte code would be cut too
    ended = process.shell(script, "stream-test", "--sandbox", "truncated", "--retries=0", *argv)
    assert ended.code == code
    assert "stream_truncated" in ended.out
    assert ended.out.endswith("exit 11\n")
    files = zip(argv[::2], argv[1::2], strict=True)
    told = (f"The {kind[2:]} {name} cannot be written: File too large." for kind, name in files)
    assert ended.err.replace("recording", "record") == f"cmtool: {' '.join(told)}\n"
    assert (process.folder / "r.json").read_text("utf-8") == "old"
    assert not list(process.folder.glob(".*"))


@full_device
def test_every_file_is_written_whatever_the_others(cmtool: InProcess) -> None:
    Path("full.json").symlink_to("/dev/full")
    Path("full.xml").symlink_to("/dev/full")
    words = [word for name in ("full.json", "full.xml", "r.md") for word in ("--report", name)]
    ended = cmtool("balance", "--sandbox", "invalid-api-key", *words)
    assert ended.code == 2
    assert ended.out.endswith("exit 4\n")
    assert ended.err == (
        "cmtool: The report full.json cannot be written: No space left on device."
        " The report full.xml cannot be written: No space left on device.\n"
    )
    assert "invalid_api_key" in Path("r.md").read_text("utf-8")


@posix
@full_device
def test_a_report_is_written_where_standard_output_cannot_be(process: Process) -> None:
    ended = process.shell(
        '"$@" >/dev/full', "balance", "--sandbox", "invalid-api-key", "--report", "r.json"
    )
    assert ended.code == 2
    assert ended.err == "cmtool: the output cannot be written: No space left on device\n"
    assert json.loads((process.folder / "r.json").read_bytes())["exit_code"] == 4


def test_a_folder_that_goes_away_during_the_run_is_one_sentence(
    cmtool: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("reports").mkdir()
    load = config.load

    def gone(*args: Any, **options: Any) -> Settings:
        Path("reports").rmdir()
        return load(*args, **options)

    monkeypatch.setattr(config, "load", gone)
    ended = cmtool("balance", "--sandbox", "no-wallet", "--report", "reports/r.json")
    assert ended.code == 2
    assert "0.00 USD" in ended.out
    assert ended.err == (
        "cmtool: The report reports/r.json cannot be written: No such file or directory.\n"
    )
    assert list(Path().iterdir()) == []


@pytest.fixture
def pipe(bare_world: None) -> Path:
    del bare_world
    os.mkfifo("pipe.json")
    return Path("pipe.json")


@posix
def test_a_pipe_without_a_reader_is_not_waited_for(pipe: Path) -> None:
    check_writable(str(pipe), "report")
    with pytest.raises(UsageError, match=r"cannot be written: nobody reads from it\.$"):
        write_whole(pipe, "text")


@posix
def test_a_pipe_is_written_to_and_a_reader_may_go_away(pipe: Path) -> None:
    with ThreadPoolExecutor() as beside:
        descriptor = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        written = beside.submit(write_whole, pipe, "text" * 2**18)
        assert select.select([descriptor], [], [], 10)[0]
        assert os.read(descriptor, 4) == b"text"
        os.close(descriptor)
        written.result(timeout=10)
    assert pipe.is_fifo()


@posix
@pytest.mark.parametrize(
    ("script", "told"),
    [
        pytest.param('"$@" --report so.json >out', "standard output", id="output"),
        pytest.param('"$@" --report so.json | cat', "standard output", id="pipe"),
        pytest.param('"$@" --report out.json >out.json', "standard output", id="by-name"),
        pytest.param('"$@" --report e.json 2>e.json; cat e.json >&2', "standard error", id="error"),
    ],
)
def test_no_report_takes_the_place_of_what_is_printed(
    process: Process, script: str, told: str
) -> None:
    (process.folder / "so.json").symlink_to("/dev/stdout")
    ended = process.shell(f"set -o pipefail; {script}", "balance", "--sandbox", "healthy")
    assert ended.code == (0 if told == "standard error" else 2)
    assert f"is the file that {told} goes to; name another." in ended.err
    assert ended.out == ""


def test_one_file_has_one_meaning(bare_world: None) -> None:
    del bare_world
    for written, read, told in (
        ([("--report", "a.json"), ("--report", "./a.json")], [], "Two of --report name"),
        ([("--report", "d/../k.json")], [("--api-key-file", "k.json")], "--api-key-file and"),
        ([("--record", "a.md"), ("--report", "a.md")], [], "--record and --report name"),
    ):
        with pytest.raises(UsageError, match=rf"^{told}.*the same file; name two\.$"):
            check_apart(written, read)
    check_apart([("--report", "a.json"), ("--report", "a.md"), ("--record", os.devnull)])
    check_apart([("--record", os.devnull), ("--report", os.devnull)])


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        pytest.param(
            ["models", "--api-key-file=k.json", "--report=k.json"], "--api-key-file", id="key"
        ),
        pytest.param(["doctor", "--env-file=k.json", "--report=k.json"], "--env-file", id="env"),
        pytest.param(
            ["stream-test", "--env-file=k.json", "--record=k.json"], "--env-file", id="record"
        ),
        pytest.param(
            ["stream-test", "--replay=k.json", "--report=k.json"], "--replay", id="replay"
        ),
        pytest.param(["explain", "k.json", "--report=k.json"], "FILE and --report", id="paste"),
        pytest.param(
            ["stream-test", "--sandbox=healthy", "--record=n.md", "--report=n.md"],
            "--report and --record",
            id="both",
        ),
    ],
)
def test_a_file_of_the_user_is_not_written_over(
    cmtool: InProcess, argv: list[str], told: str
) -> None:
    Path("k.json").write_text("cm-sandbox", "utf-8")
    ended = cmtool(*argv)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert "name the same file; name two." in ended.err
    assert Path("k.json").read_text("utf-8") == "cm-sandbox"


@pytest.mark.parametrize("summary", ["none/summary.md", "."])
def test_a_summary_that_cannot_be_written_fails_nothing(cmtool: InProcess, summary: str) -> None:
    ended = cmtool(
        "doctor",
        "--sandbox",
        "healthy",
        GITHUB_ACTIONS="true",
        GITHUB_STEP_SUMMARY=summary,
    )
    assert ended.code == 0
    assert ended.err.startswith(f"cmtool: the step summary {summary} cannot be written: ")
    assert len(ended.err.splitlines()) == 1


@posix
def test_a_summary_grows_whole_or_not_at_all(process: Process) -> None:
    (process.folder / "summary.md").write_text("before\n", "utf-8")
    script = 'ulimit -f 1; PYTHONDONTWRITEBYTECODE=1 exec "$@"'  # its byte code would be cut too
    told = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "summary.md"}
    command = process.command("doctor", "--sandbox", "no-wallet")
    ended = process.call(["bash", "-c", script, "bash", *command], told)
    assert ended.code == 5
    assert "the step summary summary.md cannot be written: File too large" in ended.err
    assert (process.folder / "summary.md").read_text("utf-8") == "before\n"


def test_what_is_added_stands_behind_what_was_there(tmp_path: Path) -> None:
    for text in ("one\n", "…\n"):
        append_whole(tmp_path / "new", text)
    assert (tmp_path / "new").read_bytes() == "one\n…\n".encode()


@posix
@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs another user")
def test_what_the_permissions_forbid_is_refused(bare_world: None) -> None:
    del bare_world
    folder, file = Path("closed"), Path("closed/r.json")
    folder.mkdir()
    file.write_text("old", "utf-8")
    file.chmod(0o666)
    folder.chmod(0o555)
    Path().chmod(0o755)
    Path("own.json").touch(0o444)
    os.seteuid(65534)
    try:
        for name in ("closed/new.json", "own.json", "new.json"):
            with pytest.raises(UsageError, match="Permission denied"):
                check_writable(name, "report")
        check_writable(str(file), "report")
        write_whole(file, "new")
    finally:
        os.seteuid(0)
    assert file.read_text("utf-8") == "new"
