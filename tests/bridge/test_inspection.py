"""`holdline inspect`: one line of ASCII JSON for each file."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

from mail.inspection import inspect
from tests.letterbox import LETTERS, mail


def inspected(*paths: Path | str) -> list[dict[str, object]]:
    out = io.StringIO()
    inspect([f"{path}\n" for path in paths], out)
    assert out.getvalue().isascii()
    return [json.loads(line) for line in out.getvalue().split("\n")[:-1]]


def test_each_file_is_one_line_in_the_same_order(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(mail("Subject: \u2028 T\u00fcr"))
    tur, bounce, files = inspected(
        tmp_path / "a.eml", LETTERS / "bounce-unknown-user.eml", LETTERS / "apple-mail-picture-and-invoice.eml"
    )
    assert (tur["kind"], tur["subject"], tur["from"]) == ("person", "Tür", {"name": "Anna", "address": "anna@customer.example"})
    assert bounce["kind"] == "bounce"
    assert bounce["bounce"] == {"recipients": ["anna@customer.example"], "permanent": True, "status": "5.1.1"}
    assert files["attachments"] == [
        {"name": "fire.png", "type": "image/png", "size": 70},
        {"name": "Rechnung Nürnberg.pdf", "type": "application/pdf", "size": 9},
    ]
    assert (files["text"], files["visible"], files["bounce"]) == ("Look at this:", "Look at this:", None)


def test_a_file_that_cannot_be_read_is_a_line_too(tmp_path: Path) -> None:
    missing, folder, nul, good = inspected(tmp_path / "missing.eml", tmp_path, "a\x00b", LETTERS / "web-form.eml")
    for line in (missing, folder, nul):
        assert line["kind"] == "unreadable"
        assert line["defects"]
    assert good["kind"] == "notice"


def test_it_runs_without_settings_and_without_a_database(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mail.inspection"],
        input=f"{LETTERS / 'web-form.eml'}\n\n{tmp_path / 'none'}\n",
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(LETTERS.parent.parent)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert [json.loads(line)["kind"] for line in done.stdout.splitlines()] == ["notice", "unreadable"]
    assert list(tmp_path.iterdir()) == []


def test_a_program_may_ask_and_wait_for_each_answer() -> None:
    command = [sys.executable, "-m", "mail.inspection"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=LETTERS.parent.parent) as asked:
        assert asked.stdin is not None
        assert asked.stdout is not None
        for name, kind in (("web-form", "notice"), ("bounce-unknown-user", "bounce")):
            asked.stdin.write(f"{LETTERS / name}.eml\n")
            asked.stdin.flush()
            assert json.loads(asked.stdout.readline())["kind"] == kind


def test_whoever_has_heard_enough_may_go() -> None:
    asking = f"yes {LETTERS / 'web-form.eml'} | head -200 | {sys.executable} -m mail.inspection | head -1"
    done = subprocess.run(asking, shell=True, capture_output=True, text=True, cwd=LETTERS.parent.parent, timeout=60, check=False)
    assert (done.stdout.count("\n"), done.stderr) == (1, "")


def test_the_command_that_only_reads_imports_neither_database_nor_web() -> None:
    watched = (
        "import sys; sys.argv = ['holdline', 'inspect', '--json', '-']; import holdline; holdline.main(); print([*sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", watched],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=LETTERS.parent.parent,
        check=True,
    )
    assert "mail.inspection" in done.stdout
    assert not [name for name in ("sqlalchemy", "flask", "redis", "'app'") if name in done.stdout]
