"""Trains small models of XGBoost and stores them with their answers: python generate.py OUT [DATA].

OUT gets one folder a version of XGBoost, with one model file and one JSON of rows and answers a case. DATA is a folder with
credit_data.csv and Sacramento.csv; cases on real data are left out without it.
"""
import json
import os
import sys
import warnings

import numpy as np
import pandas as pd
import xgboost as xgb

warnings.filterwarnings('ignore')
OUT = os.path.join(sys.argv[1], xgb.__version__)
DATA = sys.argv[2] if len(sys.argv) > 2 else None
MAJOR = int(xgb.__version__.split('.')[0])
os.makedirs(OUT, exist_ok=True)
rng = np.random.default_rng(7)


def numbers(n, width=5, missing=0.1):
    x = rng.normal(size=(n, width)) * 10.0 ** rng.integers(-2, 3, size=width)
    x[:, 0] = np.round(x[:, 0])
    x[rng.random(x.shape) < missing] = np.nan
    return x


def signal(x):
    z = np.nan_to_num(x) / (np.nanstd(x, axis=0) + 1e-9)
    return z[:, 0] - 0.7 * z[:, 1] * (z[:, 2] > 0) + 0.4 * z[:, 3]


def neighbours(path, x):
    """Rows at the thresholds of the model, and at what lies around them in float32 and float64."""
    with open(path) as file:
        booster = json.load(file)['learner']['gradient_booster']
    model = booster.get('gbtree', booster)['model']
    rows = []
    for tree in model.get('trees', [])[:12]:
        for node, left in enumerate(tree['left_children']):
            if left == -1 or tree['split_type'][node] == 1 or len(rows) > 150:
                continue
            feature, at = tree['split_indices'][node], np.float32(tree['split_conditions'][node])
            below = np.nextafter(at, np.float32(-np.inf))
            tie = (float(at) + float(below)) / 2
            for value in (at, below, np.nextafter(at, np.float32(np.inf)), tie,
                          np.nextafter(tie, -np.inf), np.nextafter(tie, np.inf)):
                row = x[len(rows) % len(x)].copy()
                row[feature] = value
                rows.append(row)
    extremes = [-0.0, 0.0, 1e-46, -1e-46, 1e-45, 1e39, -1e39, 3.5e38, np.nan]
    rows += [np.full(x.shape[1], value) for value in extremes]
    return np.array(rows)


def plain(value):
    if isinstance(value, (float, np.floating)):
        return None if np.isnan(value) else float(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, (list, np.ndarray)):
        return [plain(item) for item in value]
    return value


def store(name, model, rows, answers, ubj=False):
    file = name + ('.ubj' if ubj else '.json')
    model.save_model(os.path.join(OUT, file))
    with open(os.path.join(OUT, name + '.golden.json'), 'w') as target:
        json.dump({'xgboost': xgb.__version__, 'numpy': np.__version__, 'file': file, 'rows': plain(rows),
                   'expected': {key: plain(np.asarray(value)) for key, value in answers.items()}}, target)


def around(model, x):
    path = os.path.join(OUT, 'temporary.json')
    model.save_model(path)
    rows = np.vstack([x[:60], neighbours(path, x)])
    os.remove(path)
    return rows


def booster_case(name, params, label, rounds=8, x=None, ubj=False, prepare=lambda matrix: None):
    x = numbers(300) if x is None else x
    matrix = xgb.DMatrix(x, label=label(x))
    prepare(matrix)
    model = xgb.train({'max_depth': 4, 'seed': 1, 'nthread': 1, **params}, matrix, rounds)
    rows = x[:80] if params.get('booster') == 'gblinear' else around(model, x)
    if params.get('booster') == 'gblinear':
        answer, margin = (model.predict(xgb.DMatrix(rows), output_margin=flag) for flag in (False, True))
    else:
        answer, margin = (model.inplace_predict(rows, predict_type=kind) for kind in ('value', 'margin'))
    store(name, model, rows, {'answer': answer, 'margin': margin}, ubj)


def real(x):
    return signal(x) + 0.1 * rng.normal(size=len(x))


def positive(x):
    return np.exp(0.3 * real(x)) + 0.1


def yes(x):
    return (real(x) > 0.2).astype(float)


def classes(x):
    return np.digitize(real(x), [-0.5, 0.5])


def ranked(matrix):
    matrix.set_group([100, 100, 100])


def censored(matrix):
    label = matrix.get_label()
    matrix.set_float_info('label_lower_bound', label)
    matrix.set_float_info('label_upper_bound', np.where(np.arange(len(label)) % 4 == 0, np.inf, label))


booster_case('squared-error', {'objective': 'reg:squarederror'}, real)
booster_case('squared-error-exact', {'objective': 'reg:squarederror', 'tree_method': 'exact', 'base_score': -3.5}, real)
booster_case('squared-log-error', {'objective': 'reg:squaredlogerror'}, positive)
booster_case('pseudo-huber', {'objective': 'reg:pseudohubererror'}, real, ubj=True)
booster_case('absolute-error', {'objective': 'reg:absoluteerror'}, real)
booster_case('gamma', {'objective': 'reg:gamma'}, positive, ubj=True)
booster_case('poisson', {'objective': 'count:poisson', 'base_score': 2.5}, lambda x: np.round(positive(x)))
booster_case('tweedie', {'objective': 'reg:tweedie'}, positive)
booster_case('logistic', {'objective': 'binary:logistic', 'base_score': 0.3}, yes)
booster_case('logitraw', {'objective': 'binary:logitraw', 'base_score': 0.3}, yes)
booster_case('hinge', {'objective': 'binary:hinge', 'base_score': 0.3}, yes)
booster_case('softmax', {'objective': 'multi:softmax', 'num_class': 3}, classes, 4)
booster_case('softprob', {'objective': 'multi:softprob', 'num_class': 3}, classes, 4, ubj=True)
booster_case('pairwise', {'objective': 'rank:pairwise'}, yes, prepare=ranked)
booster_case('ndcg', {'objective': 'rank:ndcg'}, yes, prepare=ranked)
booster_case('cox', {'objective': 'survival:cox'}, positive)
booster_case('aft', {'objective': 'survival:aft'}, positive, prepare=censored)
booster_case('dart', {'booster': 'dart', 'rate_drop': 0.4, 'one_drop': 1, 'objective': 'binary:logistic'}, yes, 12)
booster_case('linear', {'booster': 'gblinear', 'objective': 'reg:squarederror'}, real)
booster_case('linear-classes', {'booster': 'gblinear', 'objective': 'multi:softprob', 'num_class': 3}, classes, ubj=True)
if MAJOR >= 2:
    booster_case('quantiles', {'objective': 'reg:quantileerror', 'quantile_alpha': [0.1, 0.5, 0.9]}, real, 4)


def targets(x):
    return np.c_[real(x), signal(x[:, ::-1])]


booster_case('targets', {'objective': 'reg:squarederror', 'tree_method': 'hist'}, targets, 4)
booster_case('labels', {'objective': 'binary:logistic', 'tree_method': 'hist'}, lambda x: (targets(x) > 0).astype(float), 4)
if MAJOR >= 2:
    vector = {'tree_method': 'hist', 'multi_strategy': 'multi_output_tree'}
    booster_case('vector-leaves', {'objective': 'reg:squarederror', **vector}, targets, 4)
    booster_case('vector-classes', {'objective': 'multi:softprob', 'num_class': 3, **vector}, classes, 4, ubj=True)


def estimator_case(name, model, fit, ubj=False):
    x = numbers(400)
    fit(model, x)
    rows = around(model, x)
    answers = {'answer': model.predict_proba(rows) if hasattr(model, 'predict_proba') else model.predict(rows)}
    if hasattr(model, 'predict_proba'):
        answers['label'] = model.predict(rows)
    store(name, model, rows, answers, ubj)


def stop_early(label):
    def fit(model, x):
        model.fit(x[:200], label(x[:200]), eval_set=[(x[200:], label(x[200:]))], verbose=False)
    return fit


common = {'n_jobs': 1, 'random_state': 1}
early = {**common, 'early_stopping_rounds': 2, 'learning_rate': 0.9, 'n_estimators': 40}
estimator_case('early-classifier', xgb.XGBClassifier(**early), stop_early(yes))
estimator_case('early-classes', xgb.XGBClassifier(max_depth=3, **early), stop_early(classes), ubj=True)
estimator_case('early-regressor', xgb.XGBRegressor(num_parallel_tree=3, subsample=0.5, max_depth=3, **early), stop_early(real))
forest = {**common, 'n_estimators': 12, 'max_depth': 4}
estimator_case('forest', xgb.XGBRFClassifier(**forest), lambda model, x: model.fit(x, classes(x)))
estimator_case('forest-regressor', xgb.XGBRFRegressor(**forest), lambda model, x: model.fit(x, real(x)))

table = pd.DataFrame({'size': numbers(400, 1)[:, 0], 'colour': rng.integers(0, 12, 400).astype(float),
                      'grade': rng.integers(0, 4, 400).astype(float)})
table.loc[rng.random(400) < 0.1, 'colour'] = np.nan
coded = (table.colour.fillna(3) % 5 + table.grade * np.where(table['size'] > 0, 1, 0)).to_numpy()
kinds = {'feature_names': list(table), 'feature_types': ['float', 'c', 'c'], 'enable_categorical': True}
for one_hot in (1, 100):
    model = xgb.train({'tree_method': 'hist', 'max_depth': 4, 'max_cat_to_onehot': one_hot, 'nthread': 1},
                      xgb.DMatrix(table.to_numpy(), label=coded, **kinds), 6)
    rows = np.array([[size, colour, grade] for size in (-9, 3, np.nan) for colour in (*range(12), 13, 40, 1e6, -1, np.nan)
                     for grade in (0, 1, 3, 7)])
    store(f'codes-{one_hot}', model, rows, {'answer': model.inplace_predict(rows, validate_features=False)}, one_hot == 1)

if MAJOR >= 3:
    named = pd.DataFrame({'size': table['size'], 'colour': pd.Categorical(['c%02d é' % (v * 7 % 12) if v == v else None for v in table.colour]),
                          'grade': pd.Categorical(table.grade.astype(int) * 10 + 5)})
    model = xgb.train({'tree_method': 'hist', 'max_depth': 4, 'nthread': 1},
                      xgb.DMatrix(named, label=coded, enable_categorical=True), 6)
    rows = [[plain(row['size']), None if row['colour'] != row['colour'] else row['colour'], int(row['grade'])] for _, row in named[:100].iterrows()]
    for suffix, ubj in (('', False), ('-ubj', True)):
        store('named-categories' + suffix, model, rows, {'answer': model.predict(xgb.DMatrix(named[:100], enable_categorical=True))}, ubj)

if DATA:
    credit = pd.read_csv(os.path.join(DATA, 'credit_data.csv'))
    credit = credit.drop(columns=[c for c in credit if c.startswith('Unnamed') or c.lower() == 'rownames'])
    good = (credit.pop('Status') == 'good').astype(int).to_numpy()
    for column in credit.select_dtypes(exclude='number'):
        credit[column] = credit[column].astype('category')
    codes = credit.apply(lambda column: column.cat.codes.replace(-1, np.nan) if column.dtype == 'category' else column).astype(float)
    types = ['c' if credit[c].dtype == 'category' else 'float' for c in credit]
    model = xgb.XGBClassifier(n_estimators=30, max_depth=4, learning_rate=0.2, tree_method='hist', enable_categorical=True,
                              feature_types=types, **common)
    model.fit(codes, good)
    held = codes[-120:].to_numpy()
    store('credit', model, held, {'answer': model.predict_proba(codes[-120:]), 'label': model.predict(codes[-120:])}, True)
    homes = pd.read_csv(os.path.join(DATA, 'Sacramento.csv')).select_dtypes('number')
    homes = homes.drop(columns=[c for c in homes if c.lower() == 'rownames' or c.startswith('Unnamed')])
    price = homes.pop('price').to_numpy(float)
    model = xgb.XGBRegressor(n_estimators=30, max_depth=4, learning_rate=0.2, **common).fit(homes, price)
    store('homes', model, homes[-100:].to_numpy(float), {'answer': model.predict(homes[-100:])})
