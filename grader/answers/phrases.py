"""Words that stand for a value, in English and Persian, as the folded text spells them in lower case."""

from __future__ import annotations

BLANKS = frozenset({"", "-", "--", "---"})
"""Answers and cells that were left blank; `-` is 0 where a count is asked."""

ZERO = frozenset(
    {
        *("none", "no", "zero", "nothing", "no parameters", "no parameter", "no params", "without parameters"),
        *("has no parameters", "no trainable parameters", "صفر", "ندارد", "هیچ", "پارامتری ندارد", "پارامتر ندارد"),
        *("بدون پارامتر", "پارامتر آموزشی ندارد"),
    }
)
"""Where a count is asked."""

SAME = frozenset(
    {
        *("does not change", "doesn't change", "do not change", "unchanged", "no change", "not changed", "same"),
        *("the same", "same as above", "same as before", "as above", "previous", "تغییری نمیکند", "تغییری نمی کند"),
        *("تغییر نمیکند", "تغییر نمی کند", "بدون تغییر", "تغییری ندارد", "همان", "همان قبلی", "مانند قبل", "ثابت"),
    }
)
"""The shape of the row before."""

BATCH = frozenset({"none", "null", "batch", "batch_size", "batchsize", "batch size", "b", "n", "m", "bs", "?", "-1"})
"""The first axis of a shape, dropped."""

POWERS = {
    **{"k": 3, "thousand": 3, "هزار": 3},
    **{"m": 6, "mio": 6, "million": 6, "millions": 6, "میلیون": 6, "ملیون": 6},
    **{"g": 9, "b": 9, "billion": 9, "میلیارد": 9, "بیلیون": 9, "trillion": 12, "تریلیون": 12},
}
"""Words of magnitude after a number, as powers of ten."""

ANSWERS = {"بله": "yes", "بلی": "yes", "آری": "yes", "خیر": "no", "نه": "no", "درست": "true", "نادرست": "false"}
"""Persian words for a choice."""
