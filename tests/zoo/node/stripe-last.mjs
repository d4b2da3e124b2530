// Wrong: makes an object of the header, in which the last signature takes the place of all before it.
import body from './body.mjs';
import { hex, isRecent, same } from './hmac.mjs';

const isRecentEnough = isRecent;

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const bytes = await body(req);
  const header = req.headers['stripe-signature'] ?? '';
  const { t, v1 } = Object.fromEntries(header.split(',').map((entry) => entry.split('=')));
  const fits = same(v1, hex(secret, Buffer.concat([Buffer.from(`${t}.`), bytes])));
  res.writeHead(fits && isRecentEnough(t) ? 200 : 400).end();
};
