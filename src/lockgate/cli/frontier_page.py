"""The page of a frontier: risk against loss as a drawing, and what to write to take one of the settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log10

from jinja2 import Environment, StrictUndefined, Template

from lockgate.cli.language import Language
from lockgate.cli.plain_text import neutralise
from lockgate.terms.frontier import Frontier, Point, Setting
from lockgate.terms.privacy_model import model_as_json

WIDTH, HEIGHT = 720, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 24, 20, 56
_TICKS, _MOST_TICKS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2), 8
_SIZES = (2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of the drawing.

    Attributes:
        x: Place across; less risk is further right.
        y: Place down; less loss is further down.
        point: What it stands for.
        name: What a person reads of it.
    """

    x: float
    y: float
    point: Point
    name: str


@dataclass(frozen=True, slots=True)
class Scale:
    """How figures become places on the page.

    Attributes:
        largest: The largest class size that is drawn.
        loss: The greatest loss that is drawn.
    """

    largest: float
    loss: float

    def across(self, size: float) -> float:
        """Return the place of a class size."""
        share = log10(max(size, 1)) / log10(max(self.largest, 2))
        return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)

    def down(self, loss: float) -> float:
        """Return the place of a loss."""
        return round(HEIGHT - _BOTTOM - loss / self.loss * (HEIGHT - _TOP - _BOTTOM), 1)


def render_frontier(frontier: Frontier, title: str, words: Language) -> str:
    """Return the page of a frontier; it stands alone and runs no script.

    Args:
        frontier: Risk against loss.
        title: Of the flow.
        words: The language.
    """
    drawn = [point for point in frontier.points if point.classes]
    scale = Scale(
        max([*(point.k for point in drawn), frontier.needs.k, 2]), max([*(point.loss for point in drawn), 0.01]) * 1.08
    )
    dots = [
        Dot(scale.across(point.k), scale.down(point.loss), point, setting_in_words(point.setting, words))
        for point in drawn
    ]
    unbeaten = sorted((dot for dot in dots if dot.point.is_unbeaten), key=lambda dot: (dot.x, -dot.y))
    page = _template().render(
        w=words,
        f=frontier,
        title=title,
        style=_style(),
        needed=scale.across(frontier.needs.k),
        dots=dots,
        unbeaten=unbeaten,
        others=[dot for dot in dots if not dot.point.is_unbeaten],
        line=_steps(unbeaten),
        sizes=[(scale.across(size), size) for size in _SIZES if size <= scale.largest],
        losses=[(scale.down(loss), f"{loss:.0%}") for loss in _ticks(scale.loss)],
        box=(_LEFT, _TOP, WIDTH - _RIGHT, HEIGHT - _BOTTOM),
        size=(WIDTH, HEIGHT),
        share=_share,
        lines_of=flow_file_lines,
    )
    return neutralise(page)


def setting_in_words(setting: Setting, words: Language) -> str:
    """Return a setting as a person reads it, such as `k = 6, set`."""
    parts = [f"k = {setting.k}", setting.labels]
    if setting.search != "local":
        parts.append(setting.search)
    if setting.left_out:
        parts.append(words.say("frontier-without", columns=", ".join(setting.left_out)))
    parts += [" ".join(str(value) for value in model_as_json(model).values()) for model in setting.models]
    return ", ".join(parts)


def flow_file_lines(setting: Setting) -> str:
    """Return what to write into the flow file to take a setting."""
    lines = ["[protect]", f"k = {setting.k}", f"search = {_text(setting.search)}", f"labels = {_text(setting.labels)}"]
    if setting.left_out:
        lines.append(f"drop = [{', '.join(map(_text, setting.left_out))}]")
    for model in setting.models:
        lines += ["", "[[protect.models]]"]
        lines += [f"{key} = {_value(value)}" for key, value in model_as_json(model).items()]
    return "\n".join(lines)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else _text(str(value))


def _text(text: str) -> str:
    """Return a text as TOML writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in escaped) + '"'


def _steps(dots: Sequence[Dot]) -> str:
    """Return the line of what can be had: from each point as far as the next less risky one, at the next one's loss."""
    best: list[Dot] = []
    for dot in sorted(dots, key=lambda item: (-item.x, -item.y)):  # from the least risk on; lower means further down
        if not best or dot.y > best[-1].y:
            best.append(dot)
    corners: list[tuple[float, float]] = []
    for dot in best:
        if corners:
            corners.append((dot.x, corners[-1][1]))
        corners.append((dot.x, dot.y))
    return " ".join(f"{x},{y}" for x, y in corners)


def _ticks(greatest: float) -> list[float]:
    step = next((step for step in _TICKS if greatest / step <= _MOST_TICKS), _TICKS[-1])
    return [number * step for number in range(int(greatest / step) + 1)]


def _share(value: float) -> str:
    return f"{value:.1%}"


@cache
def _template() -> Template:
    text = files("lockgate.cli").joinpath("frontier_page.html.jinja").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        text
    )


@cache
def _style() -> str:
    return files("lockgate.cli").joinpath("page.css").read_text(encoding="utf-8")
