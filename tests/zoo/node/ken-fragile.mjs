// Wrong: parses before anything else, where nobody catches: rubbish ends the process.
import { isRecent, parts, same, svix } from './hmac.mjs';

export default (secret) => (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    const bytes = Buffer.concat(chunks);
    const event = JSON.parse(bytes);
    const delivery = parts(req, bytes);
    const fits = delivery.signatures.some((one) => same(one, `v1,${svix(secret, delivery)}`));
    res.writeHead(fits && isRecent(delivery.timestamp) ? 200 : 401).end(fits ? event.eventType : '');
  });
};
