// Wrong: verifies what it wrote anew, not what came.
import express from 'express';
import { Webhook } from 'svix';

export default (secret) => {
  const app = express();
  app.use(express.json());
  app.post('/webhooks', (req, res) => {
    try {
      new Webhook(secret).verify(JSON.stringify(req.body), req.headers);
    } catch {
      return res.status(400).send('Invalid signature');
    }
    res.sendStatus(200);
  });
  return app;
};
