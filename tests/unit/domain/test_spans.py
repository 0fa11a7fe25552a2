"""Spans: set operations on lists of spans."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from domain.period import Period
from domain.spans import Span, gaps, intersect, union
from tests.entities import MONDAY
from tests.unit.domain.time_strategies import MINUTE, minutes_of, runs


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start = draw(st.integers(0, 60))
    length = draw(st.integers(1, 30))
    return MONDAY + start * MINUTE, MONDAY + (start + length) * MINUTE


def minute_set(some: list[Span]) -> set[datetime]:
    return {minute for span in some for minute in minutes_of(Period(*span))}


def maximal(minutes: set[datetime]) -> list[Span]:
    return [period.span for period in runs(sorted(minutes))]


@given(st.lists(spans()))
def test_a_union_covers_the_same_minutes_in_maximal_spans(some: list[Span]) -> None:
    assert union(some) == maximal(minute_set(some))


@given(spans(), st.lists(spans()))
def test_the_gaps_are_the_other_minutes_in_maximal_spans(whole: Span, taken: list[Span]) -> None:
    assert gaps(whole, union(taken)) == maximal(minute_set([whole]) - minute_set(taken))


@given(spans(), st.lists(spans()))
def test_the_gaps_and_the_removed_spans_make_up_the_whole(whole: Span, taken: list[Span]) -> None:
    covered = union(taken)
    assert union([*gaps(whole, covered), *intersect(covered, [whole])]) == [whole]


@given(st.lists(spans()), st.lists(spans()))
def test_an_intersection_covers_the_minutes_of_both_lists(
    some: list[Span], others: list[Span]
) -> None:
    shared = intersect(union(some), union(others))
    assert shared == maximal(minute_set(some) & minute_set(others))
