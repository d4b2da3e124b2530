// Wrong: 300,000 stands for five minutes, but the difference counts seconds.
import body from './body.mjs';
import { parts, same, svix } from './hmac.mjs';

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const delivery = parts(req, await body(req));
  const expected = `v1,${svix(secret, delivery)}`;
  const isRecent = Math.abs(Date.now() / 1000 - Number(delivery.timestamp)) <= 5 * 60 * 1000;
  const fits = delivery.signatures.some((one) => same(one, expected));
  try {
    JSON.parse(delivery.body);
  } catch {
    return res.writeHead(400).end();
  }
  res.writeHead(fits && isRecent ? 200 : 401).end();
};
