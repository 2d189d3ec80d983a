"""The trusted side of the sandbox: one for each notebook, in which it asks for answers.

A fork of the warm :mod:`~aliaslab.grading.guest` steps inside the :mod:`~aliaslab.grading.walls`, so that
imports are paid once and not for each notebook.
"""

from __future__ import annotations

import contextlib
import math
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from . import wire
from .answering import ours, plain
from .confine import Limits
from .walls import PACKAGE, SandboxError, Walls
from .watch import Log, Watch, printable

#: Restarts of a notebook whose cells end the interpreter or cannot be stopped gently.
_RESTARTS = 5


class Zygote:
    """A process in which everything that a lab imports is imported: forks of it run the notebooks.

    Parameters
    ----------
    cells : run once, to import what they import.  They are the lab's own, not a student's.
    """

    def __init__(self, cells: Sequence[str] = ()):
        self._cells = list(cells)
        self._start()

    def _start(self) -> None:
        self.channel, theirs = socket.socketpair()
        kept = {
            name: os.environ[name]
            for name in ("HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR")
            if name in os.environ
        }
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "aliaslab.grading.guest", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=kept | _ENVIRONMENT,
        )
        theirs.close()
        wire.send(self.channel, wire.pack({"cells": self._cells}))
        wire.receive(self.channel, 300)

    def alive(self) -> None:
        """Start anew if it died or hangs."""
        if self._process.poll() is not None:
            self.close()
            self._start()

    def close(self) -> None:
        self.channel.close()
        self._process.kill()
        self._process.wait()


_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONPATH": str(PACKAGE.parent),
    "PYTHONDONTWRITEBYTECODE": "1",
    "MPLBACKEND": "agg",
    "ALIASLAB_DEVICE": "cpu",
    "CUDA_VISIBLE_DEVICES": "",
    # one thread: a fork with several is undefined, and the grader itself runs on every core
    **dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), "1"
    ),
}


class _Stage:
    """A process of the guest's tree: its own channel, and its parent's, which tells its end."""

    def __init__(self, parent: socket.socket, order: dict, files: Sequence[int] = ()):
        self._parent = parent
        self.channel, theirs = socket.socketpair()
        self.channel.settimeout(30)  # whoever stops reading shall not stop us
        self.ended: dict | None = None
        with theirs:
            wire.send(parent, wire.pack(order), [theirs.fileno(), *files])

    def next(self, seconds: float) -> dict | None:
        """The next message; None, and :attr:`ended` is set, if there will be none or none comes in time."""
        deadline = time.monotonic() + seconds
        waiting = [self.channel, self._parent]
        while True:
            ready, _, _ = select.select(waiting, [], [], max(0, deadline - time.monotonic()))
            if self.channel in ready:
                try:
                    message = wire.receive(self.channel, max(0.01, deadline - time.monotonic()))
                    if type(message) is dict:
                        return message
                except wire.WireError:
                    pass
                # closed, or no message: its parent will tell why
                waiting = [self._parent]
            elif ready:
                self.ended = _report(self._parent)
                return None
            else:
                wire.send(self._parent, wire.pack({"stop": True}))
                self.ended = _report(self._parent) | {"late": True}
                return None

    def stop(self) -> None:
        """End it."""
        self.channel.close()
        if self.ended is None:
            if not select.select([self._parent], [], [], 0.5)[0]:
                wire.send(self._parent, wire.pack({"stop": True}))
            self.ended = _report(self._parent)


def _report(parent: socket.socket) -> dict:
    """How a child ended.  Anything odd comes from a process that was tampered with: the notebook is over."""
    message = wire.receive(parent, 5)
    if type(message) is not dict or type(message.get("ended")) is not int:
        raise wire.WireError("no report")
    seconds = message.get("seconds")
    return {"code": message["ended"], "seconds": seconds if type(seconds) is float else 0.0}


class Call:
    """One call of a student's function: what is sent, and the functions that stay here."""

    def __init__(self, function: str, arguments: tuple):
        self.functions: list[Callable] = []
        message = {"function": function, "arguments": arguments}
        self.frame = wire.pack(message, self._number)

    def _number(self, function: Callable) -> int:
        self.functions.append(function)
        return len(self.functions) - 1

    def reply(self, message: dict) -> bytes:
        """What one of the functions makes of arguments from inside: data, or the class of an error."""
        try:
            arguments, named = message["arguments"], message["named"]
            if not all(map(_modest, [*arguments, *named.values()])):
                raise ValueError
            with np.errstate(all="ignore"):
                return wire.pack({"value": plain(self.functions[message["ask"]](*arguments, **named))})
        except Exception as error:
            return wire.pack({"error": type(error).__name__})


def _modest(value: Any) -> bool:
    """Whether it is safe to compute with: no side of an array so long that its square fills the memory."""
    return type(value) in (bool, int, float, str) or (
        type(value) is np.ndarray and max(value.shape, default=0) <= 4096
    )


class Session:
    """One notebook in its sandbox, from its first cell to its last answer.

    Parameters
    ----------
    zygote : whose fork runs it.
    limits : what it may use.
    sandbox : whether there are walls around it.
    processor : the only one that it may use, so that others keep theirs; None for all.

    Raises
    ------
    SandboxError
        If this machine allows none.
    """

    def __init__(self, zygote: Zygote, limits: Limits, sandbox: bool = True, processor: int | None = None):
        self.limits, self.over, self.notes = limits, "", []
        self._zygote, self._runner = zygote, None
        zygote.alive()
        self._walls = Walls(limits) if sandbox else None
        read, write = os.pipe()
        self._log = Log(read, limits.output_kb << 10)
        order = {
            "limits": asdict(limits),
            "sandbox": self._walls.pid if self._walls else 0,
            # a user of its own, so that the processes of one notebook are not counted against another
            "user": 1_900_000_000 + os.getpid(),
            "processor": processor,
        }
        self._root = _Stage(zygote.channel, order, [write])
        os.close(write)
        entered = self._root.next(10)
        if entered is None:
            self._walls and self._walls.close()
            raise SandboxError("cannot enter the sandbox; see the book's page on grading")
        roots = [entered["pid"], *([self._walls.pid] if self._walls else [])]
        self._watch = Watch(roots, limits, self._stop)

    def _stop(self, why: str) -> None:
        self.over = self.over or why
        if self._walls:
            self._walls.fall()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: Any) -> None:
        self._watch.close()
        if self._runner:
            self._runner.channel.close()
        if self._walls:
            self._walls.close()
        try:
            self._root.stop()
        except wire.WireError:
            self._zygote.close()  # it starts anew for the next notebook

    @property
    def log(self) -> str:
        """What the notebook printed, up to its limit."""
        return self._log.text()

    def run(self, cells: Sequence[str]) -> None:
        """Run the cells.  One that ends the interpreter, or cannot be stopped, is left out, and the rest
        run again."""
        skip: list[int] = []
        while not self.over and len(skip) <= _RESTARTS:
            now = None
            try:
                order = {"cells": list(cells), "skip": skip, "seconds": self.limits.cell_seconds}
                stage = _Stage(self._root.channel, order)
                while (message := stage.next(3 * self.limits.cell_seconds + 2)) is not None:
                    if "ready" in message:
                        self._runner = stage
                        return
                    now = message.get("cell", now)
                    if message.get("error"):
                        self._note(f"cell {int(message['done']) + 1} {str(message['error'])[:100]}")
            except (wire.WireError, TypeError, ValueError, KeyError):
                break
            if type(now) is not int:
                break
            seconds = self.limits.cell_seconds
            self._note(f"cell {now + 1} {_how(stage.ended, seconds, seconds)}; it was left out")
            skip.append(now)
        self._stop("its cells could not be run to the end")
        self._note(self.over)

    def _note(self, words: str) -> None:
        if words not in self.notes and len(self.notes) < 50:
            self.notes.append(words)

    def ask(self, question: str, checks: Sequence[Sequence[Call]], code: str = "") -> list[list[dict]]:
        """The outcomes of the calls of each check.  A check that ends the process costs no other.

        A question has its seconds for all of its checks; when they are used up, each further check has one.
        """
        found, stage, left = [], None, self.limits.question_seconds
        for calls in checks:
            outcomes: list[dict] = []
            for call in calls:
                try:
                    if self.over or self._runner is None:
                        raise wire.WireError
                    if stage is None:
                        stage = _Question(self._runner.channel, self.limits, question, code, left)
                    answered = stage.exchange(call)
                except wire.WireError:
                    self._watch.look()
                    self._stop("its process was lost")
                    answered = ours(self.over)
                    self._note(self.over)
                outcomes.append(answered)
                if stage and stage.ended:
                    left = max(1, left - stage.ended["seconds"])
                    self._note(outcomes[-1]["error"])
                    stage.channel.close()
                    stage = None
                    break
            outcomes += [ours("not asked any more")] * (len(calls) - len(outcomes))
            found.append(outcomes)
        if stage and not self.over:
            with contextlib.suppress(wire.WireError):
                stage.stop()
        return found


class _Question(_Stage):
    """The process that answers one question."""

    def __init__(self, parent: socket.socket, limits: Limits, question: str, code: str, seconds: float):
        self._question, self._seconds, self._limit = question, seconds, limits.question_seconds
        self._deadline = time.monotonic() + 3 * seconds
        super().__init__(parent, {"code": code, "seconds": math.ceil(seconds)})

    def exchange(self, call: Call) -> dict:
        """Make one call: ``{"value": array or text}`` or ``{"error": words}``."""
        with contextlib.suppress(wire.WireError):  # if it is gone already, its parent tells why
            self.channel.settimeout(max(0.1, self._deadline - time.monotonic()))
            wire.send(self.channel, call.frame)
        while (message := self.next(max(0, self._deadline - time.monotonic()))) is not None:
            if "outcome" in message:
                return _clean(message["outcome"])
            with contextlib.suppress(wire.WireError):
                wire.send(self.channel, call.reply(message))
        return ours(f"{self._question} {_how(self.ended, self._seconds, self._limit)}")


def _clean(outcome: Any) -> dict:
    """An outcome with nothing but a text, an array or an error in it."""
    if type(outcome) is dict and type(outcome.get("error")) is str:
        return {"error": printable(outcome["error"][:300])}
    if type(outcome) is dict and type(outcome.get("value")) in (str, np.ndarray):
        return {"value": outcome["value"]}
    return {"error": "no answer came back"}


def _how(ended: dict, seconds: float, limit: float) -> str:
    """How a process ended, in words; ``seconds`` is what it had left of its limit."""
    # the kernel's limit counts whole ticks, on a busy machine up to twice the time that it reports
    if ended.get("late") or (ended["code"] == -9 and ended["seconds"] > seconds / 2):
        return f"ran past {limit:g} s"
    if ended["code"] < 0:
        return f"ended the program (signal {-ended['code']})"
    return f"ended the program (exit status {ended['code']})"
