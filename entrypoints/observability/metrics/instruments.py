"""The instruments: everything that a process counts, with its name and labels.

prometheus_client decides when it is imported whether processes share their numbers (see
`shared.py`), so nothing may import this module before that is settled.
"""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

# When each series began: as many again, and nothing asks for it.
disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no types

REQUEST_SECONDS = Histogram(
    "cowork_http_request_duration_seconds",
    "How long requests took, by the template of their path.",
    ["method", "route", "status"],
    # From a booking that is read, to one that waits for a lock for as long as it may.
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
PROBLEMS = Counter("cowork_problems", "Requests that failed, by the problem's code.", ["code"])
STRIPE_EVENTS = Counter("cowork_stripe_events", "Events that Stripe sent, signed.", ["type"])
MAILS = Counter("cowork_mails", "Mails, by what became of the attempt.", ["outcome"])
JOBS = Counter("cowork_job_runs", "Attempts at background jobs.", ["kind", "outcome"])
CHORES = Counter("cowork_chore_runs", "Rounds of the worker's chores.", ["chore", "outcome"])
CHORE_ITEMS = Counter("cowork_chore_items", "What those rounds found to do.", ["chore"])
POOL_IN_USE = Gauge(
    "cowork_pool_connections_in_use",
    "Connections to the database that somebody uses.",
    ["pool"],
    multiprocess_mode="livesum",
)
POOL_SIZE = Gauge(
    "cowork_pool_connections_max",
    "Connections to the database that may be open.",
    ["pool"],
    multiprocess_mode="livesum",
)
POOL_WAITING = Gauge(
    "cowork_pool_waiting",
    "Units of work that wait for a connection.",
    ["pool"],
    multiprocess_mode="livesum",
)
