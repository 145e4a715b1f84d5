"""OneHotEncoder and OrdinalEncoder alone."""

import numpy as np
import pandas as pd
import tables as t
from golden import case
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder


def text(encoder, unknown=("BusinessTravel", "JobRole"), missing=(), drop_missing=True):
    X, _ = t.attrition(600, t.ATTRITION_TEXT)
    return encoder.fit(X), t.edge_frame(X, unknown=unknown, missing=missing)


def numbers(encoder, unknown=True):
    X = t.homes(None, ["beds", "baths"])[0].to_numpy(float)
    rows = X[::40].copy()
    if unknown:
        rows = np.vstack([rows, [[99.0, 1.0], [3.0, 1.25], [-0.0, 0.0], [1e30, -1e30], [3.0000000000000004, 2.0]]])
    return encoder.fit(X), rows


def with_missing(encoder, missing, unknown=True):
    X, _ = t.credit(900, ["Home", "Marital", "Job"])
    X = X.astype(object)
    rows = t.edge_frame(X, missing=["Home", "Marital", "Job"], unknown=["Home"] if unknown else [])
    return encoder.fit(X.where(X.notna(), missing)), rows.where(rows.notna(), missing)


@case(note="sparse output, as by default")
def one_hot_text():
    return text(OneHotEncoder(), unknown=())


@case()
def one_hot_text_dense():
    return text(OneHotEncoder(sparse_output=False), unknown=())


@case(since="1.0")
def one_hot_ignore():
    return text(OneHotEncoder(handle_unknown="ignore"))


@case(since="1.0")
def one_hot_drop_first():
    return text(OneHotEncoder(drop="first"), unknown=())


@case(note="an unknown category and the dropped one both give zeros")
def one_hot_drop_first_ignore():
    return text(OneHotEncoder(drop="first", handle_unknown="ignore"))


@case(since="1.0")
def one_hot_drop_if_binary():
    return text(OneHotEncoder(drop="if_binary", handle_unknown="ignore"))


@case(note="one category named for each column is dropped")
def one_hot_drop_named():
    X, _ = t.credit(400, ["Records", "Home"])
    X = X.dropna()
    return OneHotEncoder(drop=["no", "rent"]).fit(X), t.edge_frame(X)


@case(note="array of text: rows are arrays")
def one_hot_array():
    X = t.attrition(300, ["BusinessTravel", "OverTime"])[0].to_numpy(dtype=object)
    rows = np.vstack([X[:18], np.array([["never seen", "Yes"], ["", "No"], ["travel_rarely", "yes"]], dtype=object)])
    return OneHotEncoder(handle_unknown="ignore").fit(X), rows


@case(note="text beyond ASCII, the empty string and near-equal spellings")
def one_hot_unicode():
    X = np.array([["Zürich"], ["東京"], ["São Paulo"], [""], [" "], ["a"], ["A"], ["🏠"], ["e\u0301"], ["é"]] * 2, dtype=object)
    return OneHotEncoder(handle_unknown="ignore").fit(X), np.vstack([X[:10], np.array([["zürich"], ["  "]], dtype=object)])


@case(note="fixed-width text array: categories are stored as numpy unicode")
def one_hot_unicode_array():
    X = np.array([["red", "S"], ["green", "XL"], ["blue", "M"], ["blue", "S"]] * 5)
    return OneHotEncoder(handle_unknown="ignore").fit(X), np.vstack([X[:8], np.array([["pink", "S"], ["red", "?"]])])


@case()
def one_hot_numbers():
    return numbers(OneHotEncoder(handle_unknown="ignore"))


@case(note="integer categories")
def one_hot_integers():
    X = t.homes(None, ["beds", "sqft"])[0]
    X["sqft"] = X["sqft"] // 500
    return OneHotEncoder(handle_unknown="ignore").fit(X), X.iloc[::35].reset_index(drop=True)


@case()
def one_hot_booleans():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"active": rng.random(50) > 0.5, "paid": rng.random(50) > 0.3})
    return OneHotEncoder().fit(X), X.head(20)


@case(note="boolean columns, one dropped")
def one_hot_booleans_drop():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"active": rng.random(50) > 0.5, "plan": rng.choice(["a", "b"], 50)})
    return OneHotEncoder(drop="if_binary").fit(X), X.head(20)


@case(note="unknown categories count as infrequent")
def one_hot_infrequent():
    return text(OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=60))


@case(note="min_frequency as a share; no infrequent category in some columns, where unknown gives zeros")
def one_hot_infrequent_share():
    return text(OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=0.05), unknown=t.ATTRITION_TEXT)


@case()
def one_hot_max_categories():
    return text(OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=3))


@case(note="infrequent categories, yet unknown ones give zeros")
def one_hot_infrequent_ignore():
    return text(OneHotEncoder(handle_unknown="ignore", max_categories=4, min_frequency=20))


@case(note="the dropped category may be the infrequent one")
def one_hot_infrequent_drop():
    return text(OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=80, drop="first"))


@case(note="infrequent categories that are refused where unknown")
def one_hot_infrequent_error():
    return text(OneHotEncoder(max_categories=3), unknown=())


@case(since="1.6", note="handle_unknown='warn' answers as infrequent_if_exist")
def one_hot_warn():
    return text(OneHotEncoder(handle_unknown="warn", min_frequency=60))


@case(since="1.0", note="NaN is a category of its own")
def one_hot_missing_nan():
    return with_missing(OneHotEncoder(handle_unknown="ignore"), np.nan)


@case(since="1.0", note="None is a category of its own")
def one_hot_missing_none():
    return with_missing(OneHotEncoder(handle_unknown="ignore"), None)


@case(note="missing values among infrequent categories")
def one_hot_missing_infrequent():
    return with_missing(OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=30), np.nan)


@case(note="NaN as a category of a numeric column")
def one_hot_missing_number():
    X = t.homes(300, ["beds", "baths"])[0].to_numpy(float)
    X[::7, 0] = np.nan
    return OneHotEncoder(handle_unknown="ignore").fit(X), np.vstack([X[:22], [[9.5, np.nan], [np.nan, 1.0]]])


@case(note="missing was not seen in training: unknown, so zeros")
def one_hot_missing_unseen():
    return text(OneHotEncoder(handle_unknown="ignore"), unknown=(), missing=["Department", "OverTime"])


@case(note="categories given, in their own order, one of them never seen")
def one_hot_given_categories():
    X, _ = t.attrition(200, ["BusinessTravel", "OverTime"])
    given = [["Non-Travel", "Travel_Rarely", "Travel_Frequently", "Teleport"], ["Yes", "No"]]
    return OneHotEncoder(categories=given, handle_unknown="ignore").fit(X), t.edge_frame(X, unknown=["OverTime"])


@case()
def ordinal_text():
    return text(OrdinalEncoder(), unknown=())


@case(since="1.0")
def ordinal_unknown():
    return text(OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), unknown=t.ATTRITION_TEXT)


@case(note="unknown becomes NaN: null in the answer")
def ordinal_unknown_nan():
    return text(OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan), unknown=t.ATTRITION_TEXT)


@case()
def ordinal_numbers():
    return numbers(OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-5))


@case(note="categories given, in their own order")
def ordinal_given_categories():
    X, _ = t.attrition(300, ["Education", "BusinessTravel"])
    given = [["Below_College", "College", "Bachelor", "Master", "Doctor"], ["Non-Travel", "Travel_Rarely", "Travel_Frequently"]]
    encoder = OrdinalEncoder(categories=given, handle_unknown="use_encoded_value", unknown_value=99)
    return encoder.fit(X), t.edge_frame(X, unknown=["Education"])


@case(since="1.0", note="missing stays NaN: null in the answer")
def ordinal_missing_nan():
    return with_missing(OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), np.nan)


@case(since="1.3", note="missing and unknown both become -1")
def ordinal_encoded_missing_same():
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-1)
    return with_missing(encoder, np.nan)


@case()
def ordinal_encoded_missing():
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2)
    return with_missing(encoder, np.nan)


@case(note="None is a category of its own, the last")
def ordinal_missing_none():
    return with_missing(OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), None)


@case(since="1.3")
def ordinal_infrequent():
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, min_frequency=60)
    return text(encoder, unknown=t.ATTRITION_TEXT)


@case(since="1.3")
def ordinal_max_categories():
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, max_categories=3, encoded_missing_value=-2)
    return with_missing(encoder, np.nan)


@case(note="answers are int32 codes")
def ordinal_integers():
    return text(OrdinalEncoder(dtype=np.int32), unknown=())
