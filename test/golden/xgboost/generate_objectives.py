"""Trains further small models of XGBoost, 1.0 to 3.4, and stores them with their answers: python generate_objectives.py OUT.

OUT gets one folder a version of XGBoost, with one model file and one JSON of rows and answers a case. Versions before 1.7 get
cases of the whole format, the others of what generate.py leaves out.
"""
import json
import os
import sys
import warnings

import numpy as np
import xgboost as xgb

warnings.filterwarnings('ignore')
VERSION = tuple(int(part) for part in xgb.__version__.split('.')[:2])
OUT = os.path.join(sys.argv[1], xgb.__version__)
os.makedirs(OUT, exist_ok=True)
rng = np.random.RandomState(11)


def plain(value):
    if isinstance(value, (list, np.ndarray)):
        return [plain(item) for item in value]
    if isinstance(value, (float, np.floating)):
        return None if np.isnan(value) else float(value)
    return int(value) if isinstance(value, np.integer) else value


def store(name, model, rows, answers):
    model.save_model(os.path.join(OUT, name + '.json'))
    with open(os.path.join(OUT, name + '.golden.json'), 'w') as target:
        json.dump({'xgboost': xgb.__version__, 'numpy': np.__version__, 'file': name + '.json', 'rows': plain(rows),
                   'expected': {key: plain(np.asarray(value)) for key, value in answers.items()}}, target)


X = rng.normal(size=(300, 4)) * [1, 10, 0.1, 1]
X[rng.uniform(size=X.shape) < 0.1] = np.nan
Z = np.nan_to_num(X) / np.nanstd(X, axis=0)
REAL = Z[:, 0] - 0.7 * Z[:, 1] * (Z[:, 2] > 0) + 0.1 * rng.normal(size=300)
POSITIVE = np.exp(0.3 * REAL) + 0.1
YES = (REAL > 0.2).astype(float)
CLASSES = np.digitize(REAL, [-0.5, 0.5])
TARGETS = np.c_[REAL, Z[:, 3]]


def case(name, params, y, group=None):
    matrix = xgb.DMatrix(X, label=y)
    if group:
        matrix.set_group(group)
    model = xgb.train({'max_depth': 3, 'seed': 1, 'nthread': 1, 'verbosity': 0, **params}, matrix, 4)
    rows = np.vstack([X[:40], np.full(4, np.nan), np.zeros(4)])
    given = xgb.DMatrix(rows)
    store(name, model, rows, {'answer': model.predict(given), 'margin': model.predict(given, output_margin=True)})


case('reg-logistic', {'objective': 'reg:logistic', 'base_score': 0.3}, 1 / (1 + np.exp(-REAL)))
case('map', {'objective': 'rank:map'}, YES, [100, 200])
if VERSION >= (2, 0):
    case('hinge-targets', {'objective': 'binary:hinge', 'tree_method': 'hist'}, (TARGETS > 0).astype(float))
if VERSION >= (3, 2):
    case('expectile', {'objective': 'reg:expectileerror', 'expectile_alpha': [0.2, 0.8]}, REAL)
if VERSION < (1, 7):
    case('squared-error', {'objective': 'reg:squarederror', 'base_score': 2.5}, REAL)
    case('old-linear', {'objective': 'reg:linear'}, REAL)
    case('logistic', {'objective': 'binary:logistic', 'base_score': 0.3}, YES)
    case('logitraw', {'objective': 'binary:logitraw', 'base_score': 0.3}, YES)
    case('softprob', {'objective': 'multi:softprob', 'num_class': 3}, CLASSES)
    case('softmax', {'objective': 'multi:softmax', 'num_class': 3}, CLASSES)
    case('poisson', {'objective': 'count:poisson'}, np.round(POSITIVE))
    case('tweedie', {'objective': 'reg:tweedie'}, POSITIVE)
    case('ndcg', {'objective': 'rank:ndcg'}, YES, [100, 200])
    case('forest', {'objective': 'reg:squarederror', 'num_parallel_tree': 3, 'subsample': 0.5}, REAL)
    case('gblinear', {'booster': 'gblinear', 'objective': 'reg:squarederror'}, REAL)
    case('dart', {'booster': 'dart', 'rate_drop': 0.4, 'one_drop': 1, 'objective': 'reg:squarederror'}, REAL)
else:
    # codes that are no integers, and a feature that is a category in some rounds and a number in others
    table = np.c_[rng.normal(size=400), rng.randint(0, 9, 400), rng.randint(0, 4, 400)].astype(float)
    table[rng.uniform(size=400) < 0.1, 1] = np.nan
    y = np.isin(table[:, 1], [1, 4, 5]) * 2 - (table[:, 2] == 2) * (table[:, 0] > 0) + np.nan_to_num(table[:, 1]) * 0.1
    rows = np.array([[size, code, grade] for size in (-1, 1) for grade in (0, 1.5, 2.999, -0.5)
                     for code in (0, 0.5, 1, 1.999, 2, 3.9999999999, 4.25, 5, 8.5, 9, 77.5, -0.25, -1, 1e9, np.nan)])
    params = {'tree_method': 'hist', 'max_depth': 4, 'max_cat_to_onehot': 1, 'nthread': 1}
    kinds = {'feature_types': ['q', 'c', 'c'], 'enable_categorical': True}
    model = xgb.train(params, xgb.DMatrix(table, label=y, **kinds), 4)
    store('codes-cut', model, rows, {'answer': model.inplace_predict(rows)})
    try:
        matrix = xgb.DMatrix(table, label=y, feature_types=['q', 'q', 'c'], enable_categorical=True)
        more = xgb.train(params, matrix, 4, xgb_model=model)
        store('codes-and-numbers', more, rows, {'answer': more.inplace_predict(rows)})
    except Exception as error:
        print(xgb.__version__, 'no model of both kinds:', error)
