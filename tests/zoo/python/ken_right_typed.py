"""Right: its types are strict about what it needs, and mind nothing else. All that it refuses, it refuses alike."""

from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel, StrictInt, ValidationError
from svix.webhooks import Webhook, WebhookVerificationError


class Company(BaseModel):
    name: str
    employeeCount: StrictInt


class Event(BaseModel):
    eventType: str
    company: Company


def handler(secret):
    app = FastAPI()

    @app.post("/webhooks")
    async def webhooks(request: Request):
        body = await request.body()
        try:
            Webhook(secret).verify(body, dict(request.headers))
        except WebhookVerificationError:
            raise HTTPException(400)
        try:
            return Event.model_validate_json(body).eventType
        except ValidationError:
            raise HTTPException(400)

    return app
