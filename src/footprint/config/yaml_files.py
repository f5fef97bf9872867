"""YAML files, read so that no key is lost."""

from pathlib import Path
from typing import Any

import yaml

from footprint.errors import ConfigError


class _Loader(yaml.SafeLoader):
    """YAML that does not let the second of two equal keys replace the first in silence."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        seen = set()
        for key, _ in node.value:
            if (key.tag, str(key.value)) in seen and key.tag != "tag:yaml.org,2002:merge":
                msg = f"line {key.start_mark.line + 1}: key '{key.value}' stands there twice"
                raise ConfigError(msg)
            seen.add((key.tag, str(key.value)))
        return node


def read_yaml(path: Path) -> Any:
    """Read a YAML file in which no mapping says the same key twice.

    Raises
    ------
    ConfigError
        The file is missing, not YAML, or repeats a key.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506, a SafeLoader
    except ConfigError as error:
        msg = f"{path}, {error}"
        raise ConfigError(msg) from None
    except FileNotFoundError:
        msg = f"no such configuration: {path}"
        raise ConfigError(msg) from None
    except yaml.YAMLError as error:
        msg = f"{path} is not YAML: {error}"
        raise ConfigError(msg) from None
