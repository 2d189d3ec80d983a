"""What is watched from outside while a notebook runs: what it prints, how long it takes, its memory."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from .confine import Limits

#: Empty files take no room on a disk, but the kernel's memory.
MOST_FILES = 20_000


def printable(text: str) -> str:
    """Text that may be shown in a terminal: it could move the cursor, or worse."""
    return "".join(c if c.isprintable() or c in "\n\t" else "?" for c in text)


class Log:
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
        words = printable(self._kept.decode("utf-8", "replace"))
        if self._dropped:
            words += (
                f"\n[printed {self._dropped >> 10} kB more than the {self._most >> 10} kB that are kept]\n"
            )
        return words


class Watch:
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
        if any(files > MOST_FILES for files in map(_files, self._roots)):
            self._stop(f"the notebook made more than {MOST_FILES} files")
        elif time.monotonic() > self._deadline:
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
    """Memory of its own that a process holds; files that it maps are shared and not counted.

    Each thread is asked, since the first may have ended and then knows of no memory.
    """
    found = [0.0]
    with contextlib.suppress(OSError):
        for status in Path(f"/proc/{pid}/task").glob("*/status"):
            # a process chooses its name, which stands in the first line
            lines = status.read_text(errors="replace").splitlines()[1:]
            said = dict(line.split(":", 1) for line in lines if ":" in line)
            kinds = (said.get(name, "0").split()[0] for name in ("RssAnon", "RssShmem", "VmSwap"))
            found.append(sum(map(int, kinds)) / 1024)
    return max(found)


def _files(pid: int) -> int:
    """How many files there are in the temporary folders of a sandbox, seen by its first process."""
    found = [0]
    for folder in ("tmp", "dev/shm"):
        with contextlib.suppress(OSError):
            space = os.statvfs(f"/proc/{pid}/root/{folder}")
            found.append(space.f_files - space.f_ffree)
    return max(found)
