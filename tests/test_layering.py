"""The layers of the program, held by reading every module: who may import whom, and who may act.

The tables come first; a new top-level unit is a new word in `LAYERS`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import cmtool

ROOT = Path(cmtool.__file__).parent

LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(layer.split())
    for layer in (
        "__main__",
        "cli",
        "checks render sandbox config",
        "streams replay explaining userfiles",
        "generation gateway asking curl streaming pasted",
        "transport connection retry pace protocols sse paste",
        """
        classify redact answerers credentials address routing settings tls
        documents modelids typos quantities clock charsets compression clients order support
        """,
        "catalog",
        "model",
        "errors",
    )
)
"""From top to bottom; a unit imports from strictly lower layers and from itself."""

SIDEWAYS = {
    # A generation is asked for through the gateway's connection, followed, judged, recorded.
    "generation": {"gateway", "asking", "streaming"},
    "gateway": {"asking"},  # makes the attempts that are described there
    "transport": {"connection", "retry"},  # dials, and says what went wrong and when to come again
    "answerers": {"redact", "routing"},  # quotes what an answer says, and reads what it asks for
    # Asks who answered, what a proxy wants, where a redirect leads, and cuts what it quotes.
    "classify": {"answerers", "routing", "redact", "address"},
    "support": {"redact"},  # cuts the body
    "modelids": {"typos"},
    "routing": {"typos"},  # schemes that are almost right
    "settings": {"typos"},  # names of variables that are almost right
    "credentials": {"settings", "redact"},  # looks where else a key lies
    "tls": {"redact"},  # quotes what a variable names
    # The base URL decides on the proxy, is quoted cut, and may hold a key or odd characters.
    "address": {"routing", "redact", "typos", "credentials", "settings"},
}
"""Imports within one layer: one way each."""

ONLY_IMPORTED_BY = {"cli": {"__main__"}, "config": {"cli"}}

SHARED = {
    "checks": {
        *(
            "",
            "graph",
            "facts",
            "registry",
            "verdict",
            "enriching",
            "wording",
            "trials",
            "secondlook",
        ),
    },
    "protocols": {"", "base", "joined"},
    "paste": {
        *("", "base", "forms", "residue", "literals", "errors", "told", "merging"),
        *("bodies", "connection", "phrases", "clocks", "modelnames"),
        *("written", "secrecy", "reports"),
    },
    "render": {
        *("", "layout", "terminal", "figures", "view", "live", "progress"),
        *("cases", "gfm", "inert"),
    },
}
"""Of each package with one file for each kind, the modules that are no kind; "" is `__init__`."""

FOREIGN = {
    "httpx": {"transport"},
    "httpcore": {"transport", "connection"},
    "rich": {"render", "cli"},
    "typer": {"cli"},
    "click": {"cli"},
    "h11": {"sandbox"},
}
"""Packages that only these units import."""

LATE = {"rich": {"render.live"}}
"""Packages that are slow to load: at the top of these modules alone, else inside a function."""

ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.getenvb"}
CLOCKS = {
    *("time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns"),
    *("time.perf_counter", "time.perf_counter_ns"),
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.date.today"),
}
OUTPUT = {"print", "sys.exit", "exit", "quit", "os._exit"}
BROAD = {"Exception", "BaseException"}

MAY = {
    "reads the environment": {"config"},
    "reads a clock": {"cli", "sandbox.server"},  # the server's is the default of a parameter
    "prints or exits": {"__main__", "cli", "render.terminal"},
    "catches everything": {"cli.boundary"},
}
"""Which units or modules may do what the core leaves to the edge."""

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One imported module or name, dotted; ``late`` when start-up does not load it."""

    target: str
    late: bool


def violations(module: str, source: str) -> list[str]:
    """Give every rule that a module breaks; ``module`` is dotted, below the package."""
    tree = ast.parse(source)
    imports = list(_imports(tree))
    own = [found.target.removeprefix("cmtool.") for found in imports if _is_own(found.target)]
    return [
        *_unknown(module),
        *(line for target in own for line in _against_layers(module, target)),
        *(line for found in imports for line in _against_foreign(module, found)),
        *_against_conduct(module, tree),
    ]


def _is_own(target: str) -> bool:
    return target.startswith("cmtool.") and target != "cmtool.__version__"


def _unit(module: str) -> str:
    return module.partition(".")[0]


def _layer(unit: str) -> int | None:
    return next((place for place, units in enumerate(LAYERS) if unit in units), None)


def _unknown(module: str) -> Iterator[str]:
    if module and _layer(_unit(module)) is None:
        yield f"{_unit(module)} has no layer"


def _against_layers(module: str, target: str) -> Iterator[str]:
    unit, other = _unit(module), _unit(target)
    if unit == other:
        yield from _between_kinds(module, target)
        return
    here, there = _layer(unit), _layer(other)
    if there is None:
        yield f"imports {other}, which has no layer"
    elif here is None or (there <= here and other not in SIDEWAYS.get(unit, set())):
        yield f"imports {other}, which is not below it"
    if unit not in ONLY_IMPORTED_BY.get(other, {unit}):
        yield f"imports {other}, which it must not know"


def _between_kinds(module: str, target: str) -> Iterator[str]:
    kind, other = (f"{path}..".split(".")[1] for path in (module, target))
    shared = SHARED.get(_unit(module), {kind})
    if kind != other and not {kind, other} & shared:
        yield f"imports {other}, which is of its own kind"


def _against_foreign(module: str, found: Import) -> Iterator[str]:
    package = _unit(found.target)
    if package in FOREIGN and _unit(module) not in FOREIGN[package]:
        yield f"imports {package}"
    if package in LATE and not found.late and module not in LATE[package]:
        yield f"imports {package} at its start"


def _against_conduct(module: str, tree: ast.Module) -> Iterator[str]:
    names = _names(tree)
    for node in ast.walk(tree):
        deed = _deed(node, names)
        if deed and not _is_among(module, MAY[deed]):
            yield f"{deed} in line {getattr(node, 'lineno', 0)}"


def _deed(node: ast.AST, names: dict[str, str]) -> str | None:
    match node:
        case ast.Attribute() | ast.Name() if _dotted(node, names) in ENVIRONMENT:
            return "reads the environment"
        case ast.Call(func=called) if _dotted(called, names) in CLOCKS:
            return "reads a clock"
        case ast.Call(func=called) if _dotted(called, names) in OUTPUT:
            return "prints or exits"
        case ast.Raise(exc=ast.Name(id="SystemExit") | ast.Call(func=ast.Name(id="SystemExit"))):
            return "prints or exits"
        case ast.ExceptHandler(body=[*_, ast.Raise(exc=None)]):
            pass  # it cleans up and lets everything through
        case ast.ExceptHandler(type=caught) if _is_broad(caught):
            return "catches everything"
    return None


def _is_among(module: str, allowed: set[str]) -> bool:
    return module in allowed or _unit(module) in allowed


def _is_broad(caught: ast.expr | None) -> bool:
    named = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(name is None or (isinstance(name, ast.Name) and name.id in BROAD) for name in named)


def _imports(tree: ast.Module) -> Iterator[Import]:
    """Give every import, those for the type checker and those inside functions too."""
    late = {id(node) for part in ast.walk(tree) if _is_late(part) for node in ast.walk(part)}
    for node in ast.walk(tree):
        for target in _targets(node):
            yield Import(target=target, late=id(node) in late)


def _is_late(node: ast.AST) -> bool:
    """Whether what is inside is left out when the module is loaded."""
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return isinstance(node, Function)


def _targets(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (name.name for name in names)
        case ast.ImportFrom(level=level) if level:
            yield "cmtool.relative"
        case ast.ImportFrom(module=str(package), names=names):
            if package != "cmtool":
                yield package
            within = (f"{package}.{name.name}" for name in names)
            yield from (name for name in within if package == "cmtool" or _is_module(name))
        case ast.Call(
            func=ast.Attribute(attr="import_module") | ast.Name(id="import_module" | "__import__"),
            args=[ast.Constant(value=str(target)), *_],
        ):
            yield target


def _is_module(dotted: str) -> bool:
    path = ROOT.parent.joinpath(*dotted.split("."))
    return path.with_suffix(".py").exists() or path.is_dir()


def _names(tree: ast.Module) -> dict[str, str]:
    """Give what each imported name stands for, dotted."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                bound = name.asname or _unit(name.name)
                names[bound] = name.name if name.asname else bound
        elif isinstance(node, ast.ImportFrom):
            for name in node.names:
                names[name.asname or name.name] = f"{node.module}.{name.name}"
    return names


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    match node:
        case ast.Name(id=name):
            return names.get(name, name)
        case ast.Attribute(value=value, attr=attr):
            return f"{_dotted(value, names)}.{attr}"
    return ""


def _module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, id=_module_of(path) or "cmtool") for path in sorted(ROOT.rglob("*.py"))],
)
def test_the_module_keeps_the_rules(path: Path) -> None:
    assert violations(_module_of(path), path.read_text(encoding="utf-8")) == []


def test_no_unit_is_in_two_layers() -> None:
    assert sum(map(len, LAYERS)) == len(frozenset().union(*LAYERS))


def test_sideways_goes_one_way_within_one_layer() -> None:
    for unit, others in SIDEWAYS.items():
        for other in others:
            assert _layer(unit) == _layer(other)
            assert unit not in SIDEWAYS.get(other, set())


BROKEN = (
    ("unknown-unit", "helpers", "", "helpers has no layer"),
    ("unknown-target", "gateway", "import cmtool.utils", "imports utils, which has no layer"),
    ("upwards", "model", "from cmtool.catalog import row", "imports catalog, which is not below"),
    ("upwards-module", "errors", "from cmtool import model", "imports model, which is not below"),
    ("upwards-typed", "model", "if TYPE_CHECKING:\n import cmtool.sse", "imports sse, which"),
    ("upwards-late", "redact", "def f():\n import cmtool.gateway", "imports gateway, which"),
    ("upwards-named", "sse", "importlib.import_module('cmtool.cli')", "imports cli, which is not"),
    ("sideways", "retry", "import cmtool.transport", "imports transport, which is not below it"),
    ("sideways-back", "gateway", "import cmtool.generation", "imports generation, which is not"),
    ("relative", "gateway", "from . import model", "imports relative, which has no layer"),
    ("cli-imported", "streams", "import cmtool.cli.app", "imports cli, which it must not know"),
    ("config-imported", "checks", "import cmtool.config", "imports config, which it must not"),
    ("two-protocols", "protocols.chat", "from cmtool.protocols import messages", "of its own kind"),
    ("two-formats", "render.junit", "from cmtool.render.json import dump", "imports json, which"),
    ("two-checks", "checks.key", "import cmtool.checks.network", "imports network, which is of"),
    ("httpx", "gateway", "import httpx", "imports httpx"),
    ("httpcore", "gateway", "from httpcore import Request", "imports httpcore"),
    ("rich", "checks", "import rich", "imports rich"),
    ("rich-early", "render.human", "from rich.text import Text", "imports rich at its start"),
    ("rich-early-cli", "cli.app", "import rich", "imports rich at its start"),
    ("typer", "config", "import typer", "imports typer"),
    ("h11", "transport", "def f():\n import h11", "imports h11"),
    ("environ", "routing.proxies", "import os\nos.environ['A']", "reads the environment in line 2"),
    ("environ-named", "cli", "from os import environ as e\ne.get('A')", "reads the environment"),
    ("getenv", "checks", "import os as o\no.getenv('A')", "reads the environment in line 2"),
    ("monotonic", "retry", "import time\ntime.monotonic()", "reads a clock in line 2"),
    (
        "monotonic-named",
        "streaming.meter",
        "from time import monotonic as m\nm()",
        "reads a clock in line",
    ),
    ("now", "gateway", "from datetime import datetime\ndatetime.now()", "reads a clock in line"),
    ("now-module", "gateway", "import datetime\ndatetime.datetime.now()", "reads a clock in line"),
    ("print", "render.human", "print('x')", "prints or exits in line 1"),
    ("exit", "checks", "import sys\nsys.exit(1)", "prints or exits in line 2"),
    ("system-exit", "checks", "raise SystemExit(1)", "prints or exits in line 1"),
    ("except-all", "cli.app", "try: f()\nexcept Exception: g()", "catches everything in line 2"),
    ("except-bare", "sse", "try: f()\nexcept: g()", "catches everything in line 2"),
    ("except-sometimes", "sse", "try: f()\nexcept Exception:\n if x: raise", "catches everything"),
    ("except-tuple", "sse", "try: f()\nexcept (OSError, Exception): g()", "catches everything"),
)


@pytest.mark.parametrize(
    ("module", "source", "expected"), [pytest.param(*case, id=name) for name, *case in BROKEN]
)
def test_a_broken_rule_is_seen(module: str, source: str, expected: str) -> None:
    assert expected in "; ".join(violations(module, source))


KEPT = (
    ("root", "", "__version__ = '1'"),
    ("version", "gateway", "from cmtool import __version__"),
    ("main", "__main__", "from cmtool.cli.boundary import main"),
    ("cli-config", "cli.app", "from cmtool.config import read"),
    ("downwards", "streams", "from cmtool.generation import Generation"),
    ("sideways", "transport", "from cmtool.connection.dialling import dial"),
    ("own-package", "sandbox.server", "from cmtool.sandbox.wire import Event"),
    ("one-kind", "render.human.tree", "from cmtool.render.human.blocks import fold"),
    ("shared", "protocols.chat", "from cmtool.protocols.base import Reply"),
    ("registry", "protocols", "from cmtool.protocols import chat, messages"),
    ("name-not-module", "protocols.chat", "from cmtool.protocols import PROTOCOLS"),
    ("rich-late", "render.terminal", "def f():\n from rich.console import Console"),
    ("rich-live", "render.live", "from rich.live import Live"),
    ("environ", "config", "import os\nos.environ['A']"),
    ("clock-handed-in", "sandbox.log", "import time\ndef f(now=time.monotonic): return now()"),
    ("print", "render.terminal", "print('x')"),
    ("print-of-another", "render.live", "console.print('x')"),
    ("boundary", "cli.boundary", "try: f()\nexcept Exception: g()"),
    ("clean-up", "cli.output", "try: f()\nexcept BaseException:\n g()\n raise"),
    ("narrow", "transport", "try: f()\nexcept OSError: g()"),
)


@pytest.mark.parametrize(
    ("module", "source"), [pytest.param(*case, id=name) for name, *case in KEPT]
)
def test_what_is_allowed_is_let_through(module: str, source: str) -> None:
    assert violations(module, source) == []
