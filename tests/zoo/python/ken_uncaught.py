"""Wrong: nobody catches what the library throws."""

import json

from fastapi import FastAPI, HTTPException, Request
from svix.webhooks import Webhook


def handler(secret):
    app = FastAPI()

    @app.post("/webhooks")
    async def webhooks(request: Request):
        body = await request.body()
        Webhook(secret).verify(body, dict(request.headers))
        try:
            json.loads(body)
        except ValueError:
            raise HTTPException(400)
        return {}

    return app
