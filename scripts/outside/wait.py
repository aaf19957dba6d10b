"""Waits until a URL answers 200, at most ten seconds."""

import sys
import time
import urllib.error
import urllib.request

until = time.monotonic() + 10
while True:
    try:
        urllib.request.urlopen(sys.argv[1], timeout=1)
        break
    except (urllib.error.URLError, OSError) as error:
        if time.monotonic() > until:
            sys.exit(f"{sys.argv[1]} does not answer: {error}")
        time.sleep(0.05)
