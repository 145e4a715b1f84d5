"""SimpleImputer alone on numbers, and before an encoder on text (a vector of numbers is what a transformer gives)."""

import numpy as np
import tables as t
from golden import case
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder


def fitted(imputer, X=None):
    X = t.credit_numbers()[0] if X is None else X
    return imputer.fit(X), t.edge_array(X, missing=True)


@case()
def simple_imputer_mean():
    return fitted(SimpleImputer())


@case()
def simple_imputer_median():
    return fitted(SimpleImputer(strategy="median"))


@case(note="ties go to the smallest value")
def simple_imputer_most_frequent():
    return fitted(SimpleImputer(strategy="most_frequent"))


@case()
def simple_imputer_constant():
    return fitted(SimpleImputer(strategy="constant", fill_value=-999.5))


@case(note="the default fill value, 0")
def simple_imputer_constant_default():
    return fitted(SimpleImputer(strategy="constant"))


@case(note="-1 means missing; NaN is refused by scikit-learn")
def simple_imputer_minus_one():
    X = np.nan_to_num(t.credit_numbers()[0], nan=-1.0)
    rows = np.vstack([t.edge_array(X), X[X.min(axis=1) == -1][:6]])
    return SimpleImputer(missing_values=-1, strategy="mean").fit(X), rows


@case(note="0 means missing: -0 and 0 both match", name="simple_imputer_zero")
def simple_imputer_zero():
    X = np.nan_to_num(t.credit_numbers()[0], nan=0.0)
    return SimpleImputer(missing_values=0, strategy="median", add_indicator=True).fit(X), t.edge_array(X)


@case(since="1.0", note="indicator columns follow, only for features that had missing values in training")
def simple_imputer_indicator():
    return fitted(SimpleImputer(strategy="median", add_indicator=True))


@case(since="1.0", note="a column without any value is dropped from the answer")
def simple_imputer_empty_column():
    X = t.credit_numbers(300)[0].copy()
    X[:, 3] = np.nan
    return SimpleImputer().fit(X), t.edge_array(np.nan_to_num(X, nan=5.0), missing=True)


@case(note="a column without any value is kept, filled with 0")
def simple_imputer_keep_empty():
    X = t.credit_numbers(300)[0].copy()
    X[:, 3] = np.nan
    return SimpleImputer(keep_empty_features=True, add_indicator=True).fit(X), t.edge_array(np.nan_to_num(X, nan=5.0), missing=True)


@case(note="fitted on a frame: rows are objects")
def simple_imputer_frame():
    X, _ = t.credit(600, t.CREDIT_NUMERIC)
    return SimpleImputer(strategy="median").fit(X), t.edge_frame(X, missing=["Income", "Assets", "Time"])


def text_pipeline(imputer, encoder, missing=np.nan):
    X, _ = t.credit(900, t.CREDIT_TEXT)
    X = X.astype(object)
    X = X.where(X.notna(), missing)
    rows = t.edge_frame(X.where(X.notna(), np.nan), missing=t.CREDIT_TEXT, unknown=["Home", "Job"])
    rows = rows.where(rows.notna(), missing)
    return make_pipeline(imputer, encoder).fit(X), rows


@case(since="1.0", note="text; missing is NaN")
def simple_imputer_text_most_frequent():
    return text_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))


@case(note="text; missing becomes a category of its own")
def simple_imputer_text_constant():
    return text_pipeline(SimpleImputer(strategy="constant", fill_value="unknown"), OneHotEncoder(handle_unknown="ignore"))


@case(note="text; the default fill value, missing_value")
def simple_imputer_text_constant_default():
    return text_pipeline(
        SimpleImputer(strategy="constant"), OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    )


@case(note="text; missing_values=None")
def simple_imputer_text_none():
    return text_pipeline(
        SimpleImputer(missing_values=None, strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"), None
    )


@case(note="text; a question mark means missing")
def simple_imputer_text_mark():
    return text_pipeline(
        SimpleImputer(missing_values="?", strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"), "?"
    )
