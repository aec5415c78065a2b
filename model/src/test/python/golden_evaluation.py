"""Golden numbers for the evaluation of recorded predictions, by scikit-learn, SciPy and plain loops.

Writes ../resources/golden/evaluation, a file for clicks and one for ratings: examples by a seed, and every metric of
them in all, by window and by slice, the reliability bins, the base rate, the differences of two series and the exact
p-values of the paired randomization test. Run it after a definition has been changed, and commit what it wrote:

    python3 -m venv venv && venv/bin/pip install numpy scikit-learn scipy
    venv/bin/python model/src/test/python/golden_evaluation.py
"""

import json
import math
from collections import Counter
from pathlib import Path

import numpy
from scipy.stats import permutation_test
from sklearn.metrics import log_loss, mean_absolute_error, mean_squared_error, roc_auc_score

GOLDEN = Path(__file__).resolve().parent.parent / "resources" / "golden" / "evaluation"

EXAMPLES = 900
HOUR = 3_600_000
START = -5 * HOUR
JUDGE_FROM = START + HOUR
WINDOWS = 8
BINS = 20
RANGE = (1, 5)


def singles(values):
    """What single precision makes of numbers, in double precision."""
    return numpy.asarray(values, numpy.float32).astype(float)


class Data:
    def __init__(self, kind, seed):
        draw = numpy.random.default_rng(seed)
        self.kind = kind
        order = numpy.sort(draw.integers(0, (WINDOWS + 1) * HOUR, EXAMPLES))
        self.times = START + order + draw.integers(-120_000, 120_000, EXAMPLES)
        self.times = numpy.clip(self.times, START, START + (WINDOWS + 1) * HOUR - 1)
        self.users = draw.integers(0, 30, EXAMPLES)
        self.weights = singles(draw.choice([0, 0.5, 1, 1, 2.5], EXAMPLES))
        truth = draw.normal(-0.5, 1, EXAMPLES)
        if kind == "clicks":
            self.labels = singles(draw.random(EXAMPLES) < 1 / (1 + numpy.exp(-truth)))
            made = [1 / (1 + numpy.exp(-truth - draw.normal(0, s, EXAMPLES))) for s in (0.3, 1, 1.5)]
            made[1] = numpy.clip(made[1].round(1), 0.05, 0.95)
        else:
            self.labels = singles(numpy.clip((3 + truth + draw.normal(0, 0.7, EXAMPLES)).round(), *RANGE))
            made = [numpy.clip(3.1 + truth + draw.normal(0, s, EXAMPLES), *RANGE) for s in (0.3, 0.5, 1.2)]
        made[2][draw.random(EXAMPLES) < 0.1] = math.nan
        self.predictions = [singles(p) for p in made]
        genres = ["", *(f"genre {i}" for i in range(13))]
        self.genres = [genres[min(int(g), 13)] for g in draw.exponential(4, EXAMPLES)]
        self.cities = [("" if draw.random() < 0.05 else f"city {int(c)}") for c in draw.exponential(3, EXAMPLES)]


def entropy(rate):
    return -(rate * math.log(rate) + (1 - rate) * math.log(1 - rate))


def bin_of(predictions, of):
    """Bins of equal numbers of `of`: one begins at every 20th part of the sorted numbers."""
    ordered = numpy.sort(of)
    edges = sorted({ordered[k * len(ordered) // BINS] for k in range(1, BINS)})
    return numpy.searchsorted(edges, predictions, side="right")


def click_metrics(data, rows, predictions, bins):
    y, p, w = data.labels[rows], predictions[rows], data.weights[rows]
    made = {}
    if w.sum() == 0:
        return made
    rate = numpy.average(y, weights=w)
    made["logloss"] = log_loss(y, p, sample_weight=w, labels=[0, 1])
    made["ece"] = sum(
        w[bins[rows] == b].sum()
        * abs(
            numpy.average(p[bins[rows] == b], weights=w[bins[rows] == b])
            - numpy.average(y[bins[rows] == b], weights=w[bins[rows] == b])
        )
        for b in set(bins[rows])
        if w[bins[rows] == b].sum() > 0
    ) / w.sum()
    if rate > 0:
        made["calibration"] = numpy.average(p, weights=w) / rate
    if 0 < rate < 1:
        made["normalized_entropy"] = made["logloss"] / entropy(rate)
        made["auc"] = roc_auc_score(y[w > 0], p[w > 0], sample_weight=w[w > 0])
    areas = []
    for window in range(WINDOWS):
        for user in range(30):
            mine = rows & (data.window == window) & (data.users == user)
            used = mine & (data.weights > 0)
            if len(set(data.labels[used])) == 2:
                auc = roc_auc_score(data.labels[used], predictions[used], sample_weight=data.weights[used])
                areas.append((auc, data.weights[used].sum()))
    if areas:
        made["gauc"] = numpy.average([a for a, _ in areas], weights=[n for _, n in areas])
    return made


def rating_metrics(data, rows, predictions, bins):
    y, p, w = data.labels[rows], predictions[rows], data.weights[rows]
    if w.sum() == 0:
        return {}
    return {
        "rmse": math.sqrt(mean_squared_error(y, p, sample_weight=w)),
        "mae": mean_absolute_error(y, p, sample_weight=w),
        "bias": numpy.average(p - y, weights=w),
    }


METRICS = {"clicks": click_metrics, "ratings": rating_metrics}


def base_rate(data):
    """A plain loop over all examples, those that are not judged among them."""
    made = []
    for i in range(EXAMPLES):
        w, y = data.weights[:i], data.labels[:i]
        if data.kind == "clicks":
            made.append((0.5 + (w * y).sum()) / (1 + w.sum()))
        else:
            made.append((w * y).sum() / w.sum() if w.sum() > 0 else sum(RANGE) / 2)
    return singles(made)


def slices(data):
    judged = data.window >= 0
    for name, values in (("genre", data.genres), ("city", data.cities)):
        values = numpy.array([v or "(missing)" for v in values])
        top = [v for v, _ in Counter(values[judged]).most_common(10)]
        for value in top:
            yield name, value, values == value
        if not set(values[judged]) <= set(top):
            yield name, "others", ~numpy.isin(values, top)
    seen = Counter()
    counts = []
    for user in data.users:
        seen[user] += 1
        counts.append(seen[user])
    counts = numpy.array(counts)
    for value, low, high in (("first", 1, 1), ("2 to 10", 2, 10), ("11 to 100", 11, 100), ("over 100", 101, 1e9)):
        rows = (counts >= low) & (counts <= high)
        if (rows & judged).any():
            yield "new:user", value, rows


def judge(data, predictions):
    present = (data.window >= 0) & ~numpy.isnan(predictions)
    bins = bin_of(predictions, predictions[present])
    metrics = METRICS[data.kind]

    def told(rows):
        return {"examples": int(rows.sum()), "metrics": metrics(data, rows, predictions, bins)}

    return {
        **told(present),
        "windows": [
            {"from": int(JUDGE_FROM + w * HOUR), **told(present & (data.window == w))} for w in range(WINDOWS)
        ],
        "slices": [{"column": c, "value": v, **told(present & rows)} for c, v, rows in slices(data)],
        "reliability": [
            {
                "prediction": numpy.average(predictions[rows], weights=data.weights[rows]),
                "label": numpy.average(data.labels[rows], weights=data.weights[rows]),
                "examples": int(rows.sum()),
            }
            for rows in (present & (bins == b) for b in range(BINS))
            if data.weights[rows].sum() > 0
        ],
    }


def compare(data, a, b):
    both = (data.window >= 0) & ~numpy.isnan(a) & ~numpy.isnan(b)
    metrics = METRICS[data.kind]
    of_a = metrics(data, both, a, bin_of(a, a[both]))
    of_b = metrics(data, both, b, bin_of(b, b[both]))
    return {
        "differences": {name: of_a[name] - of_b[name] for name in of_a},
        "p_values": {name: p_value(data, both, a, b, *parts) for name, parts in SUMMED[data.kind](data, both).items()},
    }


def p_value(data, rows, a, b, term, metric):
    """All 2^8 swaps, of the windows' sums of a term that makes the metric."""
    sums = [[term(p)[rows & (data.window == w)].sum() for w in range(WINDOWS)] for p in (a, b)]
    tested = permutation_test(
        sums,
        lambda x, y: metric(x.sum()) - metric(y.sum()),
        permutation_type="samples",
        vectorized=False,
        n_resamples=math.inf,
    )
    return tested.pvalue


def click_sums(data, rows):
    y, w = data.labels, data.weights
    weight, labels = w[rows].sum(), (w * y)[rows].sum()
    return {
        "logloss": (lambda p: -w * (y * numpy.log(p) + (1 - y) * numpy.log(1 - p)), lambda s: s / weight),
        "calibration": (lambda p: w * p, lambda s: s / labels),
    }


def rating_sums(data, rows):
    y, w = data.labels, data.weights
    weight = w[rows].sum()
    return {
        "rmse": (lambda p: w * (p - y) ** 2, lambda s: math.sqrt(s / weight)),
        "mae": (lambda p: w * abs(p - y), lambda s: s / weight),
        "bias": (lambda p: w * (p - y), lambda s: s / weight),
    }


SUMMED = {"clicks": click_sums, "ratings": rating_sums}


def golden(kind, seed):
    data = Data(kind, seed)
    data.window = numpy.where(data.times >= JUDGE_FROM, (data.times - JUDGE_FROM) // HOUR, -1)
    series = data.predictions
    return {
        "judge_from": JUDGE_FROM,
        "window": HOUR,
        "times": data.times.tolist(),
        "users": data.users.tolist(),
        "labels": data.labels.tolist(),
        "weights": data.weights.tolist(),
        "predictions": [[None if math.isnan(p) else p for p in s] for s in series],
        "columns": {"genre": data.genres, "city": data.cities},
        "series": [judge(data, s) for s in series],
        "base_rate": judge(data, base_rate(data)),
        "comparisons": [
            {"a": a, "b": b, **compare(data, series[a], series[b])} for a, b in ((0, 1), (0, 2), (1, 2))
        ],
    }


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for kind, seed in (("clicks", 1), ("ratings", 2)):
        text = json.dumps(golden(kind, seed), allow_nan=False, separators=(",", ":"))
        (GOLDEN / f"{kind}.json").write_text(text.replace("},", "},\n") + "\n")
