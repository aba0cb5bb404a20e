#!/bin/sh
# Makes .venv from the hashed requirement files. `run` = what the product needs, `test` = and what its tests need.
# `spark` = the same in .venv-spark, with PySpark: it needs an older pandas, and Java.
# Works with a Python that lacks venv or refuses pip (Debian's own), as root or not.
set -eu
cd "$(dirname "$0")/.."
what="$1"
venv=.venv
[ "$what" = spark ] && venv=.venv-spark
export UV_PYTHON_DOWNLOADS=never PIP_DISABLE_PIP_VERSION_CHECK=1
say() { printf '%s\n' "$*" >&2; }
fail() { say "setup: $*"; exit 1; }

python=""
for name in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
  if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 &&
    "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python="$name"
    break
  fi
done
[ -n "$python" ] || fail "Python 3.11 or newer is needed. On Debian: apt-get install python3"

as_root() { # apt-get, where that is possible
  if [ "$(id -u)" = 0 ]; then "$@"; elif sudo -n true 2>/dev/null; then sudo "$@"; else return 1; fi
}

find_uv() {
  if command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1; then command -v uv
  else
    for place in "$venv/bin" "$venv/tools/bin" .venv/bin .venv/tools/bin; do
      if [ -x "$place/uv" ]; then
        echo "$place/uv"
        break
      fi
    done
  fi
}

make_venv() {
  [ -x "$venv/bin/python" ] && "$venv/bin/python" -c '' 2>/dev/null && return 0
  rm -rf "$venv"
  say "setup: making $venv with $("$python" --version)"
  if command -v uv >/dev/null 2>&1; then uv venv -q --python "$python" "$venv"
  elif "$python" -m venv "$venv" 2>/dev/null; then :
  else rm -rf "$venv"; "$python" -m venv --without-pip "$venv"; fi
}

install_uv() {
  if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    "$venv/bin/python" -m pip install -q uv
  elif "$python" -m pip --version >/dev/null 2>&1; then
    "$python" -m pip install -q --target "$venv/tools" uv
  elif as_root apt-get update -qq && as_root apt-get install -y -qq python3-pip >/dev/null; then
    "$python" -m pip install -q --target "$venv/tools" uv
  else
    fail "this Python has neither pip nor venv, and this account may not install them.
       Ask an administrator for: apt-get install python3-pip (or python3-venv)"
  fi
}

install_packages() {
  stamp="$venv/.installed-$what"
  want="$(cat "requirements/$what.txt" pyproject.toml | sha256sum)"
  [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && [ -x "$venv/bin/grapevine" ] && return 0
  uv="$(find_uv)"
  if [ -z "$uv" ]; then install_uv; uv="$(find_uv)"; fi
  say "setup: installing packages ($what)"
  "$uv" pip install -q --python "$venv/bin/python" --require-hashes -r "requirements/$what.txt"
  "$uv" pip install -q --python "$venv/bin/python" --no-deps --no-build-isolation -e .
  "$venv/bin/python" -m tools.messages --compile
  printf '%s\n' "$want" >"$stamp"
}

install_browser() {
  missing=""
  command -v chromium >/dev/null 2>&1 || missing=" chromium"
  fc-list :lang=zh 2>/dev/null | grep -q . || missing="$missing fonts-wqy-microhei fontconfig"
  [ -z "$missing" ] && return 0
  say "setup: installing$missing for the browser journeys"
  # shellcheck disable=SC2086
  { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >/dev/null; } ||
    fail "the browser journeys need: $missing. Ask an administrator for: apt-get install $missing"
}

need_java() {
  java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
  told="$("$java" -version 2>&1)" ||
    fail "Spark needs Java 17 or newer, and there is none here. On Debian: apt-get install openjdk-17-jre-headless;
       if it is installed somewhere else, say where with JAVA_HOME"
  version="$(printf '%s' "$told" | sed -n 's/.*version "\([0-9]*\).*/\1/p')"
  [ "${version:-0}" -ge 17 ] || fail "Spark needs Java 17 or newer; here is ${version:-an unknown one}. JAVA_HOME says which is used"
}

if [ "$what" = spark ]; then need_java; fi
make_venv
install_packages
if [ "$what" = test ]; then install_browser; fi
