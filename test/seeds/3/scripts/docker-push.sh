#!/usr/bin/env bash
set -euo pipefail
cd "$(dirname "$0")/../backend"
docker build --platform=linux/arm64 -t "app:$1-latest" -f "$3" .
docker push "app:$1-latest"
