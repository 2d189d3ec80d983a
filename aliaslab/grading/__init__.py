"""Marks for the labs, in two halves that share nothing but plain data.

:func:`answers` runs where the student's functions live and returns arrays, text and error messages,
nothing else.  :func:`judge` compares that with the reference and never meets an object of the
student's, so that nothing in their code can reach the marks.

========================  =================================================================
``checks``                what is asked, worth how much, and what the answer is
``answering``             beside the student's functions: data out
``judging``               away from them: marks from data
``in_notebook``           helpers for the lab's own cells
``wire``                  the messages between the two sides
``guest``, ``confine``    inside the sandbox: forks, and the rights that they give up
``walls``, ``watch``      outside: what surrounds a notebook, and how long it may take
``sandbox``               outside: asks for answers
``labs``, ``masters``     the labs, and what their masters hold
``marking``               one notebook, from its cells to its marks
``submissions``           the notebooks in a folder or a zip of a learning platform
``batch``, ``cluster``    many notebooks, on this machine or on several
``gradebook``, ``pages``  what comes out: tables, and pages to read
========================  =================================================================
"""

from .answering import Outcome, answers, plain
from .checks import Check, Compare, close, load
from .in_notebook import once_answered, public_points
from .judging import Verdict, judge, marks

__all__ = [
    "Check",
    "Compare",
    "Outcome",
    "Verdict",
    "answers",
    "close",
    "judge",
    "load",
    "marks",
    "once_answered",
    "plain",
    "public_points",
]
