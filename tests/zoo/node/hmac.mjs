// Signatures of GitHub, Kakiyo and Klen over the body, and those of Svix over id, time and body; and how to compare.
import crypto from 'node:crypto';

export const hex = (secret, body) => crypto.createHmac('sha256', secret).update(body).digest('hex');

export const svix = (secret, { id, timestamp, body }) =>
  crypto
    .createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64'))
    .update(`${id}.${timestamp}.`)
    .update(body)
    .digest('base64');

export const same = (one, other) =>
  one?.length === other.length && crypto.timingSafeEqual(Buffer.from(one), Buffer.from(other));

// The parts of a Svix delivery.
export const parts = (req, body) => ({
  id: req.headers['svix-id'],
  timestamp: req.headers['svix-timestamp'],
  signatures: (req.headers['svix-signature'] ?? '').split(' '),
  body,
});

export const isRecent = (timestamp) => Math.abs(Date.now() / 1000 - Number(timestamp)) <= 300;
