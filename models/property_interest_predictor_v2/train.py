"""Fits the interest predictor of a job file: `python train.py job.json`, as `tfjs-serving train` calls it (see ../training_job.py)."""

import sys
from pathlib import Path

from sklearn.ensemble import RandomForestRegressor

sys.path.append(str(Path(__file__).resolve().parent.parent))

from training_job import run


def build(parameters, features, seed):
    # a forest of 0/1 answers: its value never leaves 0 to 1, as that of boosting would
    return RandomForestRegressor(**parameters, random_state=seed)


run(build)
