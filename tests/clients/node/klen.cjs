// Verifies as the Express example of Klen does: over the body parsed and serialised again, as bare hex, and with
// timingSafeEqual, which throws if the header is missing or of another length.
const crypto = require('node:crypto');
const express = require('express');
const serve = require('./serve.cjs');

const app = express();
app.use(express.json());

app.post('/webhooks/klen', (req, res) => {
  const expected = crypto
    .createHmac('sha256', process.env.KLEN_WEBHOOK_SECRET)
    .update(JSON.stringify(req.body))
    .digest('hex');
  const signature = req.headers['x-klen-signature'];
  if (crypto.timingSafeEqual(Buffer.from(expected), Buffer.from(signature))) {
    res.status(200).send('Webhook received');
  } else {
    res.status(401).send('Invalid signature');
  }
});

serve(app);
