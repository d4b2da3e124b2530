// Wrong: refuses what is old, and takes what is signed for next year.
import body from './body.mjs';
import { parts, same, svix } from './hmac.mjs';

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const delivery = parts(req, await body(req));
  const expected = `v1,${svix(secret, delivery)}`;
  const isOld = Date.now() / 1000 - Number(delivery.timestamp) > 300;
  const fits = delivery.signatures.some((one) => same(one, expected));
  res.writeHead(fits && !isOld ? 200 : 401).end();
};
