#!/usr/bin/env bash
# Measures AkkaKv, Redis and etcd side by side on this machine and prints a Markdown table. About five minutes.
# Everything listens on 127.0.0.1, on free ports, with its data in a temporary directory, and is stopped at the end.
#   bench/compare/run.sh [--rounds 3] [--seconds 3] [--connections 16,64] [--reads 0,1,0.8] [--systems akkakv,redis,etcd] [--data DIR]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

missing=()
command -v python3 >/dev/null || missing+=(python3)
case " $* " in *--systems*) ;; *)
  command -v redis-server >/dev/null || missing+=(redis-server)
  command -v etcd >/dev/null || missing+=(etcd-server)
esac
if [ ${#missing[@]} -gt 0 ]; then
  echo "Not installed: ${missing[*]}. On Debian: apt-get install --no-install-recommends ${missing[*]}. Or leave systems out: --systems akkakv" >&2
  exit 2
fi

for project in AkkaKv.Server AkkaKv.Cli; do
  dotnet build "$root/src/$project" -c Release -v q >&2
done
exec python3 "$here/compare.py" --root "$root" "$@"
