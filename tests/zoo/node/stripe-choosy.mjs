// Wrong: an event of a type that it does not know is an error to it.
import express from 'express';
import Stripe from 'stripe';

const KNOWN = ['checkout.session.completed', 'customer.subscription.created', 'customer.subscription.deleted', 'invoice.paid', 'invoice.payment_failed', 'payment_intent.succeeded'];

export default (secret) => {
  const stripe = new Stripe('sk_test_nothing');
  const app = express();
  app.post('/webhooks', express.raw({ type: 'application/json' }), (req, res) => {
    let event;
    try {
      event = stripe.webhooks.constructEvent(req.body, req.headers['stripe-signature'], secret);
    } catch {
      return res.sendStatus(400);
    }
    if (!KNOWN.includes(event.type)) return res.status(422).send(`unhandled event type ${event.type}`);
    res.sendStatus(200);
  });
  return app;
};
