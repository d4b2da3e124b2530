"""Wrong: verifies the JSON that Python writes by default, with spaces in it."""

import hashlib
import hmac
import json

from fastapi import FastAPI, HTTPException, Request


def handler(secret):
    app = FastAPI()

    @app.post("/webhooks")
    async def webhooks(request: Request):
        try:
            body = json.dumps(await request.json()).encode()
        except ValueError:
            raise HTTPException(400)
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(request.headers.get("x-klen-signature", ""), digest):
            raise HTTPException(401)
        return "ok"

    return app
