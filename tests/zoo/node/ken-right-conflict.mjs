// Right, with a habit: answers 409 to what it has seen.
import body from './body.mjs';
import { isRecent, parts, same, svix } from './hmac.mjs';

export default (secret) => {
  const seen = new Set();
  return async (req, res) => {
    if (req.method !== 'POST') return res.writeHead(405).end();
    const delivery = parts(req, await body(req));
    const fits = delivery.signatures.some((one) => same(one, `v1,${svix(secret, delivery)}`));
    if (!fits || !isRecent(delivery.timestamp)) return res.writeHead(403).end('forbidden');
    if (seen.has(delivery.id)) return res.writeHead(409).end('seen before');
    seen.add(delivery.id);
    try {
      JSON.parse(delivery.body);
    } catch {
      return res.writeHead(400).end();
    }
    res.writeHead(204).end();
  };
};
