// Right: reads slowly, refuses all that does not verify with 404, answers a page to other methods, and puts off the
// second of two equal deliveries at once.
import body from './body.mjs';
import { isRecent, parts, same, svix } from './hmac.mjs';

export default (secret) => {
  const [seen, busy] = [new Set(), new Set()];
  return async (req, res) => {
    if (req.method !== 'POST') return res.end('webhooks arrive here');
    const delivery = parts(req, await body(req));
    const expected = `v1,${svix(secret, delivery)}`;
    const fits = delivery.signatures.some((one) => same(one, expected));
    if (!fits || !isRecent(delivery.timestamp)) return res.writeHead(404).end();
    if (busy.has(delivery.id)) return res.writeHead(409).end();
    busy.add(delivery.id);
    await new Promise((later) => setTimeout(later, 15));
    busy.delete(delivery.id);
    let known;
    try {
      known = JSON.parse(delivery.body).eventId;
    } catch {
      return res.writeHead(422).end();
    }
    const again = seen.has(known);
    seen.add(known);
    res.writeHead(again ? 200 : 201).end();
  };
};
