"""Keeping what came: one thread, one commit for all letters that wait, so that many senders share one wait for the disk."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue

import structlog
from sqlalchemy import make_url
from sqlalchemy.exc import InterfaceError, OperationalError

from helpdesk.db import Database
from helpdesk.settings import Settings
from mail import inbound
from mail.inbound import Parcel
from mail.letter import Receipt

LETTERS, OCTETS = 64, 32 * 1024 * 1024  # in one commit

log = structlog.get_logger()


class Keeper:
    """Hand it parcels from any thread; each future is answered once that parcel is durable, or has failed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: SimpleQueue[tuple[Parcel, Future[Receipt]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Keep what was handed over, then end."""
        self._waiting.put(None)
        self._thread.join()

    def keep(self, parcel: Parcel) -> Future[Receipt]:
        future: Future[Receipt] = Future()
        self._waiting.put((parcel, future))
        return future

    def _run(self) -> None:
        ended = False
        while not ended:
            batch, ended = self._gather()
            if batch:
                self._keep(batch)

    def _gather(self) -> tuple[list[tuple[Parcel, Future[Receipt]]], bool]:
        """What waits now, at least one; and whether it was the last."""
        batch: list[tuple[Parcel, Future[Receipt]]] = []
        octets = 0
        while len(batch) < LETTERS and octets < OCTETS:
            try:
                item = self._waiting.get(block=not batch)
            except Empty:
                break
            if item is None:
                return batch, True
            batch.append(item)
            octets += len(item[0].raw)
        return batch, False

    def _keep(self, batch: list[tuple[Parcel, Future[Receipt]]]) -> None:
        try:
            receipts = inbound.accept(self._database, [parcel for parcel, _ in batch])
        except Exception as error:
            self._failed(batch, error)
            return
        for (_, future), receipt in zip(batch, receipts, strict=True):
            _answer(future, receipt)

    def _failed(self, batch: list[tuple[Parcel, Future[Receipt]]], error: Exception) -> None:
        log.error("keeping failed", letters=len(batch), error=type(error).__name__)  # no more: its text quotes the letter
        if isinstance(error, OperationalError | InterfaceError):
            # The database itself: trying each alone would only wait for as long again.  After a failed fsync its files must be
            # opened anew, for the system may have dropped the pages and call the next fsync a success.
            self._database.close()
        elif len(batch) > 1:
            for one in batch:  # one bad letter must not hurt the others
                self._keep([one])
            return
        for _, future in batch:
            _answer(future, error)


def has_room(settings: Settings) -> bool:
    """Whether the disks could take one and a half of the largest letter that we offer to take."""
    return all(_has_room(folder, settings.max_mail_bytes * 3 // 2) for folder in _volumes(settings))


def _volumes(settings: Settings) -> list[Path]:
    url = make_url(settings.database)
    file = url.database if url.get_backend_name() == "sqlite" else None
    return [settings.data_dir, Path(file).parent] if file else [settings.data_dir]


def _has_room(folder: Path, octets: int) -> bool:
    try:
        disk = os.statvfs(folder)
    except FileNotFoundError:
        return True  # nothing of ours lies there
    except OSError:
        return False
    inodes = disk.f_files == 0 or disk.f_favail > 0  # some file systems count none
    return inodes and disk.f_bavail * disk.f_frsize >= octets


def _answer(future: Future[Receipt], answer: Receipt | Exception) -> None:
    """Whoever asked may be gone; the letter is kept all the same."""
    if not future.set_running_or_notify_cancel():
        return
    if isinstance(answer, Receipt):
        future.set_result(answer)
    else:
        future.set_exception(answer)
