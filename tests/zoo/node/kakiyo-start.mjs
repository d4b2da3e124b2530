// Wrong: compares the first eight characters.
import body from './body.mjs';
import { hex } from './hmac.mjs';

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const digest = (req.headers['x-kakiyo-signature'] ?? '').replace('sha256=', '');
  const fits = digest.slice(0, 8) === hex(secret, await body(req)).slice(0, 8);
  res.writeHead(fits ? 200 : 401).end();
};
