"""Sends files as signed deliveries: `SECRET=... send.py URL FILES`. Prints the status of each answer."""

import hashlib
import hmac
import os
import sys
import time
import urllib.request

try:
    import requests
except ImportError:
    requests = None


def post(url, body, headers):
    if requests:
        return requests.post(url, data=body, headers=headers, timeout=20).status_code
    return urllib.request.urlopen(urllib.request.Request(url, body, headers)).status


url, *paths = sys.argv[1:]
for path in paths:
    body = open(path, "rb").read()
    seconds = str(int(time.time()))
    mac = hmac.new(os.environ["SECRET"].encode(), seconds.encode() + b"." + body, hashlib.sha256)
    headers = {"Content-Type": "application/json", "Choppity-Signature-256": f"t={seconds},v1={mac.hexdigest()}"}
    print(post(url, body, headers))
