"""What a process gives up before it runs a student's code: the way out, and most of the machine.

Linux only.  The calls that Python lacks are made through the C library.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

#: Stands in the root folder of every sandbox, so that a process can see that it is in one.
MARK = "/aliaslab-sandbox"

_NEW_NS, _NEW_UTS, _NEW_IPC, _NEW_USER = 0x00020000, 0x04000000, 0x08000000, 0x10000000
_NEW_PID, _NEW_NET, _NEW_CGROUP = 0x20000000, 0x40000000, 0x02000000
_DEATH_SIGNAL, _SET_SECCOMP, _SET_NO_NEW_PRIVS, _FILTER = 1, 22, 38, 2


@dataclass(frozen=True)
class Limits:
    """What one notebook may use.

    A question's and a cell's seconds are of computing, and three times as many may pass on the clock;
    the notebook's are on the clock.
    """

    question_seconds: float = 5
    cell_seconds: float = 20
    notebook_seconds: float = 180
    memory_mb: int = 4096
    processes: int = 32
    disk_mb: int = 64
    output_kb: int = 200


def end_with_parent() -> None:
    """End this process when the one that started it ends, however that comes about."""
    if sys.platform.startswith("linux"):
        _prctl(_DEATH_SIGNAL, signal.SIGKILL)


def enter(pid: int) -> None:
    """Join the sandbox whose first process is ``pid``; the next child is inside.

    Raises
    ------
    OSError
        If that is not allowed, or there is no sandbox.
    """
    kinds = _NEW_NS | _NEW_UTS | _NEW_IPC | _NEW_PID | _NEW_NET
    if os.geteuid():
        kinds |= _NEW_USER  # root needs none, and a plain user may make a sandbox only with one
    descriptor = os.pidfd_open(pid)
    _call("setns", descriptor, kinds)
    os.close(descriptor)
    os.chdir("/")
    if not os.path.exists(MARK):
        raise OSError("this is not the inside of a sandbox")


def give_up(limits: Limits, user: int) -> None:
    """Become a user without rights, bounded in memory, processes, files and system calls."""
    megabyte = 1 << 20
    bounds = {
        resource.RLIMIT_CORE: 0,
        # a process maps far more than it uses; what is used is watched from outside
        resource.RLIMIT_AS: (limits.memory_mb + 2048) * megabyte,
        resource.RLIMIT_FSIZE: limits.disk_mb * megabyte,
        resource.RLIMIT_NPROC: limits.processes,
        resource.RLIMIT_NOFILE: 128,
        resource.RLIMIT_CPU: int(limits.notebook_seconds) + 1,
    }
    for what, most in bounds.items():
        resource.setrlimit(what, (most, most))
    Path("/proc/self/oom_score_adj").write_text("1000")  # if memory runs out, this goes first
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    _drop_capabilities()
    _prctl(_SET_NO_NEW_PRIVS, 1)
    _forbid_system_calls()


def _drop_capabilities() -> None:
    header = ctypes.create_string_buffer(struct.pack("Ii", 0x20080522, 0))
    _call("capset", header, ctypes.create_string_buffer(bytes(24)))


# ---------------------------------------------------------------- system calls

# What no lab needs: new namespaces and mounts (memory without limit), memory and messages that
# outlive or evade the limits, other processes' memory, and the kernel's less travelled doors.
# Numbers: the kernel's syscall tables; from 424 on they are the same everywhere.
_COMMON = {
    *range(425, 434),
    435,
    438,
    440,
    442,
    447,  # io_uring, the new mount calls, clone3, pidfd_getfd, memfd_secret
}
_FORBIDDEN = {
    # mount umount2 pivot_root chroot unshare setns; ptrace process_vm_*; add_key request_key keyctl;
    # bpf perf_event_open userfaultfd kcmp; sched_setaffinity; memfd_create shmget msgget semget mq_open;
    # open_by_handle_at name_to_handle_at; *_module kexec_load reboot swapon quotactl acct
    "x86_64": {
        165, 166, 155, 161, 272, 308, 101, 310, 311, 248, 249, 250, 321, 298, 323, 312,
        203, 319, 29, 68, 64, 240, 304, 303, 175, 176, 313, 246, 169, 167, 179, 163,
    },
    "aarch64": {
        40, 39, 41, 51, 97, 268, 117, 270, 271, 217, 218, 219, 280, 241, 282, 272,
        122, 279, 194, 186, 190, 180, 265, 264, 105, 106, 273, 104, 142, 224, 60, 89,
    },
}  # fmt: skip
_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435
_MMAP = {"x86_64": 9, "aarch64": 222}
#: Memory shared without a file: it stays when its owner lets go of the pages, so nobody would see it.
_SHARED_ANONYMOUS = 0x21
#: The x32 calls of x86_64 have this bit: the same calls under other numbers.
_X32 = 0x40000000

# the kernel's packet filter: load a word, compare, test bits, return
_LOAD, _EQUAL, _AT_LEAST, _BITS, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT, _FOURTH_ARGUMENT_AT = 0, 4, 16, 40


def supported() -> bool:
    """Whether the system calls of this processor are known."""
    return platform.machine() in _FORBIDDEN


def _filter(machine: str) -> list[tuple[int, int, int, int]]:
    """The filter as (code, jump if true, jump if false, constant)."""
    refuse = (_RETURN, 0, 0, _REFUSE | errno.EPERM)
    namespaces = _NEW_NS | _NEW_UTS | _NEW_IPC | _NEW_USER | _NEW_PID | _NEW_NET | _NEW_CGROUP
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 1, 0, _ARCHITECTURE[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, 0, 1, _X32),
        refuse,
        # "unknown call": then the C library uses clone, whose flags a filter can read
        (_EQUAL, 0, 1, _CLONE3),
        (_RETURN, 0, 0, _REFUSE | errno.ENOSYS),
    ]
    for number in sorted((_COMMON | _FORBIDDEN[machine]) - {_CLONE3}):
        program += [(_EQUAL, 0, 1, number), refuse]
    program += [
        (_EQUAL, 0, 4, _MMAP[machine]),
        (_LOAD, 0, 0, _FOURTH_ARGUMENT_AT),
        (_AND, 0, 0, _SHARED_ANONYMOUS),
        (_EQUAL, 0, 1, _SHARED_ANONYMOUS),
        refuse,
        (_LOAD, 0, 0, _NUMBER_AT),
        (_EQUAL, 0, 3, _CLONE[machine]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        (_BITS, 0, 1, namespaces),
        refuse,
        (_RETURN, 0, 0, _ALLOW),
    ]
    return program


def filter_bytes() -> bytes:
    """The filter for this processor, as the kernel and bubblewrap read it."""
    return b"".join(struct.pack("HBBI", *line) for line in _filter(platform.machine()))


def _forbid_system_calls() -> None:
    program = filter_bytes()
    lines = ctypes.create_string_buffer(program)
    head = ctypes.create_string_buffer(struct.pack("HP", len(program) // 8, ctypes.addressof(lines)))
    _prctl(_SET_SECCOMP, _FILTER, ctypes.addressof(head))


def _prctl(*arguments: int) -> None:
    _call("prctl", *(ctypes.c_ulong(argument) for argument in (*arguments, 0, 0, 0, 0)[:5]))


def _call(name: str, *arguments) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
