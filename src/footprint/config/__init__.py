"""The study's YAML as typed models: the only place that knows its keys."""

from footprint.config.study import Study, load_study, parse_study
from footprint.config.yaml_files import read_yaml

__all__ = ["Study", "load_study", "parse_study", "read_yaml"]
