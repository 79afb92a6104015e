"""The action and the workflow: they are what GitHub reads, and their steps do what they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import bare_world

__all__ = ["bare_world"]

ROOT = Path(__file__).parent.parent
ACTION = ROOT / ".github/actions/stream-test/action.yml"
WORKFLOW = ROOT / ".github/workflows/ci.yml"

needs_bash = pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("xargs") is None, reason="runs the steps in bash"
)


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def step(name: str) -> Any:
    (found,) = [each for each in read(ACTION)["runs"]["steps"] if each.get("name") == name]
    return found


def test_every_input_is_described_used_and_has_a_default() -> None:
    text, action = ACTION.read_text(encoding="utf-8"), read(ACTION)
    for name, told in action["inputs"].items():
        assert told["description"].endswith(".")
        assert "default" in told
        assert f"inputs.{name}" in text


def test_every_step_of_the_action_names_its_shell() -> None:
    steps = read(ACTION)["runs"]["steps"]
    assert read(ACTION)["runs"]["using"] == "composite"
    assert all(each.get("shell") == "bash" for each in steps if "run" in each)


def test_no_expression_stands_in_a_script() -> None:
    """What a caller writes must reach the shell through the environment, not as its text."""
    for each in read(ACTION)["runs"]["steps"]:
        assert "${{" not in each.get("run", "")


@needs_bash
@pytest.mark.parametrize(
    ("scenario", "arguments", "code"),
    [
        pytest.param("healthy", "", 0, id="healthy"),
        pytest.param("truncated", "--retries 0 --prompt 'two words'", 11, id="truncated"),
        pytest.param("healthy", "$(touch made) `touch made` --repeat 1", 2, id="not-executed"),
        pytest.param("healthy", "--repeat 1\n--max-ttft 0", 11, id="two-lines"),
        pytest.param("healthy", '--expect "[A-Z]" --prompt \'say "A"\'', 0, id="quotes-in-quotes"),
    ],
)
def test_the_step_that_tests(
    tmp_path: Path, bare_world: None, scenario: str, arguments: str, code: int
) -> None:
    del bare_world
    ended = run_the_step_that_tests(tmp_path, scenario, arguments)
    assert ended.returncode == code
    assert (tmp_path / "output").read_text(encoding="utf-8") == f"exit-code={code}\n"
    assert (tmp_path / "streams.xml").exists() == (code != 2)
    assert not (tmp_path / "made").exists()


def run_the_step_that_tests(
    folder: Path, scenario: str, arguments: str
) -> subprocess.CompletedProcess[bytes]:
    told = step("Test the streams")
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", told["run"]],
        cwd=folder,
        env={
            **os.environ,
            "CMTOOL_BIN": str(Path(sys.executable).parent),
            "GITHUB_OUTPUT": str(folder / "output"),
            "CROSSMODEL_API_KEY": "",
            "MODEL": "",
            "ARGUMENTS": arguments,
            "SANDBOX": scenario,
            "REPORT": "streams.xml",
        },
        capture_output=True,
        timeout=30,
        check=False,
    )


@needs_bash
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param("--repeat 1 --expect 'it", id="single-quote"),
        pytest.param('--max-ttft 1 --prompt "two words', id="double-quote"),
        pytest.param("'--max-ttft 1", id="first-word"),
        pytest.param("--prompt it's --max-ttft 1", id="apostrophe"),
        pytest.param("--prompt 'two\nlines' --max-ttft 1", id="over-two-lines"),
    ],
)
def test_arguments_that_cannot_be_read_are_told_and_nothing_runs(
    tmp_path: Path, bare_world: None, arguments: str
) -> None:
    del bare_world
    ended = run_the_step_that_tests(tmp_path, "healthy", arguments)
    assert ended.returncode == 2
    assert ended.stdout.startswith(b"::error title=cmtool stream-test::The input 'arguments' ")
    assert ended.stdout.count(b"\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["output"]
    assert (tmp_path / "output").read_text(encoding="utf-8") == "exit-code=2\n"


def test_the_workflow_runs_what_the_gate_runs() -> None:
    gate = (ROOT / ".ci/run").read_text(encoding="utf-8")
    jobs = read(WORKFLOW)["jobs"]
    runs = [each.get("run", "") for job in jobs.values() for each in job["steps"]]
    assert ".ci/run" in runs
    for tool in ("pytest", "ruff check", "ruff format --check", "mypy"):
        assert tool in gate
        assert any(tool in run for run in runs)


def test_the_workflow_has_every_supported_system_and_python() -> None:
    matrix = read(WORKFLOW)["jobs"]["tests"]["strategy"]["matrix"]
    assert {name.partition("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    named = {f"Programming Language :: Python :: {version}" for version in matrix["python"]}
    assert named == {
        line.strip(' ",') for line in project.splitlines() if ":: Python :: 3." in line
    }


def test_the_workflow_uses_the_action() -> None:
    steps = read(WORKFLOW)["jobs"]["action"]["steps"]
    (used,) = [each for each in steps if "stream-test" in each.get("uses", "")]
    assert (ROOT / used["uses"] / "action.yml").samefile(ACTION)
    assert set(used["with"]) <= set(read(ACTION)["inputs"])


def test_the_workflow_of_the_readme_is_whole() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = [b for b in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL) if "uses:" in b]
    # "on" is a word for true in YAML 1.1, and the key of the events for GitHub.
    workflow = {"on" if key is True else key: told for key, told in yaml.safe_load(block).items()}
    assert list(workflow) == ["name", "on", "permissions", "jobs"]
    assert set(workflow["on"]) == {"schedule", "workflow_dispatch"}
    assert [len(each["cron"].split()) for each in workflow["on"]["schedule"]] == [5]
    assert workflow["permissions"] == {}
    (job,) = workflow["jobs"].values()
    (used,) = job["steps"]
    folder, _, branch = used["uses"].removeprefix("OWNER/cmtool/").partition("@")
    assert branch == "main"
    assert (ROOT / folder / "action.yml").samefile(ACTION)
    assert set(used["with"]) <= set(read(ACTION)["inputs"])
