"""The command line as a whole: help, exit codes, interruption."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from FootDeformityLib.hosts.command_line import main as command_line
from FootDeformityLib.hosts.command_line.main import build_parser, main

LIBRARY = str(Path(__file__).resolve().parents[3] / "FootDeformity")


def exit_code(*words: str) -> int | str | None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    return caught.value.code


@pytest.mark.parametrize("command", [[], ["analyze"], ["measure"], ["detect"]])
def test_help_has_examples(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(*command, "--help") == 0
    shown = capsys.readouterr().out
    assert "examples:" in shown
    assert "footdeformity" in shown
    assert max(len(line) for line in shown.splitlines()) <= 120


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--version") == 0
    assert capsys.readouterr().out.startswith("footdeformity ")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["dance"],
        ["analyze"],
        ["analyze", "--out", "o", "--age", "old"],
        ["analyze", "--out", "o", "--age", "-3"],
        ["analyze", "--out", "o", "--age", "nan"],
        ["analyze", "--out", "o", "--age", "140"],
        ["analyze", "--out", "o", "--side", "both"],
        ["detect", "--out", "o"],
        ["measure", "--out", ""],
    ],
)
def test_wrong_words_exit_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(*words) == 2
    assert "error:" in capsys.readouterr().err


def test_ages(capsys: pytest.CaptureFixture[str]) -> None:
    for text, years in (("14", 14.0), ("7.5", 7.5), ("0", 0.0)):
        assert build_parser().parse_args(["analyze", "--out", "o", "--age", text]).age == years


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(args: object) -> int:
        raise ZeroDivisionError

    parser = build_parser()
    parser.set_defaults(run=bug)
    monkeypatch.setattr(command_line, "build_parser", lambda: parser)
    parser.parse_args = lambda words: type("Args", (), {"run": staticmethod(bug), "command": "x"})()  # type: ignore[assignment,method-assign,misc]
    with pytest.raises(ZeroDivisionError):
        main([])


def test_help_is_light() -> None:
    """--help answers without torch, DICOM or the training library."""
    code = (
        "import sys; from FootDeformityLib.hosts.command_line.main import build_parser; build_parser(); "
        "heavy = {'torch', 'scipy', 'matplotlib', 'pydicom', 'FootDeformityTrainingLib'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": LIBRARY})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interruption_says_one_line(number: signal.Signals) -> None:
    code = (
        "import sys, time\n"
        "from FootDeformityLib.hosts.command_line import main, measure\n"
        "def slow(args):\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(30)\n"
        "measure.run = slow\n"
        "sys.exit(main.main(['measure', '--out', 'x']))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": LIBRARY},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err.strip() == "footdeformity: interrupted; nothing half-written is left behind."
