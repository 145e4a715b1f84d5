"""The measures, intervals and files that every model card here shares: fitted answers in, text and JSON out."""

import json
from math import sqrt

import numpy as np
from sklearn.metrics import accuracy_score, brier_score_loss, log_loss, precision_score, recall_score, roc_auc_score


def wilson(successes, total, z=1.959963984540054):
    """95 % interval of a proportion; stays inside 0..1, unlike the normal approximation."""
    p = successes / total
    centre = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z * sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return centre - half, centre + half


def bootstrap(score, truth, probability, repeats=2000, seed=0):
    """95 % percentile interval of a score over resampled rows."""
    rng = np.random.default_rng(seed)
    values = []
    while len(values) < repeats:
        index = rng.integers(0, len(truth), len(truth))
        if truth[index].min() != truth[index].max():
            values.append(score(truth[index], probability[index]))
    return np.percentile(values, 2.5), np.percentile(values, 97.5)


def calibration(truth, probability, bins=10):
    """Rows of (lowest, highest, count, mean probability, observed share), and the expected calibration error."""
    which = np.minimum((probability * bins).astype(int), bins - 1)
    rows = []
    for b in range(bins):
        inside = which == b
        if inside.any():
            rows.append((b / bins, (b + 1) / bins, int(inside.sum()), probability[inside].mean(), truth[inside].mean()))
    error = sum(n * abs(mean - share) for _, _, n, mean, share in rows) / len(truth)
    return rows, error


def metrics_table(truth, probability):
    """Markdown rows of the measures with their intervals; `truth` is 0/1."""
    label = (probability > 0.5).astype(int)
    right = int((label == truth).sum())
    n, positives, called = len(truth), int(truth.sum()), int(label.sum())
    hits = int((label & truth).sum())
    rows = [
        ("accuracy", accuracy_score(truth, label), wilson(right, n), f"Wilson, {right} of {n}"),
        ("precision", precision_score(truth, label), wilson(hits, called), f"Wilson, {hits} of {called}"),
        ("recall", recall_score(truth, label), wilson(hits, positives), f"Wilson, {hits} of {positives}"),
    ]
    for name, score in (("ROC AUC", roc_auc_score), ("Brier score", brier_score_loss), ("log loss", log_loss)):
        rows.append((name, score(truth, probability), bootstrap(score, truth, probability), "bootstrap, 2,000 resamples"))
    text = ["| measure | value | 95 % interval | how |", "|---|---|---|---|"]
    text += [f"| {name} | {value:.4f} | {low:.4f} to {high:.4f} | {how} |" for name, value, (low, high), how in rows]
    return "\n".join(text)


def calibration_table(truth, probability):
    rows, error = calibration(truth, probability)
    text = ["| predicted | rows | mean predicted | observed |", "|---|---|---|---|"]
    text += [f"| {low:.1f} to {high:.1f} | {n} | {mean:.3f} | {share:.3f} |" for low, high, n, mean, share in rows]
    return "\n".join(text) + f"\n\nExpected calibration error: {error:.4f}."


def holds(frame, condition):
    """One condition of a rule; a missing value makes it false."""
    feature, op, value = condition["feature"], condition["op"], condition["value"]
    column = frame[feature]
    answer = {
        "==": lambda: column == value,
        "!=": lambda: (column != value) & column.notna(),
        ">": lambda: column > value,
        ">=": lambda: column >= value,
        "<": lambda: column < value,
        "<=": lambda: column <= value,
    }[op]()
    return answer.fillna(False).to_numpy(dtype=bool)


def bucket_of(frame, buckets):
    """Index of the first bucket whose conditions all hold, for each row; the last bucket has none."""
    index = np.full(len(frame), -1)
    for b, bucket in enumerate(buckets):
        inside = index == -1
        for condition in bucket["when"]:
            inside &= holds(frame, condition)
        index[inside] = b
    return index


def fit_rule(frame, truth, buckets):
    """Gives each bucket its probability: the training share of positives, (positives + 1) / (rows + 2), to three decimals."""
    index = bucket_of(frame, buckets)
    fitted = []
    for b, bucket in enumerate(buckets):
        inside = index == b
        rows, positives = int(inside.sum()), int(truth[inside].sum())
        fitted.append({**bucket, "rows": rows, "positives": positives, "probability": round((positives + 1) / (rows + 2), 3)})
    return fitted


def rule_table(buckets):
    text = ["| | when | training rows | positives | probability |", "|---|---|---|---|---|"]
    for b, bucket in enumerate(buckets):
        when = " and ".join(f"`{c['feature']}` {c['op']} {json.dumps(c['value'])}" for c in bucket["when"]) or "otherwise"
        text.append(f"| {b + 1} | {when} | {bucket['rows']} | {bucket['positives']} | {bucket['probability']} |")
    return "\n".join(text)


def plain(value):
    """A JSON value: numpy scalars unwrapped, missing as null, doubles to full precision by `repr`."""
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value]
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or (isinstance(value, float) and value != value):
        return None
    return value


def rows_of(frame):
    columns = [frame[name].tolist() for name in frame.columns]
    return [dict(zip(frame.columns, map(plain, values))) for values in zip(*columns)]


def answers_of(model, frame):
    return {
        method: plain(np.asarray(getattr(model, method)(frame)))
        for method in ("predict", "predict_proba", "decision_function")
        if hasattr(model, method)
    }


def write_json(path, value, indent=None):
    separators = None if indent else (",", ":")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=indent, separators=separators, allow_nan=False) + "\n")


def write_rows_json(path, document):
    """One row a line, so that a changed row is a changed line."""
    parts = []
    for key, value in document.items():
        if isinstance(value, dict):
            inner = ",\n".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'), allow_nan=False)}" for k, v in value.items())
            parts.append(f"{json.dumps(key)}: {{\n{inner}\n}}")
        else:
            lines = ",\n".join(json.dumps(v, separators=(",", ":"), allow_nan=False) for v in value)
            parts.append(f"{json.dumps(key)}: [\n{lines}\n]")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n")
