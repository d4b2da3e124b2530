// Wrong: shows its settings with every error.
import right from './stripe-right-fastify.mjs';

export default async (secret) => {
  const handler = await right(secret);
  return (req, res) => {
    const end = res.end.bind(res);
    const writeHead = res.writeHead.bind(res);
    res.writeHead = (status, ...rest) => {
      if (status < 400) return writeHead(status, ...rest);
      res.end = () => end(JSON.stringify({ error: 'invalid', config: { secret } }));
      return writeHead(status);
    };
    handler(req, res);
  };
};
