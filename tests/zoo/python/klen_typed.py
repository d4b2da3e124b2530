"""Wrong: its schema forbids what it does not know."""

import hashlib
import hmac

from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel, ValidationError


class Envelope(BaseModel, extra="forbid"):
    event_type: str
    timestamp: str
    call: dict | None = None
    calendar_event: dict | None = None


def handler(secret):
    app = FastAPI()

    @app.post("/webhooks")
    async def webhooks(request: Request):
        body = await request.body()
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(request.headers.get("x-klen-signature", ""), digest):
            raise HTTPException(401)
        try:
            return Envelope.model_validate_json(body).event_type
        except ValidationError:
            raise HTTPException(422)

    return app
