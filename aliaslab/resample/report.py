"""The audit as one web page: the table, and what each method makes of a zone plate."""

from __future__ import annotations

import base64
import io
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..signals.images import zone_plate
from .resizing import downsample

if TYPE_CHECKING:
    import pandas as pd

_SIDE, _SHOWN = 256, 128
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: .3rem .7rem; text-align: right; border-bottom: 1px solid #8886; }
th:first-child, td:first-child { text-align: left; }
img { image-rendering: pixelated; display: block; }
.use { font-weight: 600; } .ban { text-decoration: underline wavy #c33; }
"""


def write_report(table: pd.DataFrame, absent: dict[str, str], path: Path) -> None:
    """Write the report of an :func:`~aliaslab.audit` to ``path``; ``absent`` maps methods to reasons."""
    parts = [_section(factor, rows) for factor, rows in table.groupby("factor")]
    notes = [f"Instead of {name}: {instead}" for name, instead in table.attrs["advice"].items()]
    notes += [f"Not measured: {name}: {reason}" for name, reason in absent.items()]
    page = (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>Resize audit</title><style>{_STYLE}</style></head><body><h1>Resize audit</h1>"
        "<p>Least alias power first. Beside each method: a zone plate of 256 pixels, shrunk by it. Rings "
        "outside the middle square are detail that the small picture cannot hold, folded.</p>"
        + "".join(parts)
        + "<h2>Notes</h2><ul>"
        + "".join(f"<li>{escape(note)}</li>" for note in notes)
        + "</ul></body></html>"
    )
    path.write_text(page, encoding="utf-8")


def _section(factor: float, rows: pd.DataFrame) -> str:
    columns = rows.columns.drop("factor")
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in columns)
    body = "".join(
        "<tr>"
        + "".join(f"<td class='{row.verdict}'>{_cell(row[name])}</td>" for name in columns)
        + f"<td>{_picture(row.method, factor)}</td></tr>"
        for _, row in rows.iterrows()
    )
    return (
        f"<h2>{factor:g} times smaller</h2><div class='wide'><table><thead><tr>{head}"
        f"<th scope='col'>zone plate</th></tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else escape(str(value))


def _picture(method: str, factor: float) -> str:
    from PIL import Image

    small = downsample(zone_plate(_SIDE), factor, method)
    data = io.BytesIO()
    Image.fromarray(np.rint(255 * np.clip(small, 0, 1)).astype(np.uint8)).save(data, "PNG")
    return (
        f"<img width='{_SHOWN}' height='{_SHOWN}' alt='zone plate shrunk by {escape(method)}' "
        f"src='data:image/png;base64,{base64.b64encode(data.getvalue()).decode()}'>"
    )
