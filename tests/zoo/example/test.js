// Its tests send an event to where HOOKCTL_URL says, signed as Ken signs.
import crypto from 'node:crypto';

const key = Buffer.from(process.env.KEN_WEBHOOK_SECRET.replace('whsec_', ''), 'base64');
const body = JSON.stringify({ eventType: 'lead_replied', eventId: '1:lead_replied:2', contact: {}, company: {}, campaign: {} });
const [id, timestamp] = ['msg_1', Math.floor(Date.now() / 1000)];
const signature = crypto.createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
const headers = {
  'content-type': 'application/json',
  'svix-id': id,
  'svix-timestamp': String(timestamp),
  'svix-signature': `v1,${signature}`,
};
const answer = await fetch(`${process.env.HOOKCTL_URL}/webhooks/ken`, { method: 'POST', headers, body });
process.exit(answer.ok ? 0 : 1);
