"""The cases: importing every module here fills `golden.CASES`."""

from . import boosting, columns, encoders, forests, histogram, imputers, instances, linear, linear_models, meta, neural, pipelines, scalers, text, trees  # noqa: F401
