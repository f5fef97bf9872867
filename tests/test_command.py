"""Scripts run by hand: help, messages without traceback, exit codes."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

SCRIPTS = sorted((ROOT / "scripts").glob("*.py"))


def call(script, *arguments):
    command = [sys.executable, str(ROOT / "scripts" / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_every_script_has_help(script):
    result = call(script.name, "--help")
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
    assert list(tmp_path.iterdir()) == []


def test_scripts_that_do_not_train_never_import_keras():
    code = (
        "import sys, runpy; sys.argv = ['x', '--help'];\n"
        "try: runpy.run_path(sys.argv[0] if False else {path!r}, run_name='__main__')\n"
        "except SystemExit: pass\n"
        "assert 'keras' not in sys.modules and 'tensorflow' not in sys.modules"
    )
    for script in SCRIPTS:
        command = [sys.executable, "-c", code.format(path=str(script))]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert result.returncode == 0, script
