"""Notebooks that look for a way out, break things, or meet with an accident: see `hostile.py`."""

from __future__ import annotations

from .hostile import ALL, FOLD, WARM_UP

#: Prints FOUND or ESCAPED if it got through; the test looks for these words.
LOOK_AROUND = r"""
import os, socket, subprocess, ctypes, resource, signal
def attempt(name, action, word="ESCAPED"):
    try:
        value = action()
    except BaseException as error:
        print("refused", name, type(error).__name__)
    else:
        print(word if value else "refused", name, str(value)[:200])

SECRETS, PORT = {secrets}, {port}
for secret in SECRETS:
    attempt("secret " + secret, lambda: os.path.exists(secret), "FOUND")
def everything():
    found = []
    for folder, folders, files in os.walk("/"):
        folders[:] = [f for f in folders if os.path.join(folder, f) not in ("/proc", "/usr", "/dev/pts")]
        ends = (".checks.py", "seed.txt", "grades.csv", "hostile.py")
        found += [os.path.join(folder, f) for f in files if f.endswith(ends) or "masters" in folder]
    return found
attempt("files", everything, "FOUND")
def environments():
    said = dict(os.environ)
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for name in ("environ", "cmdline"):
            try: said[pid + name] = open(f"/proc/{pid}/{name}").read()
            except OSError: pass
    return [k for k, v in said.items() if "SECRET" in k or "SECRET" in v]
attempt("environment", environments, "FOUND")
attempt("processes", lambda: len([p for p in os.listdir("/proc") if p.isdigit()]) > 12, "FOUND")
for path in ("/etc/aliaslab", "/usr/escaped", "/bin/escaped", "/escaped", "/dev/escaped", "/sys/escaped",
             "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger",
             os.path.dirname(os.__file__) + "/escaped.py", *SECRETS):
    attempt("write " + path, lambda: open(path, "w").write("x"))
def links():
    os.symlink("/", "/tmp/root"); os.symlink("/proc/1/root", "/tmp/other")
    return [n for n in ("/tmp/root", "/tmp/other") for s in SECRETS if os.path.exists(n + s)]
attempt("links", links, "FOUND")
def descriptors():
    paths = [f"/proc/self/fd/{n}" for n in os.listdir("/proc/self/fd")]
    found = [os.readlink(path) for path in paths if os.path.exists(path)]
    return [f for f in found if f.startswith("/") and not f.startswith(("/dev/", "/proc/"))]
attempt("descriptors", descriptors, "FOUND")
def up():
    for n in range(256):
        try:
            os.fchdir(n); return os.listdir(".")
        except OSError: pass
attempt("folders that are open", up, "FOUND")
for host, port in (("127.0.0.1", PORT), ("1.1.1.1", 53), ("10.0.0.1", 80)):
    attempt("connect " + host, lambda: socket.create_connection((host, port), 0.5) and True)
attempt("datagram", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("8.8.8.8", 53)))
attempt("raw socket", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW) and True)
attempt("become root", lambda: os.setuid(0) or True)
attempt("become another", lambda: os.setuid(1000) or True)
attempt("groups", lambda: os.setgroups([0]) or True)
attempt("more memory", lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)) or True)
attempt("more processes", lambda: resource.setrlimit(resource.RLIMIT_NPROC, (9999, 9999)) or True)
attempt("chroot", lambda: os.chroot("/tmp") or True)
attempt("device", lambda: os.mknod("/tmp/sda", 0o60666, os.makedev(8, 0)) or True)
def runs(*words):
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
attempt("su", lambda: runs("su", "-c", "id"))
attempt("bwrap", lambda: runs("bwrap", "--ro-bind", "/", "/", "true"))
attempt("kill the first process", lambda: os.kill(1, 9) or not os.path.exists("/proc/1"))
C = ctypes.CDLL(None, use_errno=True)
calls = dict(unshare_user=lambda: C.unshare(0x10000000), unshare_net=lambda: C.unshare(0x40000000),
             mount=lambda: C.mount(b"none", b"/tmp", b"tmpfs", 0, None), ptrace=lambda: C.ptrace(16, 1, 0, 0),
             memfd=lambda: C.memfd_create(b"x", 0), shm=lambda: C.shmget(0, 1 << 20, 0o1600),
             keys=lambda: C.syscall(248, b"user", b"a", b"b", 1, -3), setns=lambda: C.setns(0, 0),
             uring=lambda: C.syscall(425, 1, 0),
             clone_user=lambda: C.syscall(56, 0x10000000 | 17, 0, 0, 0, 0),
             clone3=lambda: C.syscall(435, 0, 0), x32=lambda: C.syscall(0x40000000 | 272, 0x10000000),
             nothing_forbidden=lambda: C.prctl(22, 0, 0, 0, 0), bpf=lambda: C.syscall(321, 0, 0, 0),
             affinity=lambda: C.sched_setaffinity(0, 128, bytes([255]) * 128),
             sethostname=lambda: C.sethostname(b"x", 1), reboot=lambda: C.reboot(0),
             swapon=lambda: C.swapon(b"/tmp/x", 0))
for name, call in calls.items():
    attempt(name, lambda: call() != -1)
attempt("unlimited file", lambda: open("/tmp/big", "wb").write(bytes(10**8)) and True)
os.path.exists("/tmp/big") and os.remove("/tmp/big")
def many():
    children = []
    try:
        while len(children) < 60: children.append(subprocess.Popen(["sleep", "9"]))
    except OSError: pass
    for child in children: child.kill(); child.wait()
    return len(children) > 24
attempt("more than 24 processes", many)
def files():
    found = []
    try:
        while len(found) < 200: found.append(os.dup(1))
    except OSError: pass
    for file in found: os.close(file)
    return len(found) > 128
attempt("more than 128 open files", files)
def fill(folder):
    written = 0
    try:
        for i in range(200):
            with open(f"{folder}/{i}", "wb", buffering=0) as file: written += file.write(bytes(1 << 20))
    except OSError: pass
    for i in range(200):
        try: os.remove(f"{folder}/{i}")
        except OSError: pass
    return written > 20 << 20
for folder in ("/tmp", "/dev/shm", "/dev", "/", "/var", "/run"):
    attempt("fill " + folder, lambda: fill(folder))
print("looked around")
"""

BREAKERS = {
    "memory-list": "x = []\nwhile True: x.append(bytearray(10**7))",
    "memory-numpy": "import numpy as np\nx = [np.ones(2 * 10**7) for i in range(100)]",
    "memory-in-function": "import numpy as np\ndef cheat(*a): return [np.ones(10**7) for i in range(99)]\n"
    + ALL,
    "memory-in-children": """
import os, time
for _ in range(20):
    if not os.fork():
        x = bytearray(b"x") * (300 << 20); time.sleep(60); os._exit(0)
time.sleep(60)
""",
    "memory-under-another-name": """
import ctypes, numpy as np, time
ctypes.CDLL(None).prctl(15, b"a: b: 0 kB")
x = [np.ones(5 * 10**6) for i in range(14)]; time.sleep(60)
""",
    "memory-of-a-second-thread": """
import ctypes, threading, time, numpy as np, os
if not os.fork():
    def hoard():
        time.sleep(0.2); x = [np.ones(5 * 10**6) for i in range(14)]; time.sleep(60)
    threading.Thread(target=hoard).start()
    ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[os.uname().machine], 0)
time.sleep(60)
""",
    "memory-shared": """
import mmap, ctypes
def hoard(memory):
    start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    for at in range(0, len(memory), 1 << 20):
        ctypes.memset(start + at, 1, 1 << 20); memory.madvise(mmap.MADV_DONTNEED, at, 1 << 20)
try: memory = mmap.mmap(-1, 2 << 30); print("ESCAPED anonymous"); hoard(memory)
except OSError: pass
with open("/dev/zero", "r+b") as file:
    try: memory = mmap.mmap(file.fileno(), 2 << 30); print("ESCAPED zero"); hoard(memory)
    except (OSError, ValueError): pass
""",
    "many-files": """
import os
for i in range(10**6): os.close(os.open(f"/tmp/{i}", os.O_CREAT))
""",
    "takes-the-processors": """
import os
for i in range(20):
    if not os.fork():
        while True: pass
def cheat(*a):
    while True: pass
"""
    + ALL,
    "fork-bomb": """
import os, time
while True:
    try: os.fork()
    except OSError: time.sleep(60)
""",
    "thread-bomb": """
import threading, time
while True: threading.Thread(target=time.sleep, args=(60,)).start()
""",
    "leaves-daemons": """
import os, time
for _ in range(3):
    if not os.fork():
        os.setsid()
        if os.fork(): os._exit(0)
        for fd in range(3): os.close(fd)
        time.sleep(600); os._exit(0)
import subprocess
subprocess.Popen(["sleep", "600.25"], start_new_session=True)
""",
    "kills-all": "import os\nos.kill(-1, 9)",
    "kills-parents": "import os\ndef cheat(*a): os.kill(os.getppid(), 9)\n" + ALL,
    "stops-parents": "import os, signal\ndef cheat(*a): os.kill(os.getppid(), signal.SIGSTOP)\n" + ALL,
    "stops-itself": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "closes-everything": "import os\nos.closerange(0, 256)",
    "stops-all": "import os\nos.kill(-1, 19)",
    "freezes-in-every-cell": "import time\ntry: time.sleep(99)\nexcept BaseException: time.sleep(99)",
}

UNLUCKY = {
    "loop-in-a-cell": (FOLD + "while True: pass", 14),
    "loop-in-a-function": (
        FOLD + "def by_hand():\n    while True: pass\ndef why_enlarging_fails(): return 'c'",
        16,
    ),
    "loop-that-ignores-signals": (
        WARM_UP + "import signal\nfor s in range(1, 64):\n    try: signal.signal(s, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\ndef fold(f, fs):\n    while True: pass",
        8,
    ),
    "loop-that-catches-all": (
        FOLD + "def by_hand():\n    while True:\n        try:\n            while True: pass\n"
        "        except BaseException: pass",
        14,
    ),
    "sleeps": (FOLD + "import time\ndef by_hand(): time.sleep(99)", 14),
    "slow-library-call": (FOLD + "import re\ndef by_hand(): re.match('(a+)+$', 'a' * 60 + 'b')", 14),
    "ends-in-a-cell": ((FOLD, "import os; os._exit(7)", WARM_UP), 22),
    "ends-in-a-function": (WARM_UP + "import os\ndef fold(f, fs): os._exit(0)", 8),
    "exits": ((FOLD, "exit()", "quit()", "raise SystemExit", WARM_UP), 22),
    "crashes": ((FOLD + "import ctypes\ndef by_hand(): ctypes.string_at(0)", "ctypes.string_at(0)"), 14),
    "recursion": (FOLD + "def by_hand(): return by_hand()", 14),
    "kills-itself": (FOLD + "import os\ndef by_hand(): os.kill(os.getpid(), 9)", 14),
    "prints-200-mb": (FOLD + "for i in range(200): print('x' * 10**6)", 14),
    "prints-in-a-function": (
        WARM_UP + FOLD + "_fold = fold\ndef fold(f, fs):\n    print('y' * 10**6)\n    return _fold(f, fs)",
        22,
    ),
    "no-output": (FOLD + "import sys, os\nsys.stdout = sys.stderr = None\nos.close(1); os.close(2)", 14),
    "syntax-error": ((WARM_UP, "def broken(:", FOLD), 22),
    "magics": (("%matplotlib inline\n" + WARM_UP, "!pip install nothing\nfoo?", "%%time\nx = 1", FOLD), 22),
    "renamed": (WARM_UP + FOLD.replace("def fold", "def my_fold"), 8),
    "shadowed-names": (FOLD + "print = len = abs\nlist = dict = None", 14),
    "threads": (
        FOLD + "import threading, time\nthreading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
        14,
    ),
    "changes-its-input": (
        FOLD + "_fold = fold\ndef fold(f, fs):\n    found = _fold(f, fs)\n"
        "    if hasattr(f, 'shape'): f *= 0\n    return found",
        14,
    ),
    "works-in-another-folder": (
        FOLD + "import os\nos.makedirs('/tmp/a'); os.chdir('/tmp/a'); os.umask(0o777)",
        14,
    ),
}
