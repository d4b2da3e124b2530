// Wrong: the signature is verified, the time is not.
import body from './body.mjs';
import { parts, same, svix } from './hmac.mjs';

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const delivery = parts(req, await body(req));
  const expected = `v1,${svix(secret, delivery)}`;
  if (!delivery.signatures.some((one) => same(one, expected))) return res.writeHead(401).end();
  try {
    JSON.parse(delivery.body);
  } catch {
    return res.writeHead(400).end();
  }
  res.end();
};
