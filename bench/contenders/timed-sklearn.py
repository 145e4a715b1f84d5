"""A model and its rows, or texts as JSON, in; nanoseconds out, one line for each line of `size repeats slabs`: predict_proba of scikit-learn."""

import json
import sys
import time

import joblib
import numpy as np


def read_rows(path, model):
    if path.endswith(".json"):
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    return np.fromfile(path, "<f8").reshape(-1, model.n_features_in_)


def main():
    model = joblib.load(sys.argv[1])
    rows = read_rows(sys.argv[2], model)
    print("ready", flush=True)
    for line in sys.stdin:
        size, repeats, most = map(int, line.split())
        slabs = [rows[start : start + size] for start in range(0, len(rows) - size + 1, size)][:most]
        started = time.perf_counter_ns()
        for i in range(repeats):
            model.predict_proba(slabs[i % len(slabs)])
        print(time.perf_counter_ns() - started, flush=True)


main()
