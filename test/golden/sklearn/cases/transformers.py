"""Transformers of numbers and categories alone, and before trees and linear models."""

import pickle

import numpy as np
import scipy.special
import tables as t
from golden import VERSION, case
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA, FastICA, IncrementalPCA, TruncatedSVD
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import (
    Binarizer, FunctionTransformer, KBinsDiscretizer, LabelBinarizer, LabelEncoder, MaxAbsScaler, Normalizer, OneHotEncoder,
    OrdinalEncoder, PolynomialFeatures, PowerTransformer, QuantileTransformer, SplineTransformer, StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor


def numbers(rows=300, columns=4):
    return t.churn_numbers(rows)[0][:, :columns]


def edges(X, missing=False, extreme=1e6):
    return t.edge_array(X, real=8, missing=missing, extreme=extreme)


def positive(rows):
    return np.abs(rows) + 1e-3


@case(since="1.0")
def max_abs_scaler():
    X = numbers()
    return MaxAbsScaler().fit(X), edges(X, missing=True)


@case(since="1.9", note="values outside the fitted range are clipped")
def max_abs_scaler_clip():
    X = numbers()
    return MaxAbsScaler(clip=True).fit(X), edges(X, missing=True)


for norm in ("l1", "l2", "max"):

    @case(since="1.0", name=f"normalizer_{norm}")
    def normalizer(norm=norm):
        X = numbers()
        return Normalizer(norm=norm).fit(X), edges(X)


@case(since="1.0", note="categories in a sparse matrix")
def normalizer_sparse():
    X, y = t.churn(300, t.CHURN_TEXT)
    return make_pipeline(OneHotEncoder(handle_unknown="ignore"), Normalizer()).fit(X, y), t.edge_frame(X, real=6, unknown=t.CHURN_TEXT)


@case(since="1.0")
def binarizer():
    X = numbers()
    return Binarizer(threshold=150.5).fit(X), edges(X)


@case(since="1.0")
def polynomial_features():
    X = numbers()
    return PolynomialFeatures(3).fit(X), edges(X)


@case(since="1.0", note="terms of two to four different columns")
def polynomial_features_interactions():
    X = numbers()
    return PolynomialFeatures((2, 4), interaction_only=True, include_bias=False, order="F").fit(X), edges(X)


@case(since="1.0", note="no term at all is left of the first degrees")
def polynomial_features_high():
    X = numbers(columns=2)
    return PolynomialFeatures((3, 3)).fit(X), edges(X)


@case(since="1.0")
def polynomial_regression():
    X, y = t.homes_numbers()
    model = make_pipeline(StandardScaler(), PolynomialFeatures(2, include_bias=False), LinearRegression())
    return model.fit(X, y), t.edge_array(X, real=20, extreme=1e4)


for encode, strategy in (("onehot", "quantile"), ("onehot-dense", "uniform"), ("ordinal", "kmeans")):

    @case(since="1.0", name=f"k_bins_{encode.replace('-', '_')}_{strategy}")
    def k_bins(encode=encode, strategy=strategy):
        X = numbers()
        model = KBinsDiscretizer(5, encode=encode, strategy=strategy).fit(X)
        rows = [edges(X)]
        for near in (1, 1 - 1e-16, 1 + 1e-16, 1 - 4e-6, 1 - 1e-4):
            rows.append(np.array([[own[min(2, len(own) - 1)] * near for own in model.bin_edges_]]))
        return model, np.vstack(rows)


@case(since="1.0", note="bins in a sparse matrix, read by a linear model")
def k_bins_logistic_regression():
    X, y = t.churn_numbers(300)
    return make_pipeline(KBinsDiscretizer(6), LogisticRegression()).fit(X, y), edges(X)


@case(since="1.0", note="bins as categories, each a column of its own")
def k_bins_decision_tree():
    X, y = t.churn_numbers(300)
    model = make_pipeline(KBinsDiscretizer(6, encode="onehot-dense"), DecisionTreeClassifier(max_depth=5, random_state=0))
    return model.fit(X, y), edges(X)


@case(since="1.0")
def power_yeo_johnson():
    X = numbers()
    X[:, 0] -= X[:, 0].mean()
    return PowerTransformer().fit(X), edges(X, missing=True)


@case(since="1.0")
def power_yeo_johnson_plain():
    X = numbers()
    X[:, 1] = -X[:, 1]
    model = PowerTransformer(standardize=False).fit(X)
    model.lambdas_[2:] = [0.0, 2.0]
    return model, edges(X, missing=True)


@case(since="1.0")
def power_box_cox():
    X = positive(numbers())
    return PowerTransformer("box-cox").fit(X), positive(edges(X, missing=True))


@case(since="1.0", note="the power of one column is 0: its logarithm")
def power_box_cox_plain():
    X = positive(numbers())
    model = PowerTransformer("box-cox", standardize=False).fit(X)
    model.lambdas_[0] = 0.0
    return model, positive(edges(X, missing=True))


@case(since="1.0")
def power_decision_tree():
    X, y = t.churn_numbers(300)
    return make_pipeline(PowerTransformer(), DecisionTreeClassifier(max_depth=4, random_state=0)).fit(X, y), edges(X)


for distribution in ("uniform", "normal"):

    @case(since="1.0", name=f"quantile_{distribution}", note="counts of few values: quantiles repeat")
    def quantile(distribution=distribution):
        X = t.churn_numbers(300)[0][:, [0, 1, 6, 8]]
        model = QuantileTransformer(n_quantiles=40, output_distribution=distribution, random_state=0).fit(X)
        return model, edges(X, missing=True)


@case(since="1.0")
def quantile_logistic_regression():
    X, y = t.churn_numbers(300)
    model = make_pipeline(QuantileTransformer(n_quantiles=30, output_distribution="normal"), LogisticRegression())
    return model.fit(X, y), edges(X)


@case(since="1.0", note="what an imputer filled in is a number to the quantiles, and to the model behind them")
def quantile_imputed():
    X, y = t.credit_numbers(300)
    model = make_pipeline(SimpleImputer(), QuantileTransformer(n_quantiles=20), LogisticRegression(max_iter=500))
    return model.fit(X[:, :6], y), edges(X[:, :6], missing=True)


for extrapolation in ("constant", "linear", "continue", "periodic", "error"):

    @case(since="1.0", name=f"spline_{extrapolation}")
    def spline(extrapolation=extrapolation):
        X = numbers(columns=3)
        rows = edges(X, extreme=1e3)
        rows = rows if extrapolation != "error" else np.clip(rows, X.min(axis=0), X.max(axis=0))
        return SplineTransformer(n_knots=4, extrapolation=extrapolation).fit(X), rows


@case(since="1.0", note="straight pieces go on from further inside in all columns but the first, as scikit-learn has it")
def spline_linear_straight():
    X = numbers(columns=3)
    return SplineTransformer(n_knots=6, degree=1, extrapolation="linear", include_bias=False).fit(X), edges(X, extreme=1e3)


@case(since="1.0")
def spline_steps():
    X = numbers(columns=3)
    rows = np.clip(edges(X), X.min(axis=0), X.max(axis=0))
    return SplineTransformer(n_knots=5, degree=0, knots="quantile").fit(X), rows


@case(since="1.0", note="knots as given, which no column has equally far apart")
def spline_knots():
    X = numbers(columns=2)
    knots = np.array([[0.0, 0.0], [50.0, 1.0], [70.0, 10.0], [240.0, 50.0]])
    return SplineTransformer(knots=knots, degree=2, extrapolation="continue").fit(X), edges(X, extreme=1e3)


@case(since="1.2", note="a sparse matrix, read by a linear model")
def spline_regression():
    X, y = t.homes_numbers()
    sparse = {"sparse_output": True} if VERSION >= (1, 6) else {}
    return make_pipeline(SplineTransformer(n_knots=4, **sparse), LinearRegression()).fit(X, y), t.edge_array(X, real=10, extreme=1e4)


@case(since="1.9", note="missing values are zeros in every spline")
def spline_missing():
    X = t.credit_numbers(300)[0][:, :4]
    return SplineTransformer(n_knots=3, handle_missing="zeros").fit(X), edges(X, missing=True)


for function in (
    np.log1p, np.sqrt, np.exp, np.expm1, np.absolute, np.square, np.cbrt, np.tanh, np.arcsinh, np.rint, np.sign, np.isnan,
    np.reciprocal, scipy.special.expit,
):

    @case(since="1.0", name=f"function_{function.__name__}")
    def function_transformer(function=function):
        X = numbers(columns=2) / 50
        rows = edges(X, missing=True, extreme=40)[6:]
        if function in (np.exp, np.expm1, np.reciprocal):  # infinity is no JSON
            X, rows = [np.where(np.isnan(part), part, np.clip(part, 0.01, 40)) for part in (X, rows)]
        return make_pipeline(FunctionTransformer(function), MaxAbsScaler()).fit(X), rows


@case(since="1.0", note="functions of some columns of a frame")
def function_columns():
    X, y = t.credit(300, t.CREDIT_NUMERIC)
    X = X.fillna(X.median())
    columns = ColumnTransformer(
        [("log", FunctionTransformer(np.log1p, validate=True), ["Income", "Assets"]), ("root", FunctionTransformer(np.sqrt), ["Price"])],
        remainder="passthrough",
    )
    model = make_pipeline(columns, DecisionTreeClassifier(max_depth=5, random_state=0)).fit(X, y)
    return model, t.edge_frame(X, real=10, extreme=1e6).abs()


@case(since="1.0")
def label_encoder():
    labels = np.array(["rent", "owner", "priv", "other"], dtype=object)
    return LabelEncoder().fit(labels), labels[[0, 1, 2, 3, 1]].reshape(-1, 1)


@case(since="1.0")
def label_encoder_numbers():
    labels = np.array([3.0, -1.5, 7.0])
    return LabelEncoder().fit(labels), labels[[2, 0, 1]].reshape(-1, 1)


@case(since="1.0", note="labels that it does not know are of no class")
def label_binarizer():
    labels = np.array(["rent", "owner", "priv"], dtype=object)
    rows = np.array([["rent"], ["owner"], ["priv"], ["boat"]], dtype=object)
    return LabelBinarizer(neg_label=-1, pos_label=3).fit(labels), rows


@case(since="1.0")
def label_binarizer_two():
    labels = np.array(["yes", "no"], dtype=object)
    return LabelBinarizer().fit(labels), labels.reshape(-1, 1)


@case(since="1.0", note="scaled, which makes numbers of yes and no")
def missing_indicator():
    X = t.credit_numbers(300)[0]
    return make_pipeline(MissingIndicator(error_on_new=False), MaxAbsScaler()).fit(X), edges(X, missing=True)


@case(since="1.0", note="a number stands for missing; every column has an indicator")
def missing_indicator_number():
    X = np.nan_to_num(t.credit_numbers(300)[0][:, :5], nan=-1)
    rows = edges(X)
    rows[:5, :5] = np.where(np.eye(5) == 1, -1, rows[:5, :5])
    return make_pipeline(MissingIndicator(missing_values=-1, features="all"), MaxAbsScaler()).fit(X), rows


@case(since="1.0")
def missing_indicator_union():
    X, y = t.credit_numbers(400)
    union = make_union(SimpleImputer(strategy="median"), MissingIndicator(error_on_new=False))
    return make_pipeline(union, DecisionTreeClassifier(max_depth=5, random_state=0)).fit(X, y), edges(X, missing=True)


for whiten in (False, True):

    @case(since="1.0", name="incremental_pca" + "_white" * whiten)
    def incremental_pca(whiten=whiten):
        X = t.iris()[0]
        model = IncrementalPCA(2, whiten=whiten, batch_size=50).fit(X)
        return pickle.loads(pickle.dumps(model)), t.edge_array(X, real=10, extreme=1e3)


@case(since="1.0")
def pca_white():
    X = t.churn_numbers(300)[0]
    return PCA(3, whiten=True).fit(X), edges(X)


@case(since="1.0")
def truncated_svd():
    X, y = t.credit(300, t.CREDIT_TEXT)
    X = X.fillna("none")
    return make_pipeline(OneHotEncoder(handle_unknown="ignore"), TruncatedSVD(4, random_state=0)).fit(X, y), X.head(20)


@case(since="1.0")
def fast_ica():
    X = t.iris()[0]
    whiten = {"whiten": "unit-variance"} if VERSION >= (1, 2) else {}
    return FastICA(3, random_state=0, **whiten).fit(X), t.edge_array(X, real=10, extreme=1e3)


@case(since="1.0")
def pca_random_tree():
    X, y = t.homes_numbers()
    model = make_pipeline(StandardScaler(), PCA(3), DecisionTreeRegressor(max_depth=5, random_state=0)).fit(X, y)
    return model, t.edge_array(X, real=15, extreme=1e4)


@case(since="1.0", note="scalers and encoders as 1.0 stores them")
def old_columns():
    X, y = t.credit(300)
    columns = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), t.CREDIT_NUMERIC),
            ("words", make_pipeline(SimpleImputer(strategy="constant", fill_value="none"), OneHotEncoder(drop="first")), t.CREDIT_TEXT[:2]),
            ("codes", make_pipeline(SimpleImputer(strategy="most_frequent"),
                                    OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)), t.CREDIT_TEXT[2:]),
        ]
    )
    return make_pipeline(columns, LogisticRegression(max_iter=500)).fit(X, y), t.edge_frame(X, real=8, missing=["Income", "Debt"])
