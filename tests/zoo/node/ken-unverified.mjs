// Wrong: never looks at the signature.
import express from 'express';

export default () => {
  const app = express();
  app.use(express.json());
  app.post('/webhooks', (req, res) => res.json({ received: req.body.eventType ?? null }));
  return app;
};
