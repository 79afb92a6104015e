"""What makes all tests quicker, and changes none: see each hook."""

from __future__ import annotations

import difflib
import gc
import os
import sys
from collections.abc import Generator, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# No deadlines: the machine may be busy.  Fewer examples than usual, since every change is tested;
# tests/fuzz searches for longer.
settings.register_profile(
    "suite", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")

_in_full = difflib.ndiff
_WORTHWHILE = 4000  # characters; the time grows with the cube of the lines, to minutes for 20 kB


def _difference(left: Sequence[str], right: Sequence[str], *rules: Any) -> Iterator[str]:
    """Compare as difflib does for a failed assertion, and long texts line by line alone."""
    if sum(map(len, left)) + sum(map(len, right)) < _WORTHWHILE:
        return _in_full(left, right, *rules)
    return difflib.unified_diff(left, right, n=1)


def pytest_configure(config: pytest.Config) -> None:
    """Let what fails fail at once, however long the texts are."""
    patch = pytest.MonkeyPatch()
    patch.setattr(difflib, "ndiff", _difference)
    config.add_cleanup(patch.undo)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Start more workers than there are processors: many tests wait, for a socket or a clock.

    Beyond a dozen, what each of them collects costs more than they gain.
    """
    return min((os.cpu_count() or 2) + 2, 12)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Leave what is collected out of every search for garbage; it stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let the processes that tests start share what they compile, where nothing may lie about."""
    if not sys.dont_write_bytecode:
        yield
        return
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # which all workers share
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        patch.setenv("PYTHONPYCACHEPREFIX", str(folder / "compiled"))
        yield
