"""The instruments of a process: name, description and labels of each metric.

prometheus_client decides at its import whether processes share their metrics (see
`multiprocess.py`), so this module must not be imported before that is decided.
"""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

# The `_created` series would double the number of series.
disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no types

REQUEST_SECONDS = Histogram(
    "cowork_http_request_duration_seconds",
    "Duration of requests by route, in seconds.",
    ["method", "route", "status"],
    # From reading one booking to waiting for a lock until its timeout.
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
PROBLEMS = Counter("cowork_problems", "Failed requests by problem code.", ["code"])
STRIPE_EVENTS = Counter(
    "cowork_stripe_events", "Stripe events with a valid signature, by type.", ["type"]
)
MAILS = Counter("cowork_mails", "Attempts to send a mail, by outcome.", ["outcome"])
JOBS = Counter(
    "cowork_job_runs", "Attempts to run a background job, by outcome.", ["kind", "outcome"]
)
TASK_RUNS = Counter(
    "cowork_chore_runs", "Runs of periodic tasks, by outcome.", ["chore", "outcome"]
)
TASK_ITEMS = Counter("cowork_chore_items", "Items processed by periodic tasks.", ["chore"])
POOL_IN_USE = Gauge(
    "cowork_pool_connections_in_use",
    "Database connections in use.",
    ["pool"],
    multiprocess_mode="livesum",
)
POOL_SIZE = Gauge(
    "cowork_pool_connections_max",
    "Maximum number of database connections.",
    ["pool"],
    multiprocess_mode="livesum",
)
POOL_WAITING = Gauge(
    "cowork_pool_waiting",
    "Units of work that wait for a database connection.",
    ["pool"],
    multiprocess_mode="livesum",
)
