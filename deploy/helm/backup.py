"""JSON Schema of the values `backup`, what CloudNativePG is asked for, and `restoring`."""

from deploy.helm.json_schema import BOOLEAN, Schema, mapping, one_of, text

_NAME = text(r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$", maxLength=63)

BACKUP: Schema = mapping(
    enabled=BOOLEAN,
    cluster=_NAME,
    namespace=_NAME,
    schedule=text(r"^\S+( \S+){5}$"),
    plugin=text(r"^([a-z0-9]([-.a-z0-9]*[a-z0-9])?)?$"),
    target=one_of("primary", "prefer-standby"),
    immediate=BOOLEAN,
)
BACKUPS: dict[str, Schema] = {"restoring": mapping(enabled=BOOLEAN), "backup": BACKUP}
