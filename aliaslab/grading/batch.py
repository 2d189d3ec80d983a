"""A whole class: notebooks in, results on disk, and no work done twice."""

from __future__ import annotations

import contextlib
import hashlib
import json
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

from . import confine
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
                        workers.append(idle := _Worker(setup, len(workers)))
                    idle.start(*work)
                    continue
                busy = {worker.channel: worker for worker in workers if worker.key is not None}
                if not busy:
                    return
                for channel in wait(list(busy), timeout=1) or [
                    w.channel for w in busy.values() if w.is_late()
                ]:
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

    def __init__(self, setup: Setup, number: int):
        # the first notebook waits for the imports, and for the outputs of the common wrong answers
        self._patience, self._since = 300 + 2 * setup.limits.notebook_seconds, 0.0
        context = multiprocessing.get_context("spawn")
        self.channel, theirs = context.Pipe()
        self.key: str | None = None
        self._process = context.Process(target=_work, args=(setup, number, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def start(self, key: str, notebook: bytes) -> None:
        self.key, self._since = key, time.monotonic()
        with contextlib.suppress(OSError):  # if it died, the result will say so
            self.channel.send(notebook)

    def is_late(self) -> bool:
        """Whether it hangs, which a notebook can only bring about by a fault of ours."""
        return time.monotonic() - self._since > self._patience

    def result(self) -> tuple[str, Marked | None]:
        """What it was working on, and its marks, or None if it died of it."""
        key, self.key = self.key, None
        try:
            if not self.channel.poll():
                raise EOFError
            found = self.channel.recv()
        except (EOFError, OSError):
            self.close()
            return key, None
        if isinstance(found, Exception):
            raise found
        return key, found

    def close(self) -> None:
        self.channel.close()
        self._process.join(0 if self.is_late() and self._since else 5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _work(setup: Setup, number: int, channel: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends the others
    confine.end_with_parent()
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
            if marker is None:
                marker = Marker(setup, _processor(number))
                _bound_memory()
        except Exception as error:
            found = RuntimeError(
                f"the lab {setup.lab.name} cannot be marked: {type(error).__name__}: {error}"
            )
        else:
            found = _mark(marker, notebook)
        channel.send(found)


def _mark(marker: Marker, notebook: bytes) -> Marked | SandboxError:
    try:
        return marker.mark(notebook)
    except SandboxError as error:
        return error
    except Exception as error:  # a fault of ours that this notebook found: the others shall have their marks
        why = f"the grader itself failed at this one ({type(error).__name__}): mark it by hand"
        return unmarked(marker.setup.lab.checks(), why)


def _processor(number: int) -> int | None:
    """The processor for the notebooks of one worker, so that none can take the time of another's."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    usable = sorted(os.sched_getaffinity(0))
    return usable[number % len(usable)]


#: Far more than arrays of the size that may be handed over, and what compares them, can need.
_MOST_MEMORY = 8 << 30


def _bound_memory() -> None:
    """Functions among the inputs, and comparisons, compute here with numbers that students chose."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        most = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (used + _MOST_MEMORY, most))
