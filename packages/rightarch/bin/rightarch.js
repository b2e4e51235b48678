#!/usr/bin/env node
// `--version` is answered here, before anything else is loaded: it is asked by scripts, and often.
import { readFileSync } from 'node:fs';

const asked = process.argv[2];
if (process.argv.length === 3 && (asked === '--version' || asked === '-V')) {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.on('error', async ({ code }) => {
    // Whoever reads no more wants no more; that a disk is full has its words there.
    if (code !== 'EPIPE') await (await import('../dist/cli/main.js')).main();
  });
  process.stdout.write(`${version}\n`);
} else if (asked === 'docker') {
  const { main } = await import('../dist/cli/docker.js');
  await main(process.argv.slice(3));
} else {
  const { main } = await import('../dist/cli/main.js');
  await main();
}
