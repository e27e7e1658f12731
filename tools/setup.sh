#!/usr/bin/env bash
# Prepare a bare Debian or Ubuntu: system packages, then a virtual environment with the locked versions.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(python3 python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0 fontconfig poppler-utils)
# The tests look at the preview in a browser; Ubuntu calls the same packages by other names.
if grep -qs '^ID=ubuntu' /etc/os-release; then packages+=(chromium-browser chromium-chromedriver); else packages+=(chromium chromium-driver); fi
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  if ! command -v apt-get >/dev/null; then
    echo "请先安装这些系统软件包：${missing[*]}" >&2
    exit 1
  fi
  run=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "安装系统软件包需要管理员权限：apt-get install ${missing[*]}" >&2; exit 1; }
    run=(sudo)
  fi
  echo "installing: ${missing[*]}"
  "${run[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

python=""
for candidate in python3 python3.13 python3.12 python3.11; do
  if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || { echo "需要 Python 3.11 或更新版本" >&2; exit 1; }
[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
# Compiled, the program loads in half the time; some machines are told not to let Python write that down by itself.
.venv/bin/python -m compileall -q src
