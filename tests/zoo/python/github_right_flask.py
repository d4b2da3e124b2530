"""Right: the same path says that it is alive to who looks; bodies of more than 100 KiB are too large for it."""

import hashlib
import hmac

from flask import Flask, request


def handler(secret):
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 100 * 1024

    @app.route("/webhooks", methods=["GET", "POST"])
    def webhooks():
        if request.method == "GET":
            return "alive"
        digest = hmac.new(secret.encode(), request.data, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(f"sha256={digest}", request.headers.get("X-Hub-Signature-256", "")):
            return {"error": "invalid signature"}, 403
        request.get_json()
        return "", 204

    return app
