"""The study's YAML as typed models: the only place that knows its keys.

A whole study takes all models, which take a quarter of a second to make; jobs that read one part
of it do without the others, so what concerns the whole is imported when it is asked for, and an
experiment does not import data sets, nor a data set samples.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from footprint.config.study import Study, load_study, parse_study
    from footprint.config.yaml_files import read_yaml

__all__ = ["Study", "load_study", "parse_study", "read_yaml"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from footprint.config import study

    return getattr(study, name)
