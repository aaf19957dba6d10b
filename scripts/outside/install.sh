# What the programs of others need. Sourced from the root of the repository, with `me` the name of the script that does it.

# need COMMAND PACKAGE...: has apt-get install what is missing, where it may.
need() {
    command -v "$1" >/dev/null && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${@:2}" >/dev/null
    fi
    command -v "$1" >/dev/null || { echo "$me: $1 is missing (Debian: ${*:2})" >&2; exit 1; }
}

# install_python NAME REQUIREMENTS: a Python environment in target/NAME, as the file pins it. Sets `work` to that folder and `python` to
# its Python, both as absolute paths.
install_python() {
    local system=${PYTHON:-python3}
    if ! "$system" -c 'import venv, ensurepip' 2>/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
    fi
    "$system" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || {
        echo "$me: Python 3.10 or later with the modules venv and ensurepip is missing (Debian: python3-venv)" >&2
        exit 1
    }
    work=${CARGO_TARGET_DIR:-target}/$1
    mkdir -p "$work"
    work=$(cd "$work" && pwd)
    python=$work/venv/bin/python
    if ! cmp -s "$2" "$work/installed.txt"; then
        rm -rf "$work/venv"
        "$system" -m venv "$work/venv"
        "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$2"
        cp "$2" "$work/installed.txt"
    fi
}
