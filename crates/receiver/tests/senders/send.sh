#!/usr/bin/env bash
# Sends files as signed deliveries: `SECRET=... send.sh URL FILES`. Prints the status of each answer.
set -euo pipefail
url=$1
shift
for path in "$@"; do
    seconds=$(date +%s)
    signature=$({ printf '%s.' "$seconds"; cat "$path"; } | openssl dgst -sha256 -hmac "$SECRET" -r | cut -d ' ' -f 1)
    curl --silent --output /dev/null --write-out '%{http_code}\n' --data-binary "@$path" \
        --header 'content-type: application/json' --header "choppity-signature-256: t=$seconds,v1=$signature" "$url"
done
