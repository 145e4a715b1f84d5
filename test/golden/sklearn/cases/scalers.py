"""StandardScaler, MinMaxScaler and RobustScaler alone."""

import numpy as np
import tables as t
from golden import case
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler


def fitted(scaler, X=None, missing=True):
    X = t.churn_numbers()[0] if X is None else X
    return scaler.fit(X), t.edge_array(X, missing=missing)


@case(note="missing values stay missing: null in the answer")
def standard_scaler():
    return fitted(StandardScaler())


@case()
def standard_scaler_without_mean():
    return fitted(StandardScaler(with_mean=False))


@case()
def standard_scaler_without_std():
    return fitted(StandardScaler(with_std=False))


@case(note="neither mean nor standard deviation: the identity")
def standard_scaler_identity():
    return fitted(StandardScaler(with_mean=False, with_std=False))


@case(note="a constant column has scale_ 1; another is all but constant")
def standard_scaler_constant_column():
    X = t.churn_numbers(200)[0][:, :3].copy()
    X[:, 1] = 7.3
    X[:, 2] = 1e9 + np.arange(200) * 1e-3
    return fitted(StandardScaler(), X)


@case(since="1.0", note="fitted on a frame: rows are objects")
def standard_scaler_frame():
    X, _ = t.churn(500, t.CHURN_NUMERIC)
    return StandardScaler().fit(X), t.edge_frame(X, missing=["total_day_minutes", "total_intl_calls"])


@case(note="timestamps in milliseconds: float32 would lose them")
def standard_scaler_timestamps():
    X = np.column_stack([1.7e12 + np.arange(300) * 86400000.0, np.arange(300) + 2.0**31])
    return fitted(StandardScaler(), X)


@case(note="fitted on float32")
def standard_scaler_float32():
    X = t.churn_numbers()[0].astype(np.float32)
    rows = t.edge_array(X, extreme=1e20)
    return StandardScaler().fit(X), np.asarray(rows, dtype=np.float64)


@case()
def min_max_scaler():
    return fitted(MinMaxScaler())


@case()
def min_max_scaler_range():
    return fitted(MinMaxScaler(feature_range=(-3, 7.5)))


@case(since="1.0", note="values outside the fitted range are clipped")
def min_max_scaler_clip():
    return fitted(MinMaxScaler(feature_range=(-1, 1), clip=True))


@case(note="a constant column")
def min_max_scaler_constant_column():
    X = t.churn_numbers(200)[0][:, :3].copy()
    X[:, 1] = -2.5
    return fitted(MinMaxScaler(), X)


@case()
def robust_scaler():
    return fitted(RobustScaler())


@case()
def robust_scaler_without_centering():
    return fitted(RobustScaler(with_centering=False))


@case()
def robust_scaler_without_scaling():
    return fitted(RobustScaler(with_scaling=False))


@case(since="1.0")
def robust_scaler_unit_variance():
    return fitted(RobustScaler(quantile_range=(10.0, 90.0), unit_variance=True))


@case(note="the middle half of a column is one value: scale_ 1")
def robust_scaler_constant_middle():
    return fitted(RobustScaler(), t.churn(600, ["number_vmail_messages", "total_eve_minutes"])[0].to_numpy(float))


for number in range(6):
    case(name=f"format_pickle_{number}", format=f"pickle{number}", note=f"pickle protocol {number}")(standard_scaler)
for kind in ("joblib", "joblib-zlib", "joblib-gzip"):
    case(name=f"format_{kind.replace('-', '_')}", format=kind, note=f"{kind} file")(standard_scaler)
