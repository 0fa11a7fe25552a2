"""A table as a picture: a line for each of its columns over its first one."""

from pathlib import Path

from entrypoints.cli.errors import CommandError
from entrypoints.reporting import Table

_MOST_TICKS = 12


def draw(table: Table, file: Path) -> None:
    """Write a PNG. Raises CommandError without matplotlib, or when it cannot be written."""
    try:
        # Only those who want pictures need it; loading it takes a second.
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError:
        raise CommandError(
            "A picture needs matplotlib: install cowork-api with the extra 'plot'."
        ) from None
    figure = Figure(figsize=(12, 2.5 * (len(table.columns) - 1)), layout="constrained")
    panels = figure.subplots(len(table.columns) - 1, sharex=True, squeeze=False)
    labels = [str(row[0]) for row in table.rows]
    places = range(len(labels))
    for number, panel in enumerate(panels[:, 0], start=1):
        panel.plot(places, [float(row[number]) for row in table.rows])
        panel.set_ylabel(table.columns[number].replace("_", " "))
        panel.grid(alpha=0.3)
        ticks = places[:: len(labels) // _MOST_TICKS + 1]
        panel.set_xticks(ticks, [labels[place] for place in ticks], rotation=30)
    try:
        figure.savefig(file, format="png")
    except OSError as error:
        raise CommandError(f"The picture cannot be written: {error}") from error
