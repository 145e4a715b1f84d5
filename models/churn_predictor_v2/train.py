"""Fits the churn predictor of a job file: `python train.py job.json`, as `tfjs-serving train` calls it (see ../training_job.py)."""

import sys
from pathlib import Path

from sklearn.ensemble import HistGradientBoostingClassifier

sys.path.append(str(Path(__file__).resolve().parent.parent))

from training_job import run


def build(parameters, features, seed):
    # the risk of leaving within more days is never smaller: the horizon may only raise it
    rising = [int(name == "horizon_days") for name in features]
    return HistGradientBoostingClassifier(
        **parameters, monotonic_cst=rising, early_stopping=False, random_state=seed
    )


run(build)
