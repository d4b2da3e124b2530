// Wrong: writes the id down before it verifies, so that a forgery blocks the real delivery.
import body from './body.mjs';
import { isRecent, parts, same, svix } from './hmac.mjs';

export default (secret) => {
  const tried = new Map();
  return async (req, res) => {
    if (req.method !== 'POST') return res.writeHead(405).end();
    const delivery = parts(req, await body(req));
    const before = tried.get(delivery.id);
    const fits = delivery.signatures.some((one) => same(one, `v1,${svix(secret, delivery)}`));
    const status = before ?? (fits && isRecent(delivery.timestamp) ? 200 : 401);
    tried.set(delivery.id, status);
    res.writeHead(status).end();
  };
};
