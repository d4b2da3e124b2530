// Wrong: reads the first signature alone.
import body from './body.mjs';
import { isRecent, parts, same, svix } from './hmac.mjs';

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const delivery = parts(req, await body(req));
  const fits = same(delivery.signatures[0], `v1,${svix(secret, delivery)}`);
  res.writeHead(fits && isRecent(delivery.timestamp) ? 200 : 401).end();
};
