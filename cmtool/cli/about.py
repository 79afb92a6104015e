"""What this program runs on, for ``--version`` and for whoever reads a report elsewhere."""

from __future__ import annotations

import platform


def running_on() -> str:
    """Give the versions of Python and of the system: ``Python 3.12.1 · Linux 6.1.0 x86_64``."""
    system = " ".join(filter(None, (platform.system(), platform.release(), platform.machine())))
    return f"Python {platform.python_version()} · {system}"
