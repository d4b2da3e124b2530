// Each library verifies the raw body at a path of its own: 200 if it accepts, 400 with its reason if not.
import http from 'node:http';
import { Webhook as StandardWebhooks } from 'standardwebhooks';
import { Webhook as Svix } from 'svix';
import { Webhook as Svix1 } from 'svix-1';
import serve from './serve.cjs';

const libraries = { '/standardwebhooks': StandardWebhooks, '/svix': Svix, '/svix-1': Svix1 };

const server = http.createServer(async (req, res) => {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  try {
    new libraries[req.url](process.env.WEBHOOK_SECRET).verify(Buffer.concat(chunks), req.headers);
    res.writeHead(200).end('valid');
  } catch (error) {
    res.writeHead(400).end(error.message);
  }
});

serve(server);
