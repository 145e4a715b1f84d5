"""Whole pipelines on real tables: imputer, scaler and one-hot before each family of model."""

import numpy as np
import tables as t
from golden import case
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import (
    ExtraTreesClassifier, ExtraTreesRegressor, GradientBoostingClassifier, GradientBoostingRegressor, HistGradientBoostingClassifier,
    HistGradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, RobustScaler, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

CLASSIFIERS = {
    "logistic_regression": lambda: LogisticRegression(max_iter=3000),
    "mlp_classifier": lambda: MLPClassifier(hidden_layer_sizes=(16, 8), max_iter=40, random_state=0),
    "decision_tree_classifier": lambda: DecisionTreeClassifier(max_depth=6, random_state=0),
    "random_forest_classifier": lambda: RandomForestClassifier(12, max_depth=6, random_state=0),
    "extra_trees_classifier": lambda: ExtraTreesClassifier(10, max_depth=6, random_state=0),
    "gradient_boosting_classifier": lambda: GradientBoostingClassifier(n_estimators=25, random_state=0),
    "hist_gradient_boosting_classifier": lambda: HistGradientBoostingClassifier(max_iter=15, max_leaf_nodes=10, random_state=0),
}
REGRESSORS = {
    "linear_regression": LinearRegression,
    "ridge": lambda: Ridge(alpha=10.0),
    "lasso": lambda: Lasso(alpha=200.0, max_iter=5000),
    "elastic_net": lambda: ElasticNet(alpha=0.1),
    "mlp_regressor": lambda: MLPRegressor(hidden_layer_sizes=(16, 8), max_iter=60, learning_rate_init=0.01, random_state=0),
    "decision_tree_regressor": lambda: DecisionTreeRegressor(max_depth=6, random_state=0),
    "random_forest_regressor": lambda: RandomForestRegressor(10, max_depth=6, random_state=0),
    "extra_trees_regressor": lambda: ExtraTreesRegressor(8, max_depth=6, random_state=0),
    "gradient_boosting_regressor": lambda: GradientBoostingRegressor(n_estimators=25, random_state=0),
    "hist_gradient_boosting_regressor": lambda: HistGradientBoostingRegressor(max_iter=15, max_leaf_nodes=10, random_state=0),
}
HUGE = {"logistic_regression", "mlp_classifier", "linear_regression", "ridge", "lasso", "elastic_net", "mlp_regressor"}


def encoded(numeric, text, scaler=StandardScaler, strategy="median", dense=False):
    """Numbers imputed and scaled, text imputed and one-hot."""
    numbers = Pipeline([("impute", SimpleImputer(strategy=strategy)), ("scale", scaler())])
    words = Pipeline([("impute", SimpleImputer(strategy="most_frequent")), ("encode", OneHotEncoder(handle_unknown="ignore", sparse_output=not dense))])
    return ColumnTransformer([("numeric", numbers, numeric), ("text", words, text)], sparse_threshold=0 if dense else 0.3)


def extreme_for(name):
    """Where answers are linear in the inputs, 1e30 would say little; trees take it."""
    return 1e6 if name in HUGE else 1e30


def churn_with(name):
    X, y = t.churn(900)
    hist = name.startswith("hist")
    model = make_pipeline(encoded(t.CHURN_NUMERIC, t.CHURN_TEXT, strategy="mean", dense=hist), CLASSIFIERS[name]())
    rows = t.edge_frame(X, missing=["total_day_minutes", "total_intl_charge"], unknown=["area_code"], extreme=extreme_for(name))
    return model.fit(X, y), rows


def credit_with(name):
    X, y = t.credit(900)
    hist = name.startswith("hist")
    model = make_pipeline(encoded(t.CREDIT_NUMERIC, t.CREDIT_TEXT, RobustScaler, dense=hist), CLASSIFIERS[name]())
    rows = t.edge_frame(X, missing=["Income", "Assets", "Home", "Job"], unknown=["Home", "Marital"], extreme=extreme_for(name))
    return model.fit(X, y), rows


def attrition_with(name):
    X, y = t.attrition()
    words = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=60, sparse_output=False)
    columns = ColumnTransformer([
        ("text", words, make_column_selector(dtype_exclude="number")),
        ("numeric", MinMaxScaler(), make_column_selector(dtype_include="number")),
    ])
    rows = t.edge_frame(X, unknown=["JobRole", "Department"], extreme=extreme_for(name))
    return Pipeline([("columns", columns), ("model", CLASSIFIERS[name]())]).fit(X, y), rows


def ames_with(name):
    X, y = t.ames(900, t.AMES_NUMERIC[:12] + t.AMES_TEXT[:4])
    target = y / 1e5 if name in ("mlp_regressor", "elastic_net") else y
    model = make_pipeline(encoded(t.AMES_NUMERIC[:12], t.AMES_TEXT[:4], dense=True), REGRESSORS[name]())
    rows = t.edge_frame(X, missing=["Lot_Frontage"], unknown=["Neighborhood"], extreme=extreme_for(name))
    return model.fit(X, target), rows


def homes_with(name):
    X, y = t.homes()
    columns = ColumnTransformer([("city", OneHotEncoder(handle_unknown="ignore", max_categories=8), ["city", "type"])], remainder="passthrough", sparse_threshold=0)
    target = y / 1e5 if name in ("mlp_regressor", "elastic_net") else y
    rows = t.edge_frame(X, unknown=["city", "type"], extreme=extreme_for(name))
    return make_pipeline(columns, REGRESSORS[name]()).fit(X, target), rows


for model_name in CLASSIFIERS:
    old = "1.9" if model_name.startswith("extra") else "1.2"
    case(name=f"churn_{model_name}", since=old, note="mlc_churn: decimals on both sides of thresholds")(lambda name=model_name: churn_with(name))
    case(name=f"credit_{model_name}", since=old, note="credit_data: missing numbers and text")(lambda name=model_name: credit_with(name))
    case(name=f"attrition_{model_name}", since="1.9", note="attrition: infrequent categories, columns by selector")(lambda name=model_name: attrition_with(name))
for model_name in REGRESSORS:
    case(name=f"ames_{model_name}", since="1.9" if model_name.startswith("extra") else "1.2", note="ames: numbers and text")(lambda name=model_name: ames_with(name))
    case(name=f"sacramento_{model_name}", since="1.9", note="Sacramento: unscaled numbers beside one-hot cities")(lambda name=model_name: homes_with(name))


@case(note="ordinal codes before trees, unknown and missing as -1 and NaN", since="1.4")
def credit_ordinal_random_forest():
    X, y = t.credit(900)
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = ColumnTransformer([("text", ordinal, t.CREDIT_TEXT)], remainder="passthrough")
    model = make_pipeline(columns, RandomForestClassifier(10, max_depth=6, random_state=0)).fit(X, y)
    return model, t.edge_frame(X, missing=["Income", "Assets", "Home", "Job"], unknown=["Home", "Marital"])


@case(note="ordinal codes as categories of the boosting; missing values go through")
def credit_ordinal_hist_gradient_boosting():
    X, y = t.credit(900)
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    columns = ColumnTransformer([("text", ordinal, t.CREDIT_TEXT)], remainder="passthrough")
    model = make_pipeline(columns, HistGradientBoostingClassifier(max_iter=12, max_leaf_nodes=10, categorical_features=[0, 1, 2, 3], random_state=0))
    return model.fit(X, y), t.edge_frame(X, missing=["Income", "Assets", "Home", "Job"], unknown=["Home", "Marital"])


@case(note="missing values through the scaler into the boosting")
def credit_scaled_hist_gradient_boosting():
    X, y = t.credit(900, t.CREDIT_NUMERIC)
    model = make_pipeline(StandardScaler(), HistGradientBoostingClassifier(max_iter=12, max_leaf_nodes=10, random_state=0)).fit(X, y)
    return model, t.edge_frame(X, missing=["Income", "Assets", "Age"])


@case(note="indicator columns of the imputer are split on")
def credit_indicator_gradient_boosting():
    X, y = t.credit(900, t.CREDIT_NUMERIC)
    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    model = make_pipeline(numbers, GradientBoostingClassifier(n_estimators=25, random_state=0)).fit(X, y)
    return model, t.edge_frame(X, missing=["Income", "Assets", "Debt"])


@case(note="a FeatureUnion of scaled numbers and indicators before a linear model")
def credit_union_logistic_regression():
    X, y = t.credit(900, t.CREDIT_NUMERIC)
    union = FeatureUnion([("scaled", make_pipeline(SimpleImputer(), StandardScaler())), ("ranged", make_pipeline(SimpleImputer(add_indicator=True), MinMaxScaler()))],
                         transformer_weights={"scaled": 0.7, "ranged": 2.0})
    return make_pipeline(union, LogisticRegression(max_iter=3000)).fit(X, y), t.edge_frame(X, missing=["Income", "Assets"], extreme=1e6)


@case(note="imputer, scaler and trees on an array: rows are arrays")
def credit_array_gradient_boosting():
    X, y = t.credit_numbers()
    model = make_pipeline(SimpleImputer(), StandardScaler(), GradientBoostingClassifier(n_estimators=25, random_state=0)).fit(X, y)
    return model, t.edge_array(X, 20, missing=True)


@case(note="two scalers in a row before trees")
def churn_two_scalers_decision_tree():
    X, y = t.churn_numbers()
    model = make_pipeline(RobustScaler(), MinMaxScaler(feature_range=(-1, 1), clip=True), DecisionTreeClassifier(max_depth=6, random_state=0))
    return model.fit(X, y), t.edge_array(X, 24)


@case(note="two targets of text from one pipeline")
def attrition_targets_random_forest():
    X, y = t.attrition(700)
    Y = np.column_stack([y, X["OverTime"].to_numpy(dtype=object)])
    X = X.drop(columns="OverTime")
    numeric, text = t.ATTRITION_NUMERIC, [name for name in t.ATTRITION_TEXT if name != "OverTime"]
    model = make_pipeline(encoded(numeric, text), RandomForestClassifier(8, max_depth=5, random_state=0)).fit(X, Y)
    return model, t.edge_frame(X, unknown=["JobRole"], missing=["Age", "JobRole"])
