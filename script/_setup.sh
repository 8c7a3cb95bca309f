# Sourced by the other scripts: makes .venv and fills it from the lock file.
# usage: . script/_setup.sh; ensure_venv run|dev

say() { printf '%s\n' "$*" >&2; }

find_python() {
  for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 14)))' 2>/dev/null; then
      printf '%s' "$candidate"
      return 0
    fi
  done
  say "wangge needs Python 3.11, 3.12 or 3.13; none was found. Install one (Debian/Ubuntu: apt-get install python3)"
  say "or name it: PYTHON=/path/to/python3.12 $0"
  return 1
}

as_root_install() { # packages…
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  say "installing $*"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >&2
}

make_venv() { # python
  "$1" -m venv .venv >/dev/null 2>&1 && return 0
  rm -rf .venv
  version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  if as_root_install "python$version-venv" || as_root_install python3-venv; then
    "$1" -m venv .venv && return 0
  fi
  if command -v virtualenv >/dev/null; then virtualenv -q -p "$1" .venv && return 0; fi
  if command -v uv >/dev/null; then uv venv -q --seed -p "$1" .venv && return 0; fi
  say "cannot make a virtual environment. Run: sudo apt-get install python$version-venv"
  return 1
}

ensure_venv() { # run|dev
  lock=requirements/$1.txt
  python=$(find_python) || return 1
  [ -x .venv/bin/python ] || make_venv "$python" || return 1
  stamp=.venv/.installed-$1
  [ "$1" = run ] && cmp -s requirements/dev.txt .venv/.installed-dev && stamp=.venv/.installed-dev lock=requirements/dev.txt
  if ! cmp -s "$lock" "$stamp" || ! .venv/bin/python -c 'import wangge' 2>/dev/null; then
    say "installing the locked dependencies ($lock)"
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "$lock" >&2 || return 1
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . >&2 || return 1
    cp "$lock" "$stamp"
  fi
}

ensure_web() { # front-end libraries, pinned by package-lock.json
  script/build-web
}
