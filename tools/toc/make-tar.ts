/** The tar of packages/rightarch/testdata/toc: `npx tsx tools/toc/make-tar.ts in.tar`, then `go run . estargz in.tar OUT` here. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { elfBytes, testTar } from '../../packages/rightarch/src/testing/index.ts';

const noise = Buffer.concat(Array.from({ length: 3500 }, (_, i) => createHash('sha256').update(String(i)).digest()));
const holed = Buffer.concat([Buffer.from(elfBytes({ machine: 'arm64' })), Buffer.alloc(64 * 1024), Buffer.from('end')]);
writeFileSync(
  process.argv[2]!,
  testTar([
    { path: 'bin/', mode: 0o755 },
    { path: 'bin/app', mode: 0o755, content: elfBytes({ interpreter: '/lib/ld.so', needed: ['libc.so'] }) },
    { path: 'bin/holed', mode: 0o755, content: holed },
    { path: 'data/', mode: 0o755 },
    { path: 'data/noise', content: noise },
    { path: 'entry.sh', mode: 0o755, content: '#!/bin/sh\nexec "$@"\n' },
    { path: 'empty', content: '' },
    { path: 'etc/passwd', content: 'root:x:0:0::/:/bin/sh\n' },
    { path: 'l', type: 'symlink', link: 'bin/app' },
  ]),
);
