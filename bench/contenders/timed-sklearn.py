"""A model and its rows in; nanoseconds out, one line for each line of `size repeats slabs`: predict_proba of scikit-learn."""

import sys
import time

import joblib
import numpy as np


def main():
    model = joblib.load(sys.argv[1])
    rows = np.fromfile(sys.argv[2], "<f8").reshape(-1, model.n_features_in_)
    print("ready", flush=True)
    for line in sys.stdin:
        size, repeats, most = map(int, line.split())
        slabs = [rows[start : start + size] for start in range(0, len(rows) - size + 1, size)][:most]
        started = time.perf_counter_ns()
        for i in range(repeats):
            model.predict_proba(slabs[i % len(slabs)])
        print(time.perf_counter_ns() - started, flush=True)


main()
