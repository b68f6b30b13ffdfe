#!/bin/sh
# Make the virtual environment $1 with the first Python >= 3.11 found ($PYTHON, when set, is the only candidate).
set -eu

venv=$1
needs='import sys; sys.exit(sys.version_info < (3, 11))'

found=
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if "$candidate" -c "$needs" 2>/dev/null; then
        found=$candidate
        break
    fi
done

if [ -z "$found" ]; then
    echo "begone needs Python 3.11 or newer; looked for: ${PYTHON:-python3 python3.13 python3.12 python3.11}." >&2
    echo "Here python3 is: $(python3 --version 2>&1 || true)" >&2
    echo "Install one, or name it: make PYTHON=/path/to/python3.12 ..." >&2
    exit 1
fi

if ! "$found" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "$found ($version) comes without the venv and ensurepip modules, which make the virtual environment." >&2
    echo "On Debian and Ubuntu: apt-get install python$version-venv (or python3-venv). Then run make again." >&2
    exit 1
fi

# A half-made environment (an interrupted run, a Python that is gone) is made anew.
"$found" -m venv --clear "$venv"
