"""The cases: importing every module here fills `golden.CASES`."""

from . import boosting, columns, encoders, ensembles, forests, histogram, imputers, instances, linear, linear_models, meta, neural, pipelines, scalers, selectors, support_machines, text, transformers, trees  # noqa: F401
