"""Tables of many rows: docs/subsystems/imports.md tells the whole."""
