// Wrong: one delivery at a time, and an error for all others.
import body from './body.mjs';
import { isRecent, parts, same, svix } from './hmac.mjs';

export default (secret) => {
  let locked = false;
  return async (req, res) => {
    if (req.method !== 'POST') return res.writeHead(405).end();
    const delivery = parts(req, await body(req));
    const fits = delivery.signatures.some((one) => same(one, `v1,${svix(secret, delivery)}`));
    if (!fits || !isRecent(delivery.timestamp)) return res.writeHead(401).end();
    if (locked) return res.writeHead(500).end('database is locked');
    locked = true;
    await new Promise((later) => setTimeout(later, 30));
    locked = false;
    res.end();
  };
};
