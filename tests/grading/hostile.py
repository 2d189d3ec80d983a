"""Notebooks of people who want points without work; those of `breaking.py` want harm, or are unlucky.

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
