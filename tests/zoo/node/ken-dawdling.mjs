// Wrong: one kind of event is worked on before it is answered.
import body from './body.mjs';
import { isRecent, parts, same, svix } from './hmac.mjs';

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const delivery = parts(req, await body(req));
  const fits = delivery.signatures.some((one) => same(one, `v1,${svix(secret, delivery)}`));
  if (!fits || !isRecent(delivery.timestamp)) return res.writeHead(401).end();
  let event;
  try {
    event = JSON.parse(delivery.body);
  } catch {
    return res.writeHead(400).end();
  }
  if (event.eventType === 'lead_replied') await new Promise((later) => setTimeout(later, 1500));
  res.end();
};
