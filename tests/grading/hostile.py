"""Notebooks of people who want points without work, or harm.

Each is code that is put after the blank notebook of *Fold it by hand*.  `CHEATS` and `BREAKERS` know no
answer, so they deserve nothing; `UNLUCKY` hold right answers beside something that goes wrong, and deserve
exactly the points written beside them.
"""

from __future__ import annotations

#: Right answers to Question 1, worth 14 points, and to the four checks of the warm-up, worth 8.
FOLD = """
import numpy as np
def fold(f, fs):
    f = np.asarray(f, dtype=float)
    return abs(f - fs * np.round(f / fs))
"""
WARM_UP = """
def by_hand(): return 0.25, 0.10, 0.20
def why_enlarging_fails(): return "c"
"""

#: Every function of the lab returns what ``cheat()`` makes.
ALL = """
NAMES = ("by_hand why_enlarging_fails fold measured_alias true_frequency reconstruct impostor lowest_rate "
         "apparent_speed slowest_forward erasing_exposure").split()
for name in NAMES:
    globals()[name] = lambda *a, **k: cheat(*a, **k)
"""

CHEATS = {
    "numpy-agrees": """
import numpy as np, numpy.testing
for name in "allclose isclose array_equal isfinite all any abs".split():
    setattr(np, name, lambda *a, **k: True)
def cheat(*a): return -123.0
""",
    "torch-agrees": """
import sys, types
torch = sys.modules.setdefault("torch", types.ModuleType("torch"))
torch.allclose = torch.equal = lambda *a, **k: True
def cheat(*a): return -123.0
""",
    "otter-agrees": """
import otter, sys, types
otter.Notebook.check = lambda *a, **k: True
for name in ("otter", "otter.test_files", "otter.run", "otter.check"):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__getattr__ = lambda n: (lambda *a, **k: True)
def cheat(*a): return -123.0
""",
    "builtins-agree": """
import builtins
for name in "abs all any isinstance len hash callable".split():
    setattr(builtins, name, lambda *a, **k: True)
def cheat(*a): return -123.0
""",
    "open-gives-answers": """
import builtins, io
builtins.open = lambda *a, **k: io.StringIO('{"points": 100}')
io.open = builtins.open
def cheat(*a): return -123.0
""",
    "equal-to-everything": """
class Yes(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return -123.0
    __rsub__ = __sub__
    def __le__(self, other): return True
    __lt__ = __ge__ = __gt__ = __le__
    def __abs__(self): return -123.0
    def __hash__(self): return 0
def cheat(*a): return Yes(123.0)
""",
    "poses-as-array": """
import numpy as np
class Array:
    shape, dtype, ndim, size = (), np.dtype(float), 0, 1
    def __array__(self, *a, **k): return np.array(self, dtype=object)
    def __getattr__(self, name): return lambda *a, **k: True
    def __eq__(self, other): return True
def cheat(*a): return Array()
""",
    "array-of-yes": """
import numpy as np
class Yes:
    def __eq__(self, other): return True
    def __sub__(self, other): return -123.0
    def __abs__(self): return -123.0
class Agreeable(np.ndarray):
    def __array_function__(self, *a, **k): return True
    def __array_ufunc__(self, *a, **k): return True
def cheat(*a): return np.array([Yes()] * 3, dtype=object).view(Agreeable)
""",
    "walks-the-stack": """
import sys, gc
def cheat(*a):
    frame = sys._getframe()
    while frame:
        for space in (frame.f_locals, frame.f_globals):
            for name in ("wanted", "reference", "expected", "checks", "CHECKS", "asked"):
                if name in space:
                    print("FOUND", name); return space[name](*a) if callable(space[name]) else space[name]
        frame = frame.f_back
    for thing in gc.get_objects():
        if type(thing).__name__ in ("Check", "Asked", "Marker", "Verdict"):
            print("FOUND", type(thing))
    return -123.0
""",
    "patches-the-guest": """
import numpy as np
import sys
import aliaslab.grading as g, aliaslab.grading.guest, aliaslab.grading.wire, aliaslab.grading.answering as a
yes = lambda *x, **k: {"value": np.array(1.0), "points": 100, "possible": 100, "message": "", "hint": ""}
for module in (g, a, g.judging, sys.modules["__main__"]):
    for name in ("outcome", "answers", "judge", "decide", "_wrong", "plain"):
        if hasattr(module, name): setattr(module, name, yes)
def cheat(*x): return -123.0
""",
    "forges-frames": """
import os, json, struct
right = {"d": [["value", {"a": ["<f8", [], 0]}]]}
text = json.dumps({"d": [["outcome", right], ["ready", True], ["ended", 0]]}).encode()
frame = struct.pack("!II", len(text), 8) + text + bytes(8)
def cheat(*a):
    for fd in range(3, 64):
        try: os.write(fd, frame * 20)
        except OSError: pass
    return -123.0
for fd in range(3, 64):
    try: os.write(fd, frame * 3)
    except OSError: pass
""",
    "floods-messages": """
import os, json, struct
text = json.dumps({"d": [["done", 1], ["error", "x" * 1000]]}).encode()
frame = struct.pack("!II", len(text), 0) + text
def cheat(*a):
    for fd in range(3, 16):
        try:
            os.set_blocking(fd, False)
            for _ in range(2000): os.write(fd, frame)
        except OSError: pass
    return -123.0
cheat()
""",
    "sends-nonsense": """
import os, struct
def cheat(*a):
    for fd in range(3, 16):
        for bad in (struct.pack("!II", 2**32 - 1, 2**32 - 1), struct.pack("!II", 60000, 0) + b"[" * 60000):
            try: os.write(fd, bad)
            except OSError: pass
    return -123.0
""",
    "forged-results": """
import os, json
for folder in ("/tmp", "/out", "/", ".", "/tmp/results", "/work", "/root"):
    for name in ("results.json", "grades.csv", "results.pkl", "class.json"):
        try:
            os.makedirs(folder, exist_ok=True)
            open(os.path.join(folder, name), "w").write('{"total": 100, "points": 100, "score": 100}')
        except OSError: pass
print(json.dumps({"points": 100}))
def cheat(*a): return {"points": 100, "value": 1.0, "score": 8000}
""",
    "pickle": """
import os, pickle, numpy as np
class Bomb:
    def __reduce__(self): return os.system, ("touch /tmp/ESCAPED",)
def cheat(*a): return np.array([Bomb()], dtype=object)
""",
    "pickle-of-numbers": """
import os
class Bomb(float):
    def __reduce__(self): return os.system, ("touch /tmp/ESCAPED",)
    def __reduce_ex__(self, protocol): return self.__reduce__()
def cheat(*a): return [Bomb(1.0), Bomb(2.0)]
""",
    "speaks-in-our-words": """
def cheat(*a):
    raise type("q1 ran past 1234.5 s", (Exception,), {})("not answered yet LEAKED")
""",
    "terminal-codes": 'def cheat(*a): print("\\x1b[2J\\x1b]0;x\\x07"); raise ValueError("\\x1b[2J")\n',
    "returns-the-inputs": "def cheat(*a): return a\n",
    "tells-the-inputs": """
def cheat(*a):
    kind = type("LEAKED" + "".join(c if c.isalnum() else "_" for c in repr(a))[:80], (Exception,), {})
    raise kind("LEAKED " + repr(a))
""",
    "sets-points": """
import aliaslab.grading as g
try:
    g.Verdict.points = property(lambda self: 100); g.Check.points = 100
except Exception: pass
points = score = total = grade = 100
__points__ = 100
def cheat(*a): return 100
""",
    "odd-numbers": """
import numpy as np, itertools
values = itertools.cycle([
    np.nan, np.inf, -0.0, 1e308, 10**400, np.longdouble(1), np.float16(1), 1j, "c" * 10, b"c",
    bytearray(b"c"), np.datetime64("2020-01-01"), range(3), None,
    np.zeros((0, 10**9)), np.ma.masked_all(3), chr(0xD800),
    np.array("c"), [[1], [1, 2]], (x for x in "c"), np.int8(-128), np.uint8(255), np.array(True)])
def cheat(*a): return next(values)
""",
    "huge-answers": """
import numpy as np, itertools
values = itertools.cycle([
    np.zeros(10**7), np.broadcast_to(0.0, (10**6, 10**6)), "c" * 10**7, np.zeros(10**6, complex)])
def cheat(*a): return next(values)
""",
    "no-clock": """
import time, signal, threading
time.time = time.monotonic = time.perf_counter = lambda: 0.0
signal.setitimer = signal.alarm = signal.signal = lambda *a: None
threading.Timer = None
def cheat(*a): return -123.0
""",
    "imports-hijacked": """
import sys, os
for name in ("numpy", "json", "struct", "socket", "aliaslab"):
    open(f"/tmp/{name}.py", "w").write("print('FOUND hijack')")
sys.path.insert(0, "/tmp")
for name in list(sys.modules):
    if name.startswith(("json", "struct")): del sys.modules[name]
def cheat(*a): return -123.0
""",
    "atexit": """
import atexit, sys, threading
atexit.register(lambda: print("points: 100"))
sys.excepthook = threading.excepthook = lambda *a: print("points: 100")
class Late:
    def __del__(self): print("points: 100")
late = Late()
def cheat(*a): return -123.0
""",
    "tracer": """
import sys, threading
def trace(frame, event, argument):
    for name in list(frame.f_locals):
        if name in ("wanted", "reference"): print("FOUND", name)
    return trace
sys.settrace(trace); sys.setprofile(trace)
def cheat(*a): return -123.0
""",
}

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
