// Wrong: says in the body that it refuses, and 200 in the status.
import body from './body.mjs';
import { isRecent, parts, same, svix } from './hmac.mjs';

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const delivery = parts(req, await body(req));
  const fits = delivery.signatures.some((one) => same(one, `v1,${svix(secret, delivery)}`));
  const ok = fits && isRecent(delivery.timestamp);
  res.end(JSON.stringify(ok ? { ok } : { error: 'invalid signature' }));
};
