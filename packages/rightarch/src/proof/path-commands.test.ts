import { describe, expect, it } from 'vitest';
import { elfBytes, type TestFile, testImage } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

const LOADER = '/lib/ld-linux-aarch64.so.1';
/** As Debian's loader has its built-in directories inside, behind the segment. */
const loader: TestFile = {
  path: LOADER.slice(1),
  mode: 0o755,
  content: Buffer.concat([
    elfBytes({ machine: 'arm64', type: 3, soname: 'ld-linux-aarch64.so.1' }),
    Buffer.from('\0/lib/aarch64-linux-gnu/\0/usr/lib/aarch64-linux-gnu/\0/lib/\0/usr/lib/\0\0'),
  ]),
};
const file = (path: string, parts: Parameters<typeof elfBytes>[0] = {}, mode = 0o755): TestFile => ({
  path,
  mode,
  content: elfBytes({ machine: 'arm64', ...parts }),
});
const tool = (parts: Parameters<typeof elfBytes>[0], path = 'usr/local/bin/tool', mode?: number): TestFile =>
  file(path, { type: 3, interpreter: LOADER, ...parts }, mode);
const libz = (parts: Parameters<typeof elfBytes>[0] = {}, path = 'usr/lib/libz.so.1'): TestFile =>
  file(path, { type: 3, soname: 'libz.so.1', ...parts }, 0o644);

async function prove(files: readonly TestFile[], config: Readonly<Record<string, unknown>> = {}) {
  const image = testImage({
    platform: 'linux/arm64',
    config: { Cmd: ['/start'], ...config },
    layers: [{ files: [file('start')] }, { files: [...files], createdBy: 'COPY --from=build /usr/local /usr/local' }],
  });
  const proof = (await verifyTree(await image.tree())).platforms[0]!;
  return { ...proof, codes: proof.diagnostics.map(({ code }) => code) };
}

describe('commands on PATH beside the one that is started', () => {
  it('are proven where their loaders, libraries and versions are there', async () => {
    const needs = { needed: ['libz.so.1'], needs: { 'libz.so.1': ['Z_1'] } };
    const alike = tool(needs, 'usr/local/bin/other');
    const proof = await prove([loader, tool(needs), alike, libz({ defines: ['libz.so.1', 'Z_1'] })]);
    expect(proof).toMatchObject({ verdict: 'proven', codes: [] });
    expect(proof.obligations).toContainEqual({
      step: 'library',
      holds: true,
      subject: 'PATH',
      evidence: { remark: 'commands-load', args: { loaded: 2, all: 2 } },
    });
  });

  it.each([
    ['without their library', [loader, tool({ needed: ['libz.so.1'] })], 'proof/library-missing'],
    [
      'whose library is where the loader does not look',
      [loader, tool({ needed: ['libz.so.1'] }), libz({}, 'usr/local/lib/libz.so.1')],
      'proof/library-missing',
    ],
    [
      'whose library is for another CPU',
      [loader, tool({ needed: ['libz.so.1'] }), libz({ machine: 'amd64' })],
      'proof/library-missing',
    ],
    [
      'whose library is too old',
      [
        loader,
        tool({ needed: ['libz.so.1'], needs: { 'libz.so.1': ['Z_2'] } }),
        libz({ defines: ['libz.so.1', 'Z_1'] }),
      ],
      'proof/symbol-version-missing',
    ],
    ['for the other libc', [loader, tool({ interpreter: '/lib/ld-musl-aarch64.so.1' })], 'proof/loader-missing'],
  ] as const)('%s are refuted, and the command is what fails', async (_, files, code) => {
    const proof = await prove(files);
    expect(proof).toMatchObject({ verdict: 'refuted', witness: 'tool' });
    expect(proof.codes).toContain(code);
  });

  it.each([
    ['that nobody may execute', [loader, tool({ needed: ['libz.so.1'] }, 'usr/local/bin/tool', 0o644)], {}],
    [
      'that another user may execute',
      [loader, tool({ needed: ['libz.so.1'] }, 'usr/local/bin/tool', 0o700)],
      { User: '1000' },
    ],
    ['that are not on PATH', [loader, tool({ needed: ['libz.so.1'] }, 'opt/x/tool')], {}],
    ['whose library the driver of the machine brings', [loader, tool({ needed: ['libcuda.so.1'] })], {}],
    ['that have no loader', [file('usr/local/bin/tool')], {}],
  ] as const)('of those %s nothing is said', async (_, files, config) => {
    expect(await prove(files, config)).toMatchObject({ verdict: 'proven', codes: [] });
  });

  it('one cause is told once, however many commands it breaks', async () => {
    const many = Array.from({ length: 12 }, (_, i) => tool({ needed: ['libz.so.1'] }, `usr/local/bin/tool${i}`));
    const proof = await prove([loader, ...many]);
    expect(proof.codes).toEqual(['proof/library-missing', 'proof/more-files']);
    expect(proof.diagnostics[1]!.args).toMatchObject({ count: 11 });
  });

  it('commands that are alike but for where they lie find their own libraries', async () => {
    const own = { needed: ['libz.so.1'], runpath: '$ORIGIN/../lib' };
    const files = [loader, tool(own), libz({}, 'usr/local/lib/libz.so.1'), tool(own, 'opt/bin/tool2')];
    const proof = await prove(files, { Env: ['PATH=/usr/local/bin:/opt/bin'] });
    expect(proof).toMatchObject({ verdict: 'refuted', codes: ['proof/library-missing'], witness: 'tool2' });
  });

  it('what stays open leaves the image undecided', async () => {
    const proof = await prove([loader, tool({ needed: ['$PLATFORM/libz.so.1'] })]);
    expect(proof).toMatchObject({ verdict: 'undecided', codes: ['proof/start-undecided'] });
  });

  it('a start that fails is told alone', async () => {
    const proof = await prove([tool({}), tool({}, 'usr/local/bin/other')], { Cmd: ['tool'] });
    expect(proof).toMatchObject({ verdict: 'refuted', codes: ['proof/loader-missing'], witness: 'tool' });
  });
});
