"""MLPClassifier and MLPRegressor, mostly behind a scaler; some with more than 1 KB of weights."""

import numpy as np
import tables as t
from golden import case
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler


def scaled(network, data, extreme=1e5, real=16):
    X, y = data
    return make_pipeline(StandardScaler(), network).fit(X, y), t.edge_array(X, real, extreme=extreme)


def binary(**options):
    return scaled(MLPClassifier(hidden_layer_sizes=(8,), max_iter=60, random_state=0, **options), t.churn_numbers(500))


@case(since="1.0")
def mlp_classifier_relu():
    return binary()


@case()
def mlp_classifier_tanh():
    return binary(activation="tanh")


@case()
def mlp_classifier_logistic():
    return binary(activation="logistic")


@case()
def mlp_classifier_identity():
    return binary(activation="identity")


@case(note="no scaler: large scores")
def mlp_classifier_unscaled():
    X, y = t.cancer()
    return MLPClassifier(hidden_layer_sizes=(5,), max_iter=80, random_state=1).fit(X, y), t.edge_array(X, extreme=1e5)


@case(note="three classes: softmax")
def mlp_classifier_multiclass():
    return scaled(MLPClassifier(hidden_layer_sizes=(10, 6), max_iter=300, random_state=0), t.iris())


@case(since="1.0", note="three classes named by text")
def mlp_classifier_text_labels():
    X, y = t.wine()
    labels = np.array(["barolo", "grignolino", "barbera"], dtype=object)[y]
    return scaled(MLPClassifier(hidden_layer_sizes=(12,), activation="tanh", max_iter=300, random_state=0), (X, labels))


@case(since="1.0", note="boolean labels, solver lbfgs")
def mlp_classifier_lbfgs():
    X, y = t.churn_numbers(500)
    return scaled(MLPClassifier(hidden_layer_sizes=(4, 4, 4), activation="tanh", solver="lbfgs", max_iter=50, random_state=0), (X, y == "yes"))


@case(since="1.0", note="three yes/no targets at once: predict gives arrays of 0 and 1, predict_proba the probability of 1 for each")
def mlp_classifier_multilabel():
    X, y = t.churn_numbers(500)
    Y = np.column_stack([y == "yes", X[:, 2] > 180, X[:, 1] > 0]).astype(int)
    return scaled(MLPClassifier(hidden_layer_sizes=(10,), max_iter=200, random_state=0), (X, Y))


@case(since="1.9", note="20 raw columns, 20-64-32-1: 13 KB of float32 weights")
def mlp_classifier_20_64_32_1():
    X, y = t.ames(900, t.AMES_NUMERIC[:20])
    X = X.to_numpy(float)
    labels = (y > np.median(y)).astype(int)
    return scaled(MLPClassifier(hidden_layer_sizes=(64, 32), max_iter=40, early_stopping=True, random_state=0), (X, labels))


@case(since="1.9", note="30 columns, 30-100-50-3: 33 KB of float32 weights")
def mlp_classifier_30_100_50_3():
    X, y = t.cancer()
    size = X[:, 2]
    bands = np.where(y == 1, 0, np.where(size > np.median(size[y == 0]), 2, 1))
    return scaled(MLPClassifier(hidden_layer_sizes=(100, 50), solver="lbfgs", max_iter=30, random_state=0), (X, bands), real=10)


@case(since="1.9", note="64 pixels, 10 classes, scaled to 0..1")
def mlp_classifier_digits():
    X, y = t.digits()
    model = make_pipeline(MinMaxScaler(), MLPClassifier(hidden_layer_sizes=(32,), max_iter=60, random_state=0)).fit(X, y)
    return model, t.edge_array(X, 12, extreme=100.0)


def regression(targets=1, **options):
    X, y = t.homes_numbers()
    Y = np.column_stack([y / 1e5, X[:, 2] / 1e3, X[:, 0]])
    Y = Y[:, 0] if targets == 1 else Y[:, :targets]
    return scaled(MLPRegressor(hidden_layer_sizes=options.pop("hidden", (12,)), max_iter=200, random_state=0, **options), (X, Y))


@case()
def mlp_regressor_relu():
    return regression()


@case(since="1.0")
def mlp_regressor_tanh():
    return regression(activation="tanh")


@case()
def mlp_regressor_logistic():
    return regression(activation="logistic", hidden=(6, 6))


@case()
def mlp_regressor_identity():
    return regression(activation="identity")


@case(since="1.0", note="three targets: predict gives arrays")
def mlp_regressor_targets():
    return regression(targets=3, hidden=(16, 8))


@case(since="1.9", note="100 hidden units, as by default")
def mlp_regressor_default_size():
    return regression(hidden=(100,))


@case(since="1.9", note="loss poisson (from 1.7): the answer is exp of the output")
def mlp_regressor_poisson():
    model, rows = regression(loss="poisson")
    return model, rows[np.isfinite(model.predict(rows))]


@case(note="fitted on a frame")
def mlp_regressor_frame():
    X, y = t.ames(600, ["Gr_Liv_Area", "Year_Built", "Garage_Area", "Full_Bath"])
    return make_pipeline(StandardScaler(), MLPRegressor(hidden_layer_sizes=(20,), max_iter=100, random_state=0)).fit(X, y / 1e5), t.edge_frame(X, extreme=1e5)
