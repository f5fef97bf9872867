"""Scripts run by hand: help, messages without traceback, exit codes."""

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT

SCRIPTS = sorted((ROOT / "scripts").glob("*.py"))


def call(script, *arguments):
    command = [sys.executable, str(ROOT / "scripts" / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


ALL_HELP = """
import contextlib, io, json, runpy, sys
answers = {}
for script in sys.argv[1:]:
    sys.argv = [script, "--help"]
    said, code = io.StringIO(), None
    with contextlib.redirect_stdout(said):
        try:
            runpy.run_path(script, run_name="__main__")
        except SystemExit as end:
            code = end.code
    trains = sorted({"keras", "tensorflow"} & set(sys.modules))
    answers[script] = {"code": code, "said": said.getvalue(), "imported": trains}
print(json.dumps(answers))
"""
"""Asks all scripts in one process, since what they all import takes longer than their own work."""


@pytest.fixture(scope="module")
def answers():
    command = [sys.executable, "-c", ALL_HELP, *map(str, SCRIPTS)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_every_script_has_help(answers, script):
    answer = answers[str(script)]
    assert answer["code"] == 0
    assert "Usage" in answer["said"]


def test_help_by_hand():
    result = call("simulate.py", "--help")
    assert result.returncode == 0
    assert "Usage" in result.stdout


def test_every_rule_has_its_script_and_every_script_its_rule():
    rules = " ".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    for script in SCRIPTS:
        assert f"rule {script.stem}:" in rules
        assert f'script_of("{script.stem}")' in rules


def test_a_users_error_is_one_message_and_exit_code_one(tmp_path):
    sample = '{"generator": "vertical_showers", "events": 10, "options": {"pixel": 3}}'
    result = call("simulate.py", "--name", "s", "--sample", sample, "--seed", "1", "--first", "0",
                  "--count", "10", "--output", str(tmp_path / "e.h5"))  # fmt: skip
    assert result.returncode == 1
    assert "unknown key 'pixel'; did you mean 'pixels'?" in result.stderr
    assert "Traceback" not in result.stderr
    result = call("build.py", "--name", "d", "--dataset", "{}", "--output",
                  str(tmp_path / "d.h5"), str(tmp_path / "none.h5"))  # fmt: skip
    assert result.returncode == 1
    result = call("predict.py", "--model", "m", "--model", "n", "--seed", "1", "--dataset", "d",
                  "--name", "e", "--experiment", "{}", "--output", "p")  # fmt: skip
    assert result.returncode == 1
    assert "2 networks, 1 seeds," in result.stderr
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_no_script_imports_keras_before_it_is_needed(answers, script):
    assert answers[str(script)]["imported"] == []


def test_modules_are_no_garbage_to_be_looked_through(tmp_path):
    """Not while they are imported, nor afterwards, when garbage is looked for as ever."""
    script = tmp_path / "scripts" / "program.py"
    script.parent.mkdir()
    script.write_text(
        "import gc\n"
        "usual = gc.get_threshold()\n"
        "from footprint.command import run\n"
        "kept = [[]]\n"
        "def main():\n"
        "    assert before[0] > 1e6 and gc.get_threshold() == usual and gc.isenabled()\n"
        "    assert not any(entry is kept for entry in gc.get_objects())\n"
        "before = gc.get_threshold()\n"
        "run(main)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    imported = "import gc, footprint.command; assert gc.get_threshold()[0] < 1e4"
    subprocess.run([sys.executable, "-c", imported], check=True)
