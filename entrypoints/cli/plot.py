"""Draws a table as line charts: one per column, over the first column."""

from pathlib import Path

from entrypoints.cli.errors import CommandError
from entrypoints.reporting import Table

_MAX_TICKS = 12


def draw(table: Table, file: Path) -> None:
    """Write a PNG file. Raises CommandError if that fails or matplotlib is not installed."""
    try:
        # Takes a second to import.
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError:
        raise CommandError(
            "--plot needs matplotlib: install cowork-api with the extra 'plot'."
        ) from None
    figure = Figure(figsize=(12, 2.5 * (len(table.columns) - 1)), layout="constrained")
    panels = figure.subplots(len(table.columns) - 1, sharex=True, squeeze=False)
    labels = [str(row[0]) for row in table.rows]
    positions = range(len(labels))
    for number, panel in enumerate(panels[:, 0], start=1):
        panel.plot(positions, [float(row[number]) for row in table.rows])
        panel.set_ylabel(table.columns[number].replace("_", " "))
        panel.grid(alpha=0.3)
        ticks = positions[:: len(labels) // _MAX_TICKS + 1]
        panel.set_xticks(ticks, [labels[position] for position in ticks], rotation=30)
    try:
        figure.savefig(file, format="png")
    except OSError as error:
        raise CommandError(f"Cannot write the chart: {error}") from error
