"""Writes measures.json: rows with what scikit-learn measures on them. Run with scikit-learn 1.9.1."""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn import metrics


def case(name, truth, output, threshold=0.5, scale=1.0):
    decided = (output >= threshold).astype(int)
    p = np.clip(output / scale, 0, 1)
    tn, fp, fn, tp = metrics.confusion_matrix(truth, decided, labels=[0, 1]).ravel().tolist()
    which = np.minimum((p * 10).astype(int), 9)
    ece = sum(abs(p[which == b].sum() - truth[which == b].sum()) for b in range(10)) / len(truth)
    fpr, tpr, thresholds = metrics.roc_curve(truth, output, drop_intermediate=False)
    return {
        "name": name,
        "threshold": threshold,
        "scale": scale,
        "truth": truth.tolist(),
        "output": output.tolist(),
        "confusion": {"truePositives": tp, "falsePositives": fp, "trueNegatives": tn, "falseNegatives": fn},
        "measures": {
            "accuracy": metrics.accuracy_score(truth, decided),
            "precision": metrics.precision_score(truth, decided, zero_division=0),
            "recall": metrics.recall_score(truth, decided, zero_division=0),
            "f1": metrics.f1_score(truth, decided, zero_division=0),
            "rocAuc": metrics.roc_auc_score(truth, output),
            "averagePrecision": metrics.average_precision_score(truth, output),
            "brier": metrics.brier_score_loss(truth, p),
            "logLoss": metrics.log_loss(truth, p, labels=[0, 1]),
            "calibrationError": ece,
        },
        "roc": {"fpr": fpr[1:].tolist(), "tpr": tpr[1:].tolist(), "thresholds": thresholds[1:].tolist()},
    }


def main():
    random = np.random.default_rng(7)
    p = random.random(200)
    truth = (random.random(200) < p).astype(int)
    tied = np.round(p, 1)
    skewed = random.beta(0.6, 4, 300)
    rare = (random.random(300) < skewed).astype(int)
    value = np.clip(p * 120 - 10, -10, 110)
    cases = [
        case("distinct probabilities", truth, p),
        case("ties", truth, tied),
        case("a rare class", rare, skewed, threshold=0.3),
        case("values on another scale, beyond both of its ends", truth, np.round(value, 2), threshold=50, scale=100.0),
        case("no yes at all", truth, np.minimum(p, 0.49)),
        case("answers that are all alike", truth, np.full(200, 0.25)),
        case("sure and wrong", np.array([0, 1, 1, 0]), np.array([1.0, 0.0, 1.0, 0.0])),
    ]
    text = {"scikit-learn": sklearn.__version__, "cases": cases}
    Path(__file__).with_name("measures.json").write_text(json.dumps(text, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
