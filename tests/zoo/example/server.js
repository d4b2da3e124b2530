// A project such as the README's examples are for: a handler of Ken's deliveries.
import crypto from 'node:crypto';
import http from 'node:http';

const key = Buffer.from(process.env.KEN_WEBHOOK_SECRET.replace('whsec_', ''), 'base64');

const isRight = (headers, body) => {
  const { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': given = '' } = headers;
  const digest = crypto.createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  const fits = (one) => one.length === digest.length + 3 && crypto.timingSafeEqual(Buffer.from(one), Buffer.from(`v1,${digest}`));
  return Math.abs(Date.now() / 1000 - timestamp) < 300 && given.split(' ').some(fits);
};

const server = http.createServer(async (req, res) => {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  if (req.method !== 'POST' || req.url !== '/webhooks/ken') return res.writeHead(404).end();
  const body = Buffer.concat(chunks);
  if (!isRight(req.headers, body)) return res.writeHead(401).end('invalid signature');
  try {
    JSON.parse(body);
  } catch {
    return res.writeHead(400).end('no JSON');
  }
  res.end('ok');
});
server.listen(process.env.PORT ?? 3000, '127.0.0.1');
