"""The cases: importing every module here fills `golden.CASES`."""

from . import boosting, columns, encoders, forests, histogram, imputers, instances, linear, meta, linear_models, neural, pipelines, scalers, trees  # noqa: F401
