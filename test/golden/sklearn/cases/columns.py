"""Pipeline, ColumnTransformer and FeatureUnion around scalers, imputers and encoders."""

import numpy as np
import tables as t
from golden import case
from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, RobustScaler, StandardScaler

COLUMNS = ["Income", "Age", "Home", "Assets", "Job", "Debt", "Records"]
one_hot = lambda: OneHotEncoder(handle_unknown="ignore")  # noqa: E731


def credit_frame(transformer):
    X, _ = t.credit(500, COLUMNS)
    rows = t.edge_frame(X, missing=["Income", "Assets", "Debt", "Age"], unknown=["Home", "Records"])
    return transformer.fit(X), rows


def credit_array(transformer):
    X = t.credit_numbers(400)[0]
    return transformer.fit(X), t.edge_array(X, missing=True)


@case()
def column_transformer_names():
    return credit_frame(ColumnTransformer([("n", StandardScaler(), ["Income", "Debt"]), ("t", one_hot(), ["Home", "Job"])]))


@case(note="the other columns follow in their own order")
def column_transformer_remainder():
    return credit_frame(ColumnTransformer([("t", one_hot(), ["Home", "Job", "Records"]), ("n", RobustScaler(), ["Assets"])], remainder="passthrough"))


@case(note="an estimator for the other columns")
def column_transformer_remainder_estimator():
    return credit_frame(ColumnTransformer([("t", one_hot(), ["Home", "Job", "Records"])], remainder=make_pipeline(SimpleImputer(), MinMaxScaler())))


@case()
def column_transformer_indices():
    return credit_frame(ColumnTransformer([("n", StandardScaler(), [5, 0]), ("t", one_hot(), [-1, 2])]))


@case()
def column_transformer_slice():
    return credit_array(ColumnTransformer([("a", StandardScaler(), slice(1, 4)), ("b", MinMaxScaler(), slice(-2, None))], remainder="drop"))


@case(note="a slice of names includes its end")
def column_transformer_name_slice():
    X, _ = t.credit(500, t.CREDIT_NUMERIC)
    return ColumnTransformer([("a", StandardScaler(), slice("Time", "Expenses"))], remainder="passthrough").fit(X), t.edge_frame(X, missing=["Income"])


@case()
def column_transformer_mask():
    mask = np.array([True, False, False, True, False, False, True, True, False])
    return credit_array(ColumnTransformer([("a", StandardScaler(), mask), ("b", RobustScaler(), [1, 2])], remainder="passthrough"))


@case(note="a mask as a list of booleans, on a frame")
def column_transformer_mask_list():
    return credit_frame(ColumnTransformer([("a", SimpleImputer(add_indicator=True), [True, False, False, True, False, True, False])]))


@case()
def column_transformer_selector():
    return credit_frame(ColumnTransformer([
        ("n", StandardScaler(), make_column_selector(dtype_include="number")),
        ("t", one_hot(), make_column_selector(dtype_exclude="number")),
    ]))


@case()
def column_transformer_selector_pattern():
    return credit_frame(ColumnTransformer([("n", StandardScaler(), make_column_selector(pattern="^(Inc|Deb|Ass)"))], remainder="drop"))


@case(note="'passthrough' and 'drop' in place of transformers")
def column_transformer_words():
    return credit_frame(ColumnTransformer([("p", "passthrough", ["Age", "Income"]), ("d", "drop", ["Job"]), ("t", one_hot(), ["Home", "Records"])], remainder="drop"))


@case(note="a transformer over no columns is skipped")
def column_transformer_empty():
    return credit_frame(ColumnTransformer([("none", StandardScaler(), []), ("n", StandardScaler(), ["Debt"]), ("t", one_hot(), ["Job"])]))


@case(note="one column read by three transformers")
def column_transformer_shared():
    return credit_frame(ColumnTransformer([("a", StandardScaler(), ["Income", "Age"]), ("b", MinMaxScaler(), ["Income"]), ("c", "passthrough", ["Income"]), ("t", one_hot(), ["Records"])]))


@case()
def column_transformer_weights():
    return credit_frame(ColumnTransformer([("n", StandardScaler(), ["Income", "Debt"]), ("t", one_hot(), ["Home"])], transformer_weights={"n": 0.25, "t": 3}))


@case(note="sparse_threshold 0: dense")
def column_transformer_dense():
    return credit_frame(ColumnTransformer([("n", StandardScaler(), ["Income"]), ("t", one_hot(), ["Home", "Job", "Records"])], sparse_threshold=0))


@case(note="a ColumnTransformer inside a Pipeline inside a ColumnTransformer")
def column_transformer_nested():
    inner = ColumnTransformer([("s", StandardScaler(), [0]), ("m", MinMaxScaler(), [1])], remainder="passthrough")
    numeric = Pipeline([("impute", SimpleImputer(strategy="median")), ("inner", inner)])
    text = Pipeline([("impute", SimpleImputer(strategy="most_frequent")), ("encode", one_hot())])
    return credit_frame(ColumnTransformer([("n", numeric, ["Income", "Assets", "Debt"]), ("t", text, ["Home", "Job"])], remainder="drop"))


@case(note="made by make_column_transformer, ordinal codes beside the rest")
def column_transformer_made():
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    return credit_frame(make_column_transformer((ordinal, ["Job", "Home", "Records"]), remainder="passthrough", verbose_feature_names_out=False))


@case(note="column names that need quoting, and ones that look like numbers")
def column_transformer_odd_names():
    X, _ = t.credit(300, ["Income", "Age", "Debt"])
    X.columns = ['in "come"', "0", "__proto__"]
    return ColumnTransformer([("a", StandardScaler(), ["__proto__", "0"])], remainder="passthrough").fit(X), t.edge_frame(X, missing=["0", "__proto__"])


@case()
def feature_union():
    return credit_array(FeatureUnion([("s", StandardScaler()), ("m", SimpleImputer(strategy="median"))]))


@case()
def feature_union_weights():
    return credit_array(FeatureUnion([("s", StandardScaler()), ("m", make_pipeline(SimpleImputer(), MinMaxScaler()))], transformer_weights={"s": 0.5, "m": 10}))


@case(note="'passthrough' and 'drop' among the members")
def feature_union_words():
    return credit_array(FeatureUnion([("p", "passthrough"), ("d", "drop"), ("s", RobustScaler())]))


@case()
def feature_union_frame():
    X, _ = t.credit(500, COLUMNS)
    numeric = ColumnTransformer([("n", StandardScaler(), ["Income", "Debt"])])
    text = ColumnTransformer([("t", one_hot(), ["Home", "Records"])])
    return FeatureUnion([("numeric", numeric), ("text", text)]).fit(X), t.edge_frame(X, missing=["Income"], unknown=["Home"])


@case()
def pipeline_scalers():
    return credit_array(make_pipeline(SimpleImputer(), RobustScaler(), MinMaxScaler(clip=True), StandardScaler()))


@case(note="a step that is 'passthrough'")
def pipeline_passthrough_step():
    return credit_array(Pipeline([("a", SimpleImputer()), ("b", "passthrough"), ("c", StandardScaler())]))


@case(note="a step that is None")
def pipeline_none_step():
    return credit_array(Pipeline([("a", SimpleImputer()), ("b", None), ("c", StandardScaler())]))


@case(note="pipelines in pipelines")
def pipeline_nested():
    return credit_array(make_pipeline(make_pipeline(SimpleImputer(add_indicator=True)), make_pipeline(make_pipeline(StandardScaler()))))


@case(since="1.9", note="columns made by an earlier step, selected by the names that set_output('pandas') gave them")
def column_transformer_made_names():
    X, y = t.credit(200, ["Age", "Income", "Home", "Job"])
    filled = ColumnTransformer([
        ("number", SimpleImputer(), ["Income", "Age"]), ("text", SimpleImputer(strategy="most_frequent"), ["Home", "Job"]),
    ]).set_output(transform="pandas")
    second = ColumnTransformer(
        [("home", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["text__Home"]), ("age", StandardScaler(), ["number__Age"])], remainder="drop",
    )
    return make_pipeline(filled, second).fit(X), t.edge_frame(X, missing=["Income", "Age", "Home"])


@case(note="set_output('pandas') was asked of the source")
def pipeline_set_output():
    X, _ = t.credit(300, ["Income", "Age", "Debt"])
    return make_pipeline(SimpleImputer(), StandardScaler()).set_output(transform="pandas").fit(X), t.edge_frame(X, missing=["Income"])
