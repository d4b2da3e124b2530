// Right: Fastify with a parser that keeps the bytes, and the official library.
import Fastify from 'fastify';
import Stripe from 'stripe';

export default async (secret) => {
  const stripe = new Stripe('sk_test_nothing');
  const app = Fastify();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  app.post('/webhooks', async (request, reply) => {
    let event;
    try {
      event = stripe.webhooks.constructEvent(request.body, request.headers['stripe-signature'], secret);
    } catch (error) {
      return reply.code(400).send({ error: 'invalid' });
    }
    switch (event.type) {
      case 'invoice.paid':
      case 'payment_intent.succeeded':
        return { processed: event.id };
      default:
        return { ignored: event.type };
    }
  });
  await app.ready();
  return app.routing;
};
