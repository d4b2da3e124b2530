import express from 'express';
import serve from './serve.cjs';

const app = express();

// The rest up to the last line is Ken's handler as printed, without a change.
// npm install svix
import { Webhook } from 'svix';
const wh = new Webhook(process.env.KEN_WEBHOOK_SECRET);
// Always pass the RAW request body - re-serializing breaks the signature.
app.post('/webhooks/ken', express.raw({ type: 'application/json' }), (req, res) => {
let payload;
try {
payload = wh.verify(req.body, {
'svix-id': req.headers['svix-id'],
'svix-timestamp': req.headers['svix-timestamp'],
'svix-signature': req.headers['svix-signature'],
});
} catch {
return res.status(400).send('Invalid signature');
}
// handle payload.eventType here ...
res.sendStatus(200);
});

serve(app);
