import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { npmOnPath } from '../../packages/rightarch/src/cli/packages.ts';

/** The npm-cli.js that PATH leads to, whichever Node runs the tests: an image with its release needs no other fetched. */
export function npmHere(): { readonly cli: string; readonly version: string } {
  const cli = npmOnPath(process.env['PATH'] ?? '');
  if (cli === undefined) throw new Error('there is no npm on PATH');
  const manifest = readFileSync(join(dirname(dirname(cli)), 'package.json'), 'utf8');
  return { cli, version: (JSON.parse(manifest) as { readonly version: string }).version };
}
