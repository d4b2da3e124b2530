"""Wrong: verifies the JSON that it wrote anew, compact as it came."""

import hashlib
import hmac
import json

from flask import Flask, abort, request


def handler(secret):
    app = Flask(__name__)

    @app.post("/webhooks")
    def webhooks():
        body = json.dumps(request.get_json(), separators=(",", ":"), ensure_ascii=False).encode()
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(request.headers.get("X-Hub-Signature-256", ""), f"sha256={digest}"):
            abort(401)
        return "", 204

    return app
