"""Photos (照片) that a census delivers of its components: found, matched, compared, kept as links."""
