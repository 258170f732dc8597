"""In which order one process starts its parts."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import app
from helpdesk.db import Database
from helpdesk.settings import Settings
from mail.parts import Parts
from tests.servers import answers, free_port


def test_the_doors_are_open_before_the_first_mail_leaves(settings: Settings, migrated_sqlite: Path) -> None:
    port, stop, open_when_work_begins = free_port(), threading.Event(), []
    settings = settings.model_copy(update={"smtp_listen": f"127.0.0.1:{port}", "web_listen": f"127.0.0.1:{free_port()}"})
    settings.data_dir.mkdir(parents=True)
    shutil.copy(migrated_sqlite, settings.data_dir / "holdline.db")

    def work_begins(_parts: Parts) -> app.Times:
        open_when_work_begins.append(answers(port))
        stop.set()
        return []

    in_the_end = threading.Timer(30, stop.set)
    in_the_end.start()
    app.run(Parts(Database(settings)), web=True, smtp=True, workers=True, stop=stop, times=work_begins)
    in_the_end.cancel()
    assert open_when_work_begins == [True]
    assert not answers(port)
