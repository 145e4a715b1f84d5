"""Fits the viewing predictor of a job file: `python train.py job.json`, as `tfjs-serving train` calls it (see ../training_job.py)."""

import sys
from pathlib import Path

from sklearn.ensemble import GradientBoostingClassifier

sys.path.append(str(Path(__file__).resolve().parent.parent))

from training_job import run


def build(parameters, features, seed):
    return GradientBoostingClassifier(**parameters, random_state=seed)


run(build)
