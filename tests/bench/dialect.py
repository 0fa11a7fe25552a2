"""`dialect.json` describes the requests of this service to another load driver.

Its dates are valid in the month in which it was last written. This module prints it with current
dates, which match a dataset created today:

    python -m tests.bench.dialect > tests/bench/dialect.json
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.dates import DAYS_TO_BOOK, Dates, instant

PATH = Path(__file__).with_name("dialect.json")


def dialect(dates: Dates) -> dict[str, Any]:
    """Return the content of the file with these dates."""
    content: dict[str, Any] = json.loads(PATH.read_text())
    start, end = dates.reported
    content["availability"] |= {"from": instant(dates.coming[0]), "to": instant(dates.coming[1])}
    content["occupancy"]["path"] = f"/api/analytics/occupancy?start_date={start}&end_date={end}"
    content["slots"] |= {"base": instant(dates.first_free), "days": DAYS_TO_BOOK}
    return content


def main() -> None:
    sys.stdout.write(json.dumps(dialect(Dates.around(datetime.now(UTC).date())), indent=2) + "\n")


if __name__ == "__main__":
    main()
