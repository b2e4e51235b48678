import { describe, expect, test } from 'vitest';
import { checkRepository } from './check.ts';

// What a build takes from beside its Dockerfile.

function faults(files: Readonly<Record<string, string>>): readonly unknown[] {
  return checkRepository(
    Object.entries(files).map(([path, text]) => ({ path, text })),
    { platforms: [], inlineIgnore: true, today: '2026-11-29' },
  )
    .diagnostics.filter(({ code }) => code === 'dockerfile/entry-script-broken')
    .map(({ args, at }) => [args['script'], args['fault'], at.in === 'file' ? at.start.line : 0]);
}

const started = (copy: string, start: string, more = '') => `FROM debian\n${copy}\n${more}${start}\n`;

describe('entry-script-broken', () => {
  test.each<[string, string, string | undefined]>([
    ['no first line', 'echo hello\n', 'no-interpreter'],
    ['an empty line before it', '\n#!/bin/sh\n', 'no-interpreter'],
    ['nothing in it', '', 'no-interpreter'],
    ['a carriage return', '#!/bin/sh\r\necho\r\n', 'carriage-return'],
    ['a carriage return behind an argument', '#!/usr/bin/env bash\r\n', 'carriage-return'],
    ['carriage returns only further down', '#!/bin/sh\necho a\r\n', undefined],
    ['a mark of the byte order', '\ufeff#!/bin/sh\n', 'byte-order-mark'],
    ['a good one', '#!/bin/sh\nexec "$@"\n', undefined],
    ['the place of a large file', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n', undefined],
    ['a program', '\x7fELF\x02\x01\0\0', undefined],
  ])('%s', (_name, text, fault) => {
    const Dockerfile = started('COPY entrypoint.sh /', 'ENTRYPOINT ["/entrypoint.sh"]');
    expect(faults({ Dockerfile, 'entrypoint.sh': text })).toEqual(fault ? [['entrypoint.sh', fault, 3]] : []);
  });

  test.each([
    'RUN dos2unix /*.sh',
    'RUN find / -name "*.sh" -exec sed -i "s/\\r$//" {} +',
    `RUN sed -i $'s/\\r//' /opt/*`,
  ])('the build mends the ends of lines: %s', (line) => {
    const Dockerfile = started('COPY a.sh /', 'ENTRYPOINT ["/a.sh"]', `${line}\n`);
    expect(faults({ Dockerfile, 'a.sh': '#!/bin/sh\r\n' })).toEqual([]);
  });

  test('what Windows starts has no first line', () => {
    const Dockerfile = started('COPY start.bat /', 'ENTRYPOINT ["/start.bat"]');
    expect(faults({ Dockerfile, 'start.bat': '@echo off\r\n' })).toEqual([]);
  });

  const bad = 'echo\n';
  test.each<[string, Readonly<Record<string, string>>, string | undefined]>([
    ['under another name', { Dockerfile: started('COPY run.sh /start', 'CMD ["/start"]'), 'run.sh': bad }, 'run.sh'],
    [
      'with the whole context, relative to WORKDIR',
      { Dockerfile: started('WORKDIR /app\nCOPY . .', 'CMD ["./bin/run.sh"]'), 'bin/run.sh': bad },
      'bin/run.sh',
    ],
    ['from a folder', { Dockerfile: started('COPY bin/ /opt/', 'CMD ["/opt/run"]'), 'bin/run': bad }, 'bin/run'],
    [
      'of a stage that the image is built on',
      { Dockerfile: 'FROM debian AS a\nCOPY a.sh /a.sh\nFROM a\nENTRYPOINT ["/a.sh"]\n', 'a.sh': bad },
      'a.sh',
    ],
    [
      'beside a Dockerfile in a folder',
      { 'api/Dockerfile': started('COPY a.sh /', 'CMD ["/a.sh"]'), 'api/a.sh': bad },
      'api/a.sh',
    ],
    [
      'in the root of the repository',
      { 'docker/Dockerfile': started('COPY a.sh /', 'CMD ["/a.sh"]'), 'a.sh': bad },
      'a.sh',
    ],
    // Either may be the context.
    [
      'in both',
      { 'docker/Dockerfile': started('COPY a.sh /', 'CMD ["/a.sh"]'), 'a.sh': bad, 'docker/a.sh': '#!/bin/sh\n' },
      undefined,
    ],
    [
      'that a folder of another stage may write over',
      {
        Dockerfile: 'FROM a AS a\nFROM debian\nCOPY . /app\nCOPY --from=a /app /app\nCMD ["/app/a.sh"]\n',
        'a.sh': bad,
      },
      undefined,
    ],
    ['that a shell starts', { Dockerfile: started('COPY a.sh /', 'CMD /a.sh'), 'a.sh': bad }, undefined],
    ['that a shell is given', { Dockerfile: started('COPY a.sh /', 'CMD ["sh", "/a.sh"]'), 'a.sh': bad }, undefined],
    ['that an init starts', { Dockerfile: started('COPY a.sh /', 'CMD ["tini", "/a.sh"]'), 'a.sh': bad }, undefined],
    [
      'that is an argument of the entrypoint',
      { Dockerfile: started('COPY a.sh /', 'ENTRYPOINT ["node"]\nCMD ["/a.sh"]'), 'a.sh': bad },
      undefined,
    ],
    [
      'that is mended while it is built',
      {
        Dockerfile: started('COPY a.sh /', 'CMD ["/a.sh"]', "RUN sed -i 's/\\r$//' /a.sh && chmod +x /a.sh\n"),
        'a.sh': '#!/bin/sh\r\n',
      },
      undefined,
    ],
    [
      'that is only made executable',
      { Dockerfile: started('COPY a.sh /', 'CMD ["/a.sh"]', 'RUN chmod +x /a.sh\n'), 'a.sh': bad },
      'a.sh',
    ],
    [
      'that another stage brings',
      { Dockerfile: started('COPY a.sh /', 'CMD ["/a.sh"]', 'COPY --from=x /a.sh /a.sh\n'), 'a.sh': bad },
      undefined,
    ],
    [
      'that the Dockerfile itself holds',
      { Dockerfile: started('COPY a.sh /', 'CMD ["/a.sh"]', 'COPY <<EOF /a.sh\n#!/bin/sh\nEOF\n'), 'a.sh': bad },
      undefined,
    ],
    ['that is not there', { Dockerfile: started('COPY a.sh /', 'CMD ["/a.sh"]') }, undefined],
  ])('one %s', (_name, files, script) => {
    expect(faults(files).map((one) => (one as readonly unknown[])[0])).toEqual(script ? [script] : []);
  });
});
