// Each provider's official library verifies a request at /PROVIDER with the provider's secret, or with the public key
// of one that signs with a private key: 200 if it accepts, 400 with its reason if not. Where there is no library, the
// algorithm that the provider documents does it. WEBHOOK_SECRETS has the secrets as JSON.
import crypto from 'node:crypto';
import http from 'node:http';
import * as hubspot from '@hubspot/api-client';
import { LinearWebhookClient } from '@linear/sdk/webhooks';
import * as octokit from '@octokit/webhooks-methods';
import { Paddle } from '@paddle/paddle-node-sdk';
import sendgrid from '@sendgrid/eventwebhook';
import '@shopify/shopify-api/adapters/node';
import { ApiVersion, shopifyApi } from '@shopify/shopify-api';
import bolt from '@slack/bolt';
import { verifyKey } from 'discord-interactions';
import { Webhook as StandardWebhooks } from 'standardwebhooks';
import Stripe from 'stripe';
import { Webhook as Svix } from 'svix';
import twilio from 'twilio';
import serve from './serve.cjs';

const secrets = JSON.parse(process.env.WEBHOOK_SECRETS);

const same = (one, other) =>
  one.length === other.length && crypto.timingSafeEqual(Buffer.from(one), Buffer.from(other));
const hmac = (secret, text, encoding) =>
  crypto.createHmac('sha256', secret).update(text).digest(encoding);

const shopify = (secret) =>
  shopifyApi({
    apiKey: 'key',
    apiSecretKey: secret,
    apiVersion: Object.values(ApiVersion).at(-1),
    hostName: 'localhost',
    isEmbeddedApp: false,
    logger: { log: () => {} },
  });

// For libraries that throw if they refuse, and need not return anything else.
const throwsNot = (verify) => {
  verify();
  return true;
};

const verifiers = {
  discord: ({ secret, body, headers }) =>
    verifyKey(body, headers['x-signature-ed25519'], headers['x-signature-timestamp'], secret),
  github: ({ secret, text, headers }) => octokit.verify(secret, text, headers['x-hub-signature-256']),
  // No library: the token is compared.
  gitlab: ({ secret, headers }) => same(headers['x-gitlab-token'], secret),
  hubspot: ({ secret, method, url, text, headers }) =>
    hubspot.Signature.isValid({
      clientSecret: secret,
      method,
      url,
      requestBody: text,
      signature: headers['x-hubspot-signature-v3'],
      signatureVersion: 'v3',
      timestamp: Number(headers['x-hubspot-request-timestamp']),
    }),
  linear: ({ secret, body, headers }) =>
    new LinearWebhookClient(secret).verify(
      body,
      headers['linear-signature'],
      JSON.parse(body).webhookTimestamp,
    ),
  paddle: async ({ secret, text, headers }) =>
    Boolean(await new Paddle('key').webhooks.unmarshal(text, secret, headers['paddle-signature'])),
  sendgrid: ({ secret, body, headers }) => {
    const webhook = new sendgrid.EventWebhook();
    return webhook.verifySignature(
      webhook.convertPublicKeyToECDSA(secret),
      body,
      headers['x-twilio-email-event-webhook-signature'],
      headers['x-twilio-email-event-webhook-timestamp'],
    );
  },
  shopify: async ({ secret, text, req, res }) =>
    (await shopify(secret).webhooks.validate({ rawBody: text, rawRequest: req, rawResponse: res })).valid,
  slack: ({ secret, text, headers }) =>
    bolt.isValidSlackRequest({
      signingSecret: secret,
      body: text,
      headers: {
        'x-slack-signature': headers['x-slack-signature'],
        'x-slack-request-timestamp': Number(headers['x-slack-request-timestamp']),
      },
    }),
  'standard-webhooks': ({ secret, body, headers }) =>
    throwsNot(() => new StandardWebhooks(secret).verify(body, headers)),
  stripe: ({ secret, body, headers }) =>
    Boolean(new Stripe('key').webhooks.constructEvent(body, headers['stripe-signature'], secret)),
  svix: ({ secret, body, headers }) => throwsNot(() => new Svix(secret).verify(body, headers)),
  twilio: ({ secret, url, text, headers }) =>
    twilio.validateRequest(
      secret,
      headers['x-twilio-signature'],
      url,
      Object.fromEntries(new URLSearchParams(text)),
    ),
  // No library for webhooks: as typeform.com/developers/webhooks/secure-your-webhooks says.
  typeform: ({ secret, body, headers }) =>
    same(headers['typeform-signature'], `sha256=${hmac(secret, body, 'base64')}`),
  // No library for webhooks: as developers.zoom.us/docs/api/webhooks says.
  zoom: ({ secret, text, headers }) =>
    same(headers['x-zm-signature'], `v0=${hmac(secret, `v0:${headers['x-zm-request-timestamp']}:${text}`, 'hex')}`),
};

const server = http.createServer(async (req, res) => {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const { headers, method } = req;
  const url = `http://${headers.host}${req.url}`;
  try {
    const provider = req.url.slice(1);
    const secret = secrets[provider];
    const text = body.toString();
    const accepted = await verifiers[provider]({ secret, body, text, headers, method, url, req, res });
    res.writeHead(accepted === true ? 200 : 400).end(String(accepted));
  } catch (error) {
    res.writeHead(400).end(error.message);
  }
});

serve(server);
