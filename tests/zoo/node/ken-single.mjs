// Wrong for an endpoint that gets more: takes one type of event and refuses all others.
import express from 'express';
import { Webhook } from 'svix';

export default (secret) => {
  const app = express();
  app.post('/webhooks', express.raw({ type: 'application/json' }), (req, res) => {
    try {
      new Webhook(secret).verify(req.body, req.headers);
      const { eventType } = JSON.parse(req.body);
      res.sendStatus(eventType === 'lead_replied' ? 200 : 400);
    } catch {
      res.sendStatus(401);
    }
  });
  return app;
};
