// Wrong: works first, answers afterwards.
import right from './stripe-right-fastify.mjs';

export default async (secret) => {
  const handler = await right(secret);
  return (req, res) => setTimeout(() => handler(req, res), 1500);
};
