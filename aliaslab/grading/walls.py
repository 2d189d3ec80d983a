"""The walls of the sandbox, which bubblewrap builds around a process that only sleeps."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import select
import shutil
import site
import subprocess
import sys
from pathlib import Path

from . import confine
from .confine import Limits

PACKAGE = Path(__file__).resolve().parents[1]


class SandboxError(RuntimeError):
    """There is no sandbox here; the message says what to do."""


def missing() -> str:
    """Why there can be no sandbox on this machine, and what to do; empty if there can."""
    trusted = "--no-sandbox for notebooks that you trust"
    if not sys.platform.startswith("linux"):
        return f"the sandbox needs Linux; elsewhere use otter grade with Docker, or {trusted}"
    if not confine.supported():
        return f"the sandbox does not know the processor {platform.machine()}; use {trusted}"
    if not shutil.which("bwrap"):
        return f"bubblewrap is missing: apt-get install bubblewrap (or dnf, pacman); or {trusted}"
    return ""


def shown() -> list[Path]:
    """The folders of this machine that are readable inside, besides ``/usr``."""
    folders = [Path(sys.base_prefix), Path(sys.prefix), PACKAGE]
    if site.ENABLE_USER_SITE:
        folders.append(Path(site.getusersitepackages()))
    folders = [folder.resolve() for folder in folders if folder.exists()]
    return [folder for folder in dict.fromkeys(folders) if not folder.is_relative_to("/usr")]


def hidden_from_students(*paths: Path) -> None:
    """Refuse paths that students' code could read.

    Raises
    ------
    ValueError
        If one lies in a folder that is readable inside the sandbox; the message says which.
    """
    for path in paths:
        for folder in [Path("/usr"), *shown()]:
            if path.resolve().is_relative_to(folder):
                raise ValueError(f"{path} lies in {folder}, which students' code can read; move it elsewhere")


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
    words += ["--ro-bind", "/dev/null", "/dev/zero"]  # to map it is to share memory that nobody counts
    words += ["--perms", "0755", "--dir", confine.MARK, "--remount-ro", "/dev", "--remount-ro", "/"]
    return [
        *words,
        "--chdir",
        "/tmp",
        "--info-fd",
        "{info}",
        "--seccomp",
        "{filter}",
        "/bin/sh",
        "-c",
        "echo; exec sleep infinity",
    ]


class Walls:
    """One sandbox, empty so far; ``pid`` is its first process, seen from outside."""

    def __init__(self, limits: Limits):
        read, write = os.pipe()
        filter_read, filter_write = os.pipe()
        os.write(filter_write, confine.filter_bytes())
        os.close(filter_write)
        words = [word.format(info=write, filter=filter_read) for word in _walls(limits)]
        self._bwrap = subprocess.Popen(
            words,
            pass_fds=[write, filter_read],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PATH": os.environ.get("PATH", os.defpath)},
        )
        os.close(write)
        os.close(filter_read)
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
