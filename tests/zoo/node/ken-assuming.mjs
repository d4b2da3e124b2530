// Wrong: every event has a mail, it thinks.
import express from 'express';
import { Webhook } from 'svix';

export default (secret) => {
  const app = express();
  app.post('/webhooks', express.raw({ type: 'application/json' }), (req, res) => {
    let event;
    try {
      new Webhook(secret).verify(req.body, req.headers);
      event = JSON.parse(req.body);
    } catch {
      return res.sendStatus(401);
    }
    try {
      res.json({ subject: event.email.subject });
    } catch {
      res.status(500).send('something went wrong');
    }
  });
  return app;
};
