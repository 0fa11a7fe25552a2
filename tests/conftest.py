"""What all tests share: how hard Hypothesis tries, chosen by `HYPOTHESIS_PROFILE`.

`default` takes seconds and finds the same examples each time, so that a red run can be run again;
`soak` tries a hundred times as many, new ones each time.
"""

import os

from hypothesis import HealthCheck, settings

# Slow examples are no failures: two test processes share a small machine.
_ALWAYS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile(
    "default", _ALWAYS, max_examples=100, stateful_step_count=30, derandomize=True, database=None
)
settings.register_profile(
    "soak", _ALWAYS, max_examples=10_000, stateful_step_count=100, print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
