"""Fuzzes the readers of foreign text: `python tests/fuzz/run.py TARGET --minutes 10`.

With atheris, guided by coverage, where it is installed (`pip install atheris`); without it at
random, by hypothesis.  A finding does not end the run: the first input of each is kept in a folder,
`--input FILE` runs one of them again.  At the end, after Ctrl-C as well, a line tells the target,
the executions, the minutes and the findings.  Never part of the tests: they hold what was found as
named cases.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

sys.path.insert(0, str(Path(__file__).parents[2]))

if TYPE_CHECKING:
    from tests.fuzz.watch import Watch

_GUIDED = importlib.util.find_spec("atheris") is not None
_LONGEST = 4096  # bytes of one input


def main() -> None:
    """Run one target for the time that is asked for."""
    with _instrumented():
        # Under instrumentation, hence not at the top.
        from tests.fuzz import answers, pastes, recordings, settings, streams  # noqa: PLC0415
        from tests.fuzz.source import Source  # noqa: PLC0415
        from tests.fuzz.watch import Watch  # noqa: PLC0415
    modules = (answers, settings, streams, recordings, pastes)
    targets = {t.name: t for module in modules for t in module.TARGETS}
    asked = _arguments(list(targets))
    target = targets[asked.target]
    if asked.input:
        target.run(Source(asked.input.read_bytes()))
        return
    folder = asked.into or Path(tempfile.mkdtemp(prefix=f"fuzz-{asked.target}-"))
    folder.mkdir(parents=True, exist_ok=True)
    watch = Watch(target=target, folder=folder, seconds=asked.minutes * 60)
    signal.signal(signal.SIGINT, lambda *_: _end(watch))
    for each in target.seeds:
        watch.put(each)
    (_guided if _GUIDED and not asked.random else _random)(watch)


def _arguments(names: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fuzz one of the readers of foreign text.")
    parser.add_argument("target", choices=names)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--into", type=Path, help="folder of the findings; default: a new one")
    parser.add_argument("--input", type=Path, help="run one kept input, and nothing else")
    parser.add_argument("--random", action="store_true", help="by hypothesis, even with atheris")
    return parser.parse_args()


def _instrumented() -> contextlib.AbstractContextManager[object]:
    if not _GUIDED:
        return contextlib.nullcontext()
    import atheris  # noqa: PLC0415 - it may not be there

    atheris.enabled_hooks.add("str")
    instrumented: contextlib.AbstractContextManager[object] = atheris.instrument_imports(
        include=["cmtool", "httpx_sse"]
    )
    return instrumented


def _guided(watch: Watch) -> NoReturn:
    """Let libFuzzer choose the inputs; it never returns, so the end is made here."""
    import atheris  # noqa: PLC0415

    corpus = watch.folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, each in enumerate(watch.target.seeds):
        (corpus / f"seed-{number:03}").write_bytes(each)
    words = watch.folder / "words"
    words.write_text("".join(f"{_quoted(word)}\n" for word in watch.target.words if word))

    def take(data: bytes) -> None:
        if watch.over:
            _end(watch)
        watch.put(data)

    options = [
        f"-max_len={_LONGEST}",
        f"-dict={words}",
        "-timeout=3600",
        "-handle_int=0",
        "-verbosity=0",
        f"-artifact_prefix={watch.folder}/",
    ]
    atheris.Setup([sys.argv[0], str(corpus), *options], take)
    atheris.Fuzz()
    raise AssertionError("it never returns")


def _quoted(word: str) -> str:
    """Give a word as libFuzzer's dictionaries have it."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word.encode("utf-8", "surrogatepass")) + '"'


def _random(watch: Watch) -> NoReturn:
    """Change the seeds at random: bytes, words, other seeds, wherever."""
    from hypothesis import HealthCheck, Phase, given, settings  # noqa: PLC0415
    from hypothesis import strategies as st  # noqa: PLC0415

    words = [word.encode("utf-8", "surrogatepass") for word in watch.target.words]
    pieces = st.binary(max_size=12) | st.sampled_from([*words, *watch.target.seeds])
    edits = st.lists(st.tuples(st.integers(0, _LONGEST), st.integers(0, 20), pieces), max_size=8)

    @settings(
        max_examples=1000,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(start=st.sampled_from([b"", *watch.target.seeds]), changes=edits)
    def take(start: bytes, changes: list[tuple[int, int, bytes]]) -> None:
        for place, removed, piece in changes:
            at = place % (len(start) + 1)
            start = start[:at] + piece + start[at + removed :]
        watch.put(start[:_LONGEST])

    while not watch.over:
        take()
    _end(watch)


def _end(watch: Watch) -> NoReturn:
    print(watch.summary(), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
