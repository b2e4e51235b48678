import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import sharp from 'sharp';

const app = new Hono();

app.get('/', (context) =>
  context.json({ architecture: process.arch, node: process.version, sharp: sharp.versions.sharp }),
);

/** A picture that only libvips can make: it fails on a machine that sharp's native module is not made for. */
app.get('/img', async (context) => {
  const width = 320;
  const height = 160;
  const text = `<svg width="${width}" height="${height}">
    <circle cx="160" cy="80" r="60" fill="#f9c846"/>
    <circle cx="160" cy="80" r="40" fill="#36454f"/>
  </svg>`;
  const background = { r: 54, g: 69, b: 79, alpha: 1 };
  const png = await sharp({ create: { width, height, channels: 4, background } })
    .composite([{ input: Buffer.from(text) }])
    .png()
    .toBuffer();
  return context.body(new Uint8Array(png), 200, { 'Content-Type': 'image/png' });
});

const port = Number(process.env.PORT ?? 8080);
const server = serve({ fetch: app.fetch, port, hostname: '0.0.0.0' }, () => {
  console.log(`listening on ${port}, ${process.arch}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.close());
