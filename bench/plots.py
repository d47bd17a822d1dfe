"""Two kinds of plots, as static SVG: dots on a row for each kind of work, and points with a straight line."""

from __future__ import annotations

import math
from html import escape
from typing import Any

WIDTH = 760
STYLE = """<style>
  text { font: 12px system-ui, sans-serif; fill: #223 } .title { font-weight: 600; font-size: 14px }
  .grid { stroke: #dde } .ours { stroke: #b5482a; stroke-width: 2 }
  .line { stroke: #889; stroke-dasharray: 5 4; fill: none }
</style>"""
COLOURS = (
    *("#1f6f8b", "#4c956c", "#7d4fa0", "#c98a1b", "#99738e", "#55708a"),
    *("#a05c3b", "#3b8ea5", "#6b7a3a", "#b0413e", "#2f4858"),
)
LEFT, RIGHT, TOP = 190, 20, 50


def dots(title: str, rows: dict[str, dict[str, float]], labels: list[str]) -> str:
    """A row for each kind of work, a dot for each server: how many times as much as Pausa it costs, logarithmic."""
    shown = [value for row in rows.values() for value in row.values()] or [1.0]
    low, high = min(0.5, *shown), max(2.0, *shown)
    ticks = [tick for tick in (0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100) if low / 1.1 <= tick <= high * 1.1]

    def place(value: float) -> float:
        share = math.log(value / low) / math.log(high / low)
        return LEFT + 10 + share * (WIDTH - LEFT - RIGHT - 20)

    bottom = TOP + 26 * len(rows)
    parts = [f'<text class="title" x="10" y="22">{escape(title)}</text>']
    for tick in ticks:
        kind = "ours" if tick == 1 else "grid"
        parts.append(
            f'<line class="{kind}" x1="{place(tick):.1f}" x2="{place(tick):.1f}" y1="{TOP - 8}" y2="{bottom}"/>'
        )
        parts.append(f'<text text-anchor="middle" x="{place(tick):.1f}" y="{bottom + 16}">{tick:g}</text>')
    for number, (name, row) in enumerate(rows.items()):
        y = TOP + 26 * number + 10
        parts.append(f'<text text-anchor="end" x="{LEFT - 6}" y="{y + 4}">{escape(name)}</text>')
        for server, value in row.items():
            colour = COLOURS[labels.index(server) % len(COLOURS)]
            parts.append(
                f'<circle cx="{place(value):.1f}" cy="{y}" r="5" fill="{colour}" fill-opacity=".85">'
                f"<title>{escape(server)}: {value:.2f}</title></circle>"
            )
    for number, server in enumerate(labels):
        left, y = 20 + number % 3 * 245, bottom + 40 + number // 3 * 20
        parts.append(f'<circle cx="{left}" cy="{y - 4}" r="5" fill="{COLOURS[number % len(COLOURS)]}"/>')
        parts.append(f'<text x="{left + 10}" y="{y}">{escape(server)}</text>')
    return document(bottom + 50 + 20 * math.ceil(len(labels) / 3), parts)


def curve(title: str, x_label: str, y_label: str, found: dict[str, Any]) -> str:
    """Points, and the straight line that was laid through them; both axes linear, y from zero."""
    points = found["points"]
    right, top = max(x for x, _ in points), max(y for _, y in points) * 1.08
    left, bottom, width = 80, 270, WIDTH - 80 - RIGHT

    def place(x: float, y: float) -> tuple[float, float]:
        return left + x / right * width, bottom - y / top * (bottom - TOP)

    parts = [
        f'<text class="title" x="10" y="22">{escape(title)}</text>',
        f'<text x="10" y="40">{escape(y_label)}</text>',
    ]
    for y in steps(top):
        at = place(0, y)[1]
        parts.append(f'<line class="grid" x1="{left}" x2="{left + width}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text text-anchor="end" x="{left - 8}" y="{at + 4:.1f}">{y:,g}</text>')
    for x in steps(right):
        parts.append(f'<text text-anchor="middle" x="{place(x, 0)[0]:.1f}" y="{bottom + 18}">{x:,g}</text>')
    ends = [(x, min(max(found["start"] + found["slope"] * x, 0), top)) for x in (0, right)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*end) for end in ends))
    parts.append(f'<polyline class="line" points="{path}"/>')
    for x, y in points:
        across, up = place(x, y)
        parts.append(
            f'<circle cx="{across:.1f}" cy="{up:.1f}" r="4" fill="#b5482a"><title>{x:,g}: {y:,g}</title></circle>'
        )
    parts.append(f'<text text-anchor="middle" x="{left + width / 2}" y="{bottom + 38}">{escape(x_label)}</text>')
    return document(bottom + 50, parts)


def steps(high: float) -> list[float]:
    """Round numbers from zero to `high`, about five."""
    size = 10 ** math.floor(math.log10(high / 4))
    size *= next(factor for factor in (1, 2, 5, 10) if high / (size * factor) <= 6)
    return [number * size for number in range(int(high / size) + 1)]


def document(height: float, parts: list[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}">'
    return "\n".join([head, STYLE, f'<rect width="{WIDTH}" height="{height:.0f}" fill="#fff"/>', *parts, "</svg>\n"])
