import { orThrow } from '../../packages/rightarch/src/core/index.ts';
import type { Language } from '../../packages/rightarch/src/messages/index.ts';
import { verifyTree } from '../../packages/rightarch/src/proof/index.ts';
import { htmlReport, type ReportedImage } from '../../packages/rightarch/src/report/index.ts';
import { parseTargetAsk } from '../../packages/rightarch/src/target/index.ts';
import { elfBytes, type TestFile, testImage, testIndex } from '../../packages/rightarch/src/testing/index.ts';

/** What a file may be called to break out of a page, or out of a terminal. */
export const hostileNames = [
  '<script>window.harmed=1</script>',
  '"><img src=x onerror=window.harmed=1>',
  "'><svg onload=window.harmed=1>",
  '</style><b>&amp;',
  'txt.\u202eexe.node',
  '\u001b[2J\u001b]0;title\u0007',
  '\u009b31m\u2028line',
  'x'.repeat(220),
] as const;

const someRuntimes = ['fargate:arm64', 'lambda:amd64', 'cloud-run', 'ec2:m7g.large'];

/** As many as somebody may ask about at once. */
export const manyRuntimes = [
  ...someRuntimes,
  'kubernetes:amd64,arm64',
  'azure-container-apps',
  'digitalocean-app-platform',
  'docker-desktop-apple-silicon',
  'raspberry-pi-64',
  'github-actions:arm64',
  'batch:amd64',
  'gke:arm64',
];

/** Images right, wrong and hostile, as `verify` sees them. */
export async function reportedImages(runtimes: readonly string[] = someRuntimes): Promise<readonly ReportedImage[]> {
  const program = (path: string, machine: 'amd64' | 'arm64'): TestFile => ({
    path,
    content: elfBytes({ machine }),
    mode: 0o755,
  });
  const base = (machine: 'amd64' | 'arm64') => ({
    files: [program('usr/local/bin/node', machine), program('bin/sh', machine)],
    createdBy: 'ADD rootfs.tar.xz / # buildkit',
  });
  const site = { files: [{ path: 'srv/index.html', content: 'hello' }], createdBy: 'COPY site /srv # buildkit' };
  const wrong = {
    files: [
      { path: 'app/node_modules/sharp/package.json', content: '{"name":"sharp","version":"0.34.0"}' },
      program('app/node_modules/sharp/build/Release/sharp.node', 'amd64'),
      ...hostileNames.map((name) => program(`opt/${name.replaceAll('/', '∕')}/run`, 'amd64')),
    ],
    createdBy: 'COPY . <b>. # buildkit',
  };
  const config = { Cmd: ['node', 'server.js'], Env: ['PATH=/usr/local/bin:/bin'], WorkingDir: '/srv' };
  const index = testIndex({
    attestations: true,
    images: [
      testImage({ platform: 'linux/amd64', layers: [base('amd64'), site], config }),
      testImage({ platform: 'linux/arm64', layers: [base('arm64'), site, wrong], config }),
    ],
  });
  const asks = runtimes.map((text) => orThrow(parseTargetAsk(text, { today: '2026-11-22' }), 'request'));
  const tree = await index.tree();
  const proof = await verifyTree(tree, { targets: asks, today: '2026-11-22' });
  return [{ tree, proof: { ...proof, image: 'ghcr.io/team/app:1.2' } }];
}

export const hostileReport = async (language: Language, runtimes = someRuntimes): Promise<string> =>
  htmlReport(await reportedImages(runtimes), { language, version: '0.1.0' });
