"""What each command does not load: its start is what a person waits for."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.cli.conftest import Process, Served

# Runs a command and tells, behind everything else, what has been loaded by then.
_SCRIPT = """
import sys, json
from cmtool.cli.boundary import main
sys.argv[0] = "cmtool"
try:
    main()
except SystemExit as ended:
    code = ended.code
loaded = {name for name in sys.modules}
print(json.dumps({"code": code, "loaded": sorted(loaded)}), file=sys.stderr)
"""
NETWORK = ("httpx", "httpcore", "asyncio", "ssl", "socket", "truststore", "certifi", "anyio")
SANDBOX = ("cmtool.sandbox",)
FACE = ("rich", "pydantic", "click", "pygments", "markdown_it")
OTHERS = ("dotenv", "xml.etree", "importlib.metadata", "unittest", "email.mime")
PLAIN = (*NETWORK, *SANDBOX, "h11", *FACE, *OTHERS)

COMMANDS = [
    pytest.param([], PLAIN, 2, id="nothing"),
    pytest.param(["--help"], PLAIN, 0, id="help"),
    pytest.param(["--version"], PLAIN, 0, id="version"),
    pytest.param(["doctor", "--help"], PLAIN, 0, id="doctor-help"),
    pytest.param(["stream-test", "--help"], PLAIN, 0, id="stream-test-help"),
    pytest.param(["errors"], PLAIN, 0, id="errors"),
    pytest.param(["errors", "402"], PLAIN, 0, id="errors-402"),
    pytest.param(["errors", "402", "-f", "json"], PLAIN, 0, id="errors-json"),
    pytest.param(["explain", "error.txt"], PLAIN, 5, id="explain"),
    pytest.param(["sandbox", "--list"], ("httpx", "httpcore", *FACE), 0, id="sandbox-list"),
    pytest.param(["models"], (*SANDBOX, *FACE[:2], *OTHERS), 0, id="models"),
    pytest.param(["balance"], (*SANDBOX, *FACE[:2], *OTHERS), 0, id="balance"),
    pytest.param(["doctor"], (*SANDBOX, *FACE[:2], *OTHERS), 0, id="doctor"),
    pytest.param(["stream-test"], (*SANDBOX, *FACE[:2], *OTHERS), 0, id="stream-test"),
]


@pytest.mark.parametrize(("argv", "forbidden", "code"), COMMANDS)
def test_nothing_is_loaded_that_is_not_needed(
    process: Process, gateway: Served, argv: list[str], forbidden: tuple[str, ...], code: int
) -> None:
    said = '{"error": {"message": "Insufficient balance.", "code": "insufficient_balance"}}'
    (process.folder / "error.txt").write_text(f"402 {said}", encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *argv],
        cwd=process.folder,
        env={**process.environment, **gateway.environment()},
        capture_output=True,
        timeout=30,
        check=True,
    )
    told = json.loads(ended.stderr.decode().splitlines()[-1])
    assert told["code"] == code
    loaded = set(told["loaded"])
    assert loaded.isdisjoint(forbidden), sorted(loaded & set(forbidden))
