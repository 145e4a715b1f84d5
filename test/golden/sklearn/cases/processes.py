"""Gaussian processes."""

import numpy as np
import tables as t
from cases.kernels import few, homes
from golden import case
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import (
    RBF,
    ConstantKernel,
    DotProduct,
    ExpSineSquared,
    Matern,
    RationalQuadratic,
    WhiteKernel,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

WINES = np.array(["barolo", "grignolino", "barbera"], dtype=object)


def regressor(kernel, data=None, rows=30, **options):
    X, y, asked = data or few(t.iris(), rows)
    options = {"alpha": 1e-2, "random_state": 0, "optimizer": None, **options}
    return GaussianProcessRegressor(kernel, **options).fit(X, y), asked


@case(since="1.0", note="a fitted kernel with noise, behind a scaler")
def gaussian_process():
    X, y, rows = homes()
    kernel = ConstantKernel(2.0) * RBF([1.0, 2.0, 1.0, 0.5]) + WhiteKernel(0.1)
    model = make_pipeline(StandardScaler(), GaussianProcessRegressor(kernel, normalize_y=True, random_state=0))
    return model.fit(X, y), rows


@case(since="1.0", note="no kernel given, nearly no noise: weights that cancel")
def gaussian_process_bare():
    X, y, rows = homes()
    return make_pipeline(StandardScaler(), GaussianProcessRegressor(alpha=1e-8)).fit(X[:25], y[:25]), rows


@case(since="1.0", note="nu 1.5, a scale a column; two targets, normalized")
def gaussian_process_matern():
    X, y, rows = few(t.iris(), 30)
    y = np.column_stack([y, 100 * X[:, 0]])
    return regressor(Matern([1.0, 2.0, 0.7, 1.5], nu=1.5), (X, y, rows), normalize_y=True)


@case(since="1.0", note="nu 0.5 times nu 2.5 plus nu infinite")
def gaussian_process_materns():
    return regressor(Matern(1.2, nu=0.5) * Matern(2.0, nu=2.5) + Matern(3.0, nu=np.inf))


@case(since="1.0")
def gaussian_process_periodic():
    return regressor(RationalQuadratic(0.8, alpha=0.6) * ExpSineSquared(1.3, 2.5) + 0.3)


@case(since="1.0", note="polynomials of degree 2")
def gaussian_process_dot_product():
    return regressor((0.1 * DotProduct(0.7)) ** 2 + WhiteKernel(0.2), alpha=0.1)


@case(since="1.0", note="two classes of texts, a fitted kernel")
def gaussian_process_classifier():
    X, y, rows = few(t.iris(), 40)
    model = GaussianProcessClassifier(1.0 * RBF(1.0) + WhiteKernel(0.05), random_state=0)
    return make_pipeline(StandardScaler(), model).fit(X, np.where(y > 0, "yes", "no").astype(object)), rows


@case(since="1.0", note="one against the rest")
def gaussian_process_classifier_rest():
    X, y, rows = few(t.wine(), 30)
    return make_pipeline(StandardScaler(), GaussianProcessClassifier(Matern(1.5), optimizer=None)).fit(X, WINES[y]), rows
