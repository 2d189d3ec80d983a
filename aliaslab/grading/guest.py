"""``python -m aliaslab.grading.guest``: where the student's code runs.

A tree of forks.  The root imports what a lab needs, once, outside of any sandbox; for each notebook it
forks a process that enters one; that one forks a process that runs the cells; and that one forks a
process for each question.  Whatever happens to a process, its parent is as it was before.  Every level
is the same loop, :func:`serve`.  Nothing in here is trusted by the side that decides: see
:mod:`aliaslab.grading.sandbox`.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import gc
import os
import resource
import select
import signal
import socket
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from typing import Any

from . import confine, wire
from .answering import outcome


def serve(channel: socket.socket, work: Callable[[dict, socket.socket, list[int]], None]) -> None:
    """Fork for each order that comes, one at a time, and say how each child ended.

    An order comes with the child's own channel.  While the child works, any message stops it.
    """
    while True:
        files: list[int] = []
        try:
            order = wire.receive(channel, descriptors=files)
        except wire.WireError:
            return
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # if a student ignored it, no child could be awaited
        _flush()
        child = os.fork()
        if not child:
            channel.close()
            _alone(lambda order=order, files=files: work(order, socket.socket(fileno=files[0]), files[1:]))
        for file in files:
            os.close(file)
        _until_it_ends(child, channel)
        _, status, usage = os.wait4(child, 0)
        ended = {"ended": os.waitstatus_to_exitcode(status), "seconds": usage.ru_utime + usage.ru_stime}
        try:
            wire.send(channel, wire.pack(ended))
        except wire.WireError:
            return


def _alone(work: Callable[[], None]) -> None:
    """Do the work in this process, which ends with it."""
    try:
        os.setsid()
        work()
    except BaseException:
        traceback.print_exc()
    _flush()
    os._exit(0)


def _flush() -> None:
    """Print what is still waiting, which a fork would otherwise print twice."""
    with contextlib.suppress(BaseException):
        sys.stdout.flush()
        sys.stderr.flush()


def _until_it_ends(child: int, channel: socket.socket) -> None:
    """Wait for a child; end it, with all that stayed in its session, if a message or nobody is there."""
    end = os.pidfd_open(child) if hasattr(os, "pidfd_open") else None
    watched = [channel] if end is None else [channel, end]
    while True:
        ready, _, _ = select.select(watched, [], [], None if end else 0.02)
        if channel in ready:
            with contextlib.suppress(wire.WireError):
                wire.receive(channel)
            break
        if end in ready or (end is None and _has_ended(child)):
            break
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    if end is not None:
        os.close(end)


def _has_ended(child: int) -> bool:
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


# ---------------------------------------------------------------- the levels of the tree


def notebook(order: dict, channel: socket.socket, files: list[int]) -> None:
    """Enter the sandbox, then serve :func:`cells`."""
    limits = confine.Limits(**order["limits"])
    if order["sandbox"]:
        confine.enter(order["sandbox"])
    if order["processor"] is not None:
        os.sched_setaffinity(0, {order["processor"]})
    inside = os.fork()  # only a child is inside the sandbox's list of processes
    if inside:
        wire.send(channel, wire.pack({"pid": inside}))
        channel.close()
        os.waitpid(inside, 0)
        return
    for file in (1, 2):
        os.dup2(files[0], file)
    os.closerange(3, channel.fileno())
    os.closerange(channel.fileno() + 1, 1024)
    if order["sandbox"]:
        confine.give_up(limits, order["user"])
    os.environ.update(HOME="/tmp", USER="student", MPLCONFIGDIR="/tmp", XDG_CACHE_HOME="/tmp")
    serve(channel, cells)
    os._exit(0)


def cells(order: dict, channel: socket.socket, files: list[int]) -> None:
    """Run the cells, each within its time, then serve :func:`question`."""
    namespace = fresh_namespace()
    for number, source in enumerate(order["cells"]):
        if number in order["skip"]:
            continue
        wire.send(channel, wire.pack({"cell": number}))
        said = run_cell(source, f"<cell {number + 1}>", namespace, order["seconds"])
        wire.send(channel, wire.pack({"done": number, "error": said}))
    wire.send(channel, wire.pack({"ready": True}))
    serve(channel, lambda *arguments: question(namespace, *arguments))


def question(namespace: dict, order: dict, channel: socket.socket, files: list[int]) -> None:
    """Answer one call after the other; ``code`` replaces functions first."""
    seconds = int(order["seconds"])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    exec(order["code"], namespace)
    while True:
        try:
            call = wire.receive(channel, function=lambda number: _handed_over(number, channel))
        except wire.WireError:
            return
        found = outcome(namespace, call["function"], call["arguments"])
        wire.send(channel, wire.pack({"outcome": found}))


def _handed_over(number: int, channel: socket.socket) -> Callable:
    """A function among the inputs: it stays outside, only its arguments and its value travel."""

    def handed_over(*arguments: Any, **named: Any) -> Any:
        wire.send(channel, wire.pack({"ask": number, "arguments": list(arguments), "named": named}))
        reply = wire.receive(channel)
        if "error" in reply:
            raise getattr(builtins, reply["error"], RuntimeError)("the function cannot take this")
        return reply["value"]

    return handed_over


# ---------------------------------------------------------------- running cells


def fresh_namespace() -> dict:
    """What a notebook finds before its first cell: names that Jupyter gives, showing nothing."""
    shell = types.SimpleNamespace(
        run_line_magic=_nothing, run_cell_magic=_nothing, system=_nothing, getoutput=lambda *a: []
    )
    return {"__name__": "__main__", "display": _nothing, "get_ipython": lambda: shell}


def _nothing(*arguments: Any, **named: Any) -> None:
    pass


class _TooLongError(BaseException):
    """No ``except Exception`` of a student's catches it."""


def run_cell(source: str, name: str, namespace: dict, seconds: float) -> str:
    """Run one cell; what went wrong, in a line, or nothing.  The traceback goes to the log."""
    try:
        code = compile(_plain_python(source), name, "exec")
        with _within(seconds):
            exec(code, namespace)
    except _TooLongError:
        return f"ran past {seconds:g} s"
    except NotImplementedError:
        return ""  # a stub
    except BaseException as error:
        with contextlib.suppress(BaseException):
            traceback.print_exc()
        return f"stopped with {type(error).__name__}"[:100]
    return ""


@contextlib.contextmanager
def _within(seconds: float) -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise _TooLongError

    timers = {signal.ITIMER_PROF: seconds, signal.ITIMER_REAL: 3 * seconds}
    signal.signal(signal.SIGPROF, stop)
    signal.signal(signal.SIGALRM, stop)
    try:
        for timer, after in timers.items():
            signal.setitimer(timer, after)
        yield
    finally:
        for timer in timers:
            signal.setitimer(timer, 0)


def _plain_python(source: str) -> str:
    """Without the lines that only Jupyter understands."""
    with contextlib.suppress(SyntaxError, ValueError):
        ast.parse(source)
        return source
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager().transform_cell(source)


def _without_otter() -> None:
    """``import otter`` gives a grader that checks nothing: that costs time and decides nothing."""
    results = types.SimpleNamespace(results={})
    grader = types.SimpleNamespace(
        check=_nothing, export=_nothing, add_plugin_files=_nothing, check_all=lambda *a, **k: results
    )
    otter = types.ModuleType("otter")
    otter.Notebook = lambda *a, **k: grader
    sys.modules["otter"] = otter


def main() -> None:
    channel = socket.socket(fileno=int(sys.argv[1]))
    _without_otter()
    # the lab's own notebook, unanswered: whatever it imports is then imported once for all students
    order = wire.receive(channel)
    namespace = fresh_namespace()
    for source in order["cells"]:
        run_cell(source, "<warming up>", namespace, 60)
    del namespace
    gc.collect()
    gc.freeze()  # pages that the collector leaves alone stay shared
    wire.send(channel, wire.pack({"ready": True}))
    serve(channel, notebook)


if __name__ == "__main__":
    main()
