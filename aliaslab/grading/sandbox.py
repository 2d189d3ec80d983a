"""The trusted side of the sandbox: makes one for each notebook, asks for answers, ends what overstays.

bubblewrap builds the walls around a process that only sleeps; a fork of the warm
:mod:`~aliaslab.grading.guest` steps inside, so that imports are paid once and not for each notebook.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import platform
import select
import shutil
import site
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from . import confine, wire
from .answering import plain
from .confine import Limits

_PACKAGE = Path(__file__).resolve().parents[1]
#: Restarts of a notebook whose cells end the interpreter or cannot be stopped gently.
_RESTARTS = 5


class SandboxError(RuntimeError):
    """There is no sandbox here; the message says what to do."""


def missing() -> str:
    """Why there can be no sandbox on this machine, and what to do; empty if there can."""
    if not sys.platform.startswith("linux"):
        return "the sandbox needs Linux; elsewhere use otter grade with Docker, or --no-sandbox for notebooks you trust"
    if not confine.supported():
        return f"the sandbox does not know the processor {platform.machine()}; use --no-sandbox for notebooks you trust"
    if not shutil.which("bwrap"):
        return "bubblewrap is missing: apt-get install bubblewrap (or dnf, pacman); or --no-sandbox for notebooks you trust"
    return ""


def shown() -> list[Path]:
    """The folders of this machine that are readable inside, besides ``/usr``."""
    folders = [Path(sys.base_prefix), Path(sys.prefix), _PACKAGE]
    if site.ENABLE_USER_SITE:
        folders.append(Path(site.getusersitepackages()))
    folders = [folder.resolve() for folder in folders if folder.exists()]
    return [folder for folder in dict.fromkeys(folders) if not folder.is_relative_to("/usr")]


def _walls(limits: Limits) -> list[str]:
    """The bubblewrap command; it prints a line when the walls stand, and then sleeps."""
    root = os.geteuid() == 0
    spaces = (
        ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"] if root else ["--unshare-all"]
    )
    words = ["bwrap", *spaces, "--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv"]
    words += ["--ro-bind", "/usr", "/usr"]
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        if os.path.islink(name):
            words += ["--symlink", os.readlink(name), name]
        elif os.path.isdir(name):
            words += ["--ro-bind", name, name]
    words += ["--perms", "0755", "--dir", "/etc"]
    for name in ("fonts", "hosts", "ld.so.cache", "alternatives", "localtime"):
        words += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    words += ["--proc", "/proc", "--dev", "/dev"]
    for folder in ("/tmp", "/dev/shm"):
        words += ["--perms", "1777", "--size", str(limits.disk_mb << 20), "--tmpfs", folder]
    for folder in shown():
        for parent in reversed(folder.parents[:-1]):
            words += ["--perms", "0755", "--dir", str(parent)]
        words += ["--ro-bind", str(folder), str(folder)]
    words += ["--perms", "0755", "--dir", confine.MARK, "--remount-ro", "/dev", "--remount-ro", "/"]
    return [*words, "--chdir", "/tmp", "--info-fd", "{info}", "/bin/sh", "-c", "echo; exec sleep infinity"]


class _Walls:
    """One sandbox, empty so far; ``pid`` is its first process, seen from outside."""

    def __init__(self, limits: Limits):
        read, write = os.pipe()
        words = [word.format(info=write) for word in _walls(limits)]
        self._bwrap = subprocess.Popen(
            words,
            pass_fds=[write],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PATH": os.environ.get("PATH", os.defpath)},
        )
        os.close(write)
        with open(read, "rb") as info:
            ready = self._bwrap.stdout.readline()
            said = info.read()
        if not ready:
            words = self._bwrap.stderr.read().decode(errors="replace").strip()
            self._bwrap.wait()
            raise SandboxError(
                f"bubblewrap cannot make a sandbox here: {words or 'it said nothing'}; see the book's "
                "page on grading, or use --no-sandbox for notebooks you trust"
            )
        self.pid = json.loads(said)["child-pid"]
        self._end = os.pidfd_open(self.pid)

    def fall(self) -> None:
        """End every process inside; harmless if called again, or from another thread."""
        with contextlib.suppress(OSError):
            self._bwrap.kill()

    def close(self) -> None:
        self.fall()
        self._bwrap.wait()
        select.select([self._end], [], [], 10)  # the kernel ends the rest with the first process
        os.close(self._end)
        self._bwrap.stdout.close()
        self._bwrap.stderr.close()


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
    "PYTHONPATH": str(_PACKAGE.parent),
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

    Raises
    ------
    SandboxError
        If this machine allows none.
    """

    def __init__(self, zygote: Zygote, limits: Limits, sandbox: bool = True):
        self.limits, self.over, self.notes = limits, "", []
        self._zygote, self._runner = zygote, None
        zygote.alive()
        self._walls = _Walls(limits) if sandbox else None
        read, write = os.pipe()
        self._log = _Log(read, limits.output_kb << 10)
        order = {
            "limits": asdict(limits),
            "sandbox": self._walls.pid if self._walls else 0,
            # a user of its own, so that the processes of one notebook are not counted against another
            "user": 1_900_000_000 + os.getpid(),
        }
        self._root = _Stage(zygote.channel, order, [write])
        os.close(write)
        entered = self._root.next(10)
        if entered is None:
            self._walls and self._walls.close()
            raise SandboxError("cannot enter the sandbox; see the book's page on grading")
        roots = [entered["pid"], *([self._walls.pid] if self._walls else [])]
        self._watch = _Watch(roots, limits, self._stop)

    def _stop(self, why: str) -> None:
        self.over = self.over or why
        if self._walls:
            self._walls.fall()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: Any) -> None:
        self._watch.close()
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
        """Run the cells.  One that ends the interpreter, or cannot be stopped, is left out and the rest run again."""
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
            self._note(f"cell {now + 1} {_how(stage.ended, self.limits.cell_seconds)}; it was left out")
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
                        stage = _Question(self._runner.channel, question, code, left)
                    answered = stage.exchange(call)
                except wire.WireError:
                    self._watch.look()
                    self._stop("its process was lost")
                    answered = {"error": self.over}
                    self._note(self.over)
                outcomes.append(answered)
                if stage and stage.ended:
                    left = max(1, left - stage.ended["seconds"])
                    self._note(outcomes[-1]["error"])
                    stage = None
                    break
            outcomes += [{"error": "not asked any more"}] * (len(calls) - len(outcomes))
            found.append(outcomes)
        if stage and not self.over:
            with contextlib.suppress(wire.WireError):
                stage.stop()
        return found


class _Question(_Stage):
    """The process that answers one question."""

    def __init__(self, parent: socket.socket, question: str, code: str, seconds: float):
        self._question, self._seconds = question, seconds
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
        return {"error": f"{self._question} {_how(self.ended, self._seconds)}"}


def _clean(outcome: Any) -> dict:
    """An outcome with nothing but a text, an array or an error in it."""
    if type(outcome) is dict and type(outcome.get("error")) is str:
        return {"error": outcome["error"][:300]}
    if type(outcome) is dict and type(outcome.get("value")) in (str, np.ndarray):
        return {"value": outcome["value"]}
    return {"error": "no answer came back"}


def _how(ended: dict, seconds: float) -> str:
    """How a process ended, in words."""
    if ended.get("late") or (ended["code"] == -9 and ended["seconds"] > seconds - 0.5):
        return f"ran past {seconds:g} s"
    if ended["code"] < 0:
        return f"ended the program (signal {-ended['code']})"
    return f"ended the program (exit status {ended['code']})"


# ---------------------------------------------------------------- keeping watch


class _Log:
    """Reads what a notebook prints, keeps the beginning, and drops the rest."""

    def __init__(self, file: int, most: int):
        self._file, self._most, self._kept, self._dropped = file, most, bytearray(), 0
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with open(self._file, "rb", buffering=0) as pipe:
            while data := pipe.read(1 << 16):
                room = max(0, self._most - len(self._kept))
                self._kept += data[:room]
                self._dropped += len(data) - len(data[:room])

    def text(self) -> str:
        self._thread.join(1)  # in a sandbox, nobody is left who could hold it open
        words = self._kept.decode("utf-8", "replace")
        if self._dropped:
            words += (
                f"\n[printed {self._dropped >> 10} kB more than the {self._most >> 10} kB that are kept]\n"
            )
        return words


class _Watch:
    """Ends a notebook that overstays or takes too much memory."""

    def __init__(self, roots: Sequence[int], limits: Limits, stop: Callable[[str], None]):
        self._roots, self._limits, self._stop = roots, limits, stop
        self._deadline = time.monotonic() + limits.notebook_seconds
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()

    def _keep(self) -> None:
        while not self._closed.wait(0.1):
            self.look()

    def look(self) -> None:
        """Stop the notebook if a limit is passed."""
        if time.monotonic() > self._deadline:
            self._stop(f"the notebook ran past {self._limits.notebook_seconds:g} s")
        elif sum(map(_resident_mb, tree(self._roots))) > self._limits.memory_mb:
            self._stop(f"the notebook used more than {self._limits.memory_mb} MB of memory")

    def close(self) -> None:
        self._closed.set()
        self._thread.join()


def tree(roots: Sequence[int]) -> list[int]:
    """The processes ``roots`` and all that descend from them."""
    found, new = [], list(roots)
    while new:
        pid = new.pop()
        found.append(pid)
        with contextlib.suppress(OSError, ValueError):
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                new += map(int, children.read_text().split())
    return found


def _resident_mb(pid: int) -> float:
    """Memory of its own that a process holds; files that it maps are shared and not counted."""
    with contextlib.suppress(OSError, ValueError):
        lines = dict(line.split(":") for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        return sum(int(lines.get(name, "0").split()[0]) for name in ("RssAnon", "RssShmem")) / 1024
    return 0.0
