"""The pages that come out: feedback for each student, and a summary of the class for the instructor.

Each page stands alone and runs nothing.  A student's page holds only our own words, names and points:
neither inputs nor right answers, nor what their functions returned or raised, which could carry inputs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from statistics import mean, median

from .batch import Graded
from .gradebook import Manual, points, possible, total
from .judging import Verdict, marks

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --line: #8886; --bar: 20, 110, 200; }
html { background: #fff; color: #1c1c1c; } a { color: #0645ad; }
body { max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.25; } h2 { margin-top: 2.5rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .35rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th.n, td.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.share { background: rgba(var(--bar), calc(var(--of) * .45)); }
.total { font-size: 1.4rem; } .hint { margin: .2rem 0 0; }
@media (prefers-color-scheme: dark) {
  :root { --bar: 90, 160, 255; } html { background: #161616; color: #ececec; } a { color: #8ab4ff; }
}
"""
#: Should a name ever slip through unescaped, it still runs nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_SHARES = ("none", "up to a third", "up to two thirds", "more", "all")


def write(out: Path, lab: str, class_: Sequence[Graded], manual: Mapping[str, float], given: Manual) -> None:
    """``class.html``, and ``feedback/`` with a page for each submission, in the folder ``out``."""
    (out / "feedback").mkdir(exist_ok=True)
    for graded in class_:
        page = feedback(lab, graded, manual, given.get(graded.submission.key, {}))
        _write(out / "feedback" / f"{graded.submission.key}.html", page)
    _write(out / "class.html", summary(lab, class_, manual, given))


def _write(path: Path, text: str) -> None:
    half = path.with_suffix(".part")
    half.write_text(text, "utf-8")
    half.replace(path)


def _page(title: str, *parts: str) -> str:
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>\n<h1>{escape(title)}</h1>\n"
        + "\n".join(parts)
        + "\n</main></body></html>\n"
    )


def _table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose cells are HTML; numbers, and headings of them, are marked by a leading ``#``."""
    top = "".join(f"<th scope='col'{_kind(cell)}>{cell.lstrip('#')}</th>" for cell in head)
    body = "".join(
        f"<tr><th scope='row'>{row[0]}</th>"
        + "".join(
            cell if cell.startswith("<td") else f"<td{_kind(cell)}>{cell.lstrip('#')}</td>"
            for cell in row[1:]
        )
        + "</tr>"
        for row in rows
    )
    return (
        f"<div class='wide' tabindex='0' role='region' aria-label='{caption}'><table>"
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _kind(cell: str) -> str:
    return " class='n'" if cell.startswith("#") else ""


# ---------------------------------------------------------------- one student


def feedback(lab: str, graded: Graded, manual: Mapping[str, float], by_hand: Mapping[str, float]) -> str:
    """One student's page: points, what kind of fault it was, and what to think about."""
    found = points(graded, by_hand, manual)
    most = {question: of for question, (_, of) in marks(graded.marked.verdicts).items()} | dict(manual)
    rows = [
        [escape(question), "#to be marked" if got is None else f"#{got:g}", f"#{most[question]:g}"]
        for question, got in found.items()
    ]
    return _page(
        f"Feedback on {lab}",
        f"<p>For {escape(graded.submission.student)}</p>",
        f"<p class='total'>{total(found):g} of {possible(graded, manual):g} points</p>",
        _listed("About your notebook", graded.notes),
        "<h2>Points</h2>",
        _table("Points", ["question", "#points", "#of"], rows),
        *_questions(graded.marked.verdicts),
    )


def _listed(title: str, lines: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<h2>{title}</h2><ul>{items}</ul>" if lines else ""


def _questions(verdicts: Sequence[Verdict]) -> list[str]:
    parts = []
    for question, group in groupby(verdicts, key=lambda verdict: verdict.question):
        rows = [
            [
                escape(v.title),
                "passed"
                if not v.hint
                else f"{escape(v.told)}<p class='hint'><b>Hint:</b> {escape(v.hint)}</p>",
                f"#{v.points:g} of {v.possible:g}",
            ]
            for v in group
        ]
        parts += [
            f"<h2>{escape(question)}</h2>",
            _table(f"Checks of {escape(question)}", ["check", "what came of it", "#points"], rows),
        ]
    return parts


# ---------------------------------------------------------------- the class


def summary(lab: str, class_: Sequence[Graded], manual: Mapping[str, float], given: Manual) -> str:
    """The instructor's page: how the points are distributed, and what went wrong most often."""
    found = [points(graded, given.get(graded.submission.key, {}), manual) for graded in class_]
    totals = [total(row) for row in found]
    most = possible(class_[0], manual)
    questions = {q: of for q, (_, of) in marks(class_[0].marked.verdicts).items()} | dict(manual)
    rows = []
    for question, of in questions.items():
        got = [row[question] for row in found if row[question] is not None]
        rows.append(
            [
                escape(question),
                f"#{mean(got):.1f} of {of:g}" if got else "#not marked",
                *_distribution(got, of),
            ]
        )
    rows.append(["all", f"#{mean(totals):.1f} of {most:g}", *_distribution(totals, most)])
    return _page(
        f"{lab}: the class",
        f"<p>{len(class_)} submissions. Mean {mean(totals):.1f}, median {median(totals):g} "
        f"of {most:g} points.</p>",
        "<h2>How the points are distributed</h2><p>How many students got which share of the points.</p>",
        _table("Distribution", ["question", "#mean", *(f"#{share}" for share in _SHARES)], rows),
        "<h2>Misconceptions</h2><p>Recognised because the answers are those of a known wrong solution. "
        "The most frequent first.</p>",
        _misconceptions(class_),
        "<h2>Checks that cost points</h2>",
        _hardest(class_),
        "<h2>Students</h2>",
        _students(class_, totals),
    )


def _distribution(got: Sequence[float], of: float) -> list[str]:
    """A cell for each share of the points, shaded by how many students have it."""
    places = Counter(0 if g <= 0 else 4 if g >= of else 1 + min(2, int(3 * g / of - 1e-9)) for g in got)
    most = max(1, len(got))
    return [
        f"<td class='n share' style='--of:{places[i] / most:.2f}'>{places[i]}</td>"
        for i in range(len(_SHARES))
    ]


def _misconceptions(class_: Sequence[Graded]) -> str:
    who: Counter[tuple[str, str]] = Counter()
    for graded in class_:
        who.update({(q, m) for q, found in graded.marked.misconceptions.items() for m in found})
    if not who:
        return "<p>None was recognised.</p>"
    rows = [[escape(q), escape(m), f"#{count}"] for (q, m), count in who.most_common()]
    return _table("Misconceptions", ["question", "misconception", "#students"], rows)


def _hardest(class_: Sequence[Graded]) -> str:
    lost = Counter(
        (v.question, v.title, v.hint)
        for graded in class_
        for v in graded.marked.verdicts
        if v.points < v.possible
    )
    if not lost:
        return "<p>None.</p>"
    rows = [
        [escape(q), escape(title), escape(hint), f"#{count}"]
        for (q, title, hint), count in lost.most_common()
    ]
    return _table("Checks", ["question", "check", "hint that was given", "#students"], rows)


def _students(class_: Sequence[Graded], totals: Sequence[float]) -> str:
    rows = []
    for graded, got in zip(class_, totals, strict=True):
        key, student = graded.submission.key, escape(graded.submission.student) or "?"
        log = (
            f"<a href='logs/{key}.txt' aria-label='log of {student}'>log</a>" if graded.marked.seconds else ""
        )
        link = f"<a href='feedback/{key}.html'>{student}</a>"
        rows.append([link, f"#{got:g}", escape("; ".join(graded.notes)), log])
    return _table("Students", ["student", "#points", "notes", "log"], rows)
