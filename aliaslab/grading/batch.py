"""A whole class: notebooks in, results on disk, and no work done twice."""

from __future__ import annotations

import contextlib
import hashlib
import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

from .marking import Marked, Marker, Setup, unmarked
from .submissions import Submission
from .walls import SandboxError

#: What marks notebooks: given (key, notebook) pairs, yields (key, marks) as they are done.
Runner = Callable[[Setup, Iterable[tuple[str, bytes]]], Iterator[tuple[str, Marked]]]


@dataclass(frozen=True)
class Graded:
    """A submission with its marks."""

    submission: Submission
    marked: Marked

    @property
    def notes(self) -> list[str]:
        return [*self.submission.notes, *self.marked.notes]


def grade(
    submissions: list[Submission],
    setup: Setup,
    out: Path,
    runner: Runner,
    progress: Callable[[], None] = lambda: None,
) -> list[Graded]:
    """Mark the submissions, each once: what ``out`` holds already, of the same notebook, is taken from there.

    Parameters
    ----------
    submissions : found by :func:`~aliaslab.grading.submissions.find`.
    setup : the lab, the seed and the limits.
    out : folder for ``results/`` and ``logs/``.
    runner : marks them, such as :func:`in_processes`.
    progress : called when one more is done.
    """
    for folder in ("results", "logs"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    checks = setup.lab.checks()
    done: dict[str, Marked] = {}
    digests: dict[str, str] = {}

    def still_to_mark() -> Iterator[tuple[str, bytes]]:
        for submission in submissions:
            try:
                data = submission.read()
            except ValueError as error:
                done[submission.key] = unmarked(checks, str(error))
            else:
                digests[submission.key] = hashlib.sha256(setup.digest.encode() + data).hexdigest()
                if before := _saved(out, submission.key, digests[submission.key]):
                    done[submission.key] = before
                else:
                    yield submission.key, data
                    continue
            progress()

    for key, marked in runner(setup, still_to_mark()):
        done[key] = marked
        _write(out / "logs" / f"{key}.txt", marked.log)
        found = {"digest": digests[key]} | marked.as_json() | {"log": ""}
        _write(out / "results" / f"{key}.json", json.dumps(found))
        progress()
    return [Graded(submission, done[submission.key]) for submission in submissions]


def _saved(out: Path, key: str, digest: str) -> Marked | None:
    try:
        data = json.loads((out / "results" / f"{key}.json").read_text("utf-8"))
        if data.pop("digest") == digest:
            return Marked.from_json(data)
    except (OSError, ValueError, KeyError, TypeError):
        pass  # half written, or of another version: mark it again
    return None


def _write(path: Path, text: str) -> None:
    """Whole or not at all, even if the grader is ended in between."""
    half = path.with_suffix(".part")
    half.write_text(text, "utf-8")
    half.replace(path)


# ---------------------------------------------------------------- on this machine


def in_processes(jobs: int) -> Runner:
    """A runner with ``jobs`` processes, of which one that dies costs no submission but its own."""

    def run(setup: Setup, notebooks: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, Marked]]:
        workers: list[_Worker] = []
        source = iter(notebooks)
        try:
            while True:
                idle = next((worker for worker in workers if worker.key is None), None)
                # the next notebook is read when there is somebody to mark it, so few are in memory
                if (idle or len(workers) < jobs) and (work := next(source, None)):
                    if not idle:
                        workers.append(idle := _Worker(setup))
                    idle.start(*work)
                    continue
                busy = {worker.channel: worker for worker in workers if worker.key is not None}
                if not busy:
                    return
                for channel in wait(list(busy)):
                    worker = busy[channel]
                    key, marked = worker.result()
                    if marked is None:
                        workers.remove(worker)
                        marked = unmarked(
                            setup.lab.checks(), "the grader itself stopped at this one: mark it by hand"
                        )
                    yield key, marked
        finally:
            for worker in workers:
                worker.close()

    return run


class _Worker:
    """A process with a marker of its own."""

    def __init__(self, setup: Setup):
        context = multiprocessing.get_context("spawn")
        self.channel, theirs = context.Pipe()
        self.key: str | None = None
        self._process = context.Process(target=_work, args=(setup, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def start(self, key: str, notebook: bytes) -> None:
        self.key = key
        with contextlib.suppress(OSError):  # if it died, the result will say so
            self.channel.send(notebook)

    def result(self) -> tuple[str, Marked | None]:
        """What it was working on, and its marks, or None if it died of it."""
        key, self.key = self.key, None
        try:
            found = self.channel.recv()
        except (EOFError, OSError):
            self.close()
            return key, None
        if isinstance(found, Exception):
            raise found
        return key, found

    def close(self) -> None:
        self.channel.close()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _work(setup: Setup, channel: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends the others
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    marker = None
    while True:
        try:
            notebook = channel.recv()
        except (EOFError, OSError):
            if marker:
                marker.close()
            return
        try:
            marker = marker or Marker(setup)
            found = marker.mark(notebook)
        except SandboxError as error:
            found = error
        except Exception as error:
            found = RuntimeError(
                f"the lab {setup.lab.name} cannot be marked: {type(error).__name__}: {error}"
            )
        channel.send(found)
