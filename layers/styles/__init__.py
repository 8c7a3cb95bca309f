"""How layers are drawn: one source for each style, written as MapLibre style, SLD, QML and legend."""
