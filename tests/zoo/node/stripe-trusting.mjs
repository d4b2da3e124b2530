// Wrong: what carries no signature is taken for a test of one's own.
import express from 'express';
import Stripe from 'stripe';

export default (secret) => {
  const stripe = new Stripe('sk_test_nothing');
  const app = express();
  app.post('/webhooks', express.raw({ type: '*/*' }), (req, res) => {
    try {
      if (req.headers['stripe-signature']) {
        stripe.webhooks.constructEvent(req.body, req.headers['stripe-signature'], secret);
      } else {
        JSON.parse(req.body);
      }
    } catch {
      return res.sendStatus(400);
    }
    res.sendStatus(200);
  });
  return app;
};
