"""What a terminal shows of a long step."""

from typing import Any

from lockgate.cli.progress import Moving


class Bar:
    """Keeps what is shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def add_task(self, *_: Any, **__: Any) -> int:
        return 1

    def update(self, _task: int, *, rows: str, **_: Any) -> None:
        self.shown.append(rows)


def test_the_pace_is_shown_and_once_the_number_of_rows_is_known_the_time_left() -> None:
    bar, times = Bar(), iter([0.0, 0.0, 0.5, 2.0, 4.0, 10.0, 12.0, 14.0, 16.0])
    moving = Moving(bar, lambda: next(times))

    moving.step("scanning every row")
    for count in (10, 3_990, 6_000):
        moving.rows(count)
    moving.step("protecting every row")
    for count in (2_500, 7_500, 0):
        moving.rows(count)

    assert bar.shown == [
        "",
        "10 rows",
        "4,000 rows, 2,000 a second",
        "10,000 rows, 2,500 a second",
        "",
        "2,500 rows, 1,250 a second, 6 s left",
        "10,000 rows, 2,500 a second",
        "10,000 rows, 1,667 a second",
    ]
