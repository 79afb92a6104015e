"""Writes the scripts into a folder: ``python -m cmtool.cli.completion completions``."""

from __future__ import annotations

import sys
from pathlib import Path

from cmtool.cli.completion import SCRIPTS, script

folder = Path(sys.argv[1])
for shell, (name, _) in SCRIPTS.items():
    (folder / name).write_text(script(shell), encoding="utf-8", newline="\n")
