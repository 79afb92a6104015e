"""The budget of a completion: from Tab to the candidates, in each shell that is installed.

With as many model IDs as are ever kept; the live list has some fifty.
"""

from __future__ import annotations

import itertools
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cmtool.cli.completion import SCRIPTS, script
from cmtool.cli.options import Shell
from cmtool.cli.remembering import MOST
from tests.bench.measure import Elapsed
from tests.shells.conftest import world
from tests.shells.terminal import SHELLS

RUNS = 15
LINES = {
    "a command": "cmtool ",
    "an option": "cmtool stream-test --no-color --re",
    "a model": "cmtool doctor -p chat --model ven",
}


def completion() -> Iterator[Elapsed]:
    """Measure kinds of completion, each by the median of its runs."""
    for name, start in SHELLS.items():
        if shutil.which(name) is None:
            continue
        with tempfile.TemporaryDirectory() as folder:
            here = world(Path(folder))
            ids = "".join(f"vendor/model-{number}\n" for number in range(MOST))
            (here / "cache" / "cmtool" / "models").write_text(ids)
            path = here / SCRIPTS[Shell(name)][0]
            path.write_text(script(Shell(name)), encoding="utf-8")
            with start(path, here) as shell:
                for kind, line in LINES.items():
                    shell.took_ms(line)
                    took_ms = statistics.median(
                        shell.took_ms(line) for _ in itertools.repeat(None, RUNS)
                    )
                    yield Elapsed(name=f"{kind} completed in {name}", takes=took_ms, budget=50)
