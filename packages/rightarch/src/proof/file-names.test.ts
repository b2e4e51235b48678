import { describe, expect, it } from 'vitest';
import { elfBytes, type TestImageParts, testIndex } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

const file = (path: string, machine: 'amd64' | 'arm64') => ({ path, mode: 0o755, content: elfBytes({ machine }) });
const start = (path: string) => ({ Entrypoint: [path] });

async function verdictOf(parts: TestImageParts) {
  const { platforms } = await verifyTree(await testIndex({ images: [{ platform: 'linux/amd64', ...parts }] }).tree());
  return platforms[0]!;
}
const codes = ({ diagnostics }: Awaited<ReturnType<typeof verdictOf>>) => diagnostics.map(({ code }) => code);

/** `é` as the one byte of Latin-1, which is no UTF-8. */
const RAW = '\udce9';

describe('names are bytes', () => {
  it('a name in Latin-1 is not the name in UTF-8 that people write', async () => {
    const proof = await verdictOf({ files: [file(`caf${RAW}`, 'amd64')], config: start('/café') });
    expect(codes(proof)).toEqual(['proof/command-missing']);
  });

  it('neither hides the other', async () => {
    const files = [file('café', 'amd64'), file(`caf${RAW}`, 'arm64')];
    expect((await verdictOf({ files, config: start('/café') })).counts).toMatchObject({ programs: 2, mismatch: 1 });
    expect((await verdictOf({ files, config: start('/café') })).obligations).toContainEqual(
      expect.objectContaining({ step: 'exec', subject: '/café', holds: true }),
    );
    const swapped = [file('café', 'arm64'), file(`caf${RAW}`, 'amd64')];
    expect(codes(await verdictOf({ files: swapped, config: start('/café') }))).toContain('proof/start-wrong-cpu');
  });

  it('links lead through them', async () => {
    const files = [
      file(`op${RAW}/tool`, 'amd64'),
      { path: 'app', type: 'symlink' as const, link: `op${RAW}/tool` },
      { path: 'hard', type: 'hardlink' as const, link: `op${RAW}/tool` },
    ];
    expect(await verdictOf({ files, config: start('/app') })).toMatchObject({ verdict: 'proven', diagnostics: [] });
    expect(await verdictOf({ files, config: start('/hard') })).toMatchObject({ verdict: 'proven', diagnostics: [] });
  });

  it('a whiteout takes away the one that it names', async () => {
    const layers = (mark: string) => [
      { files: [file('café', 'amd64'), file(`caf${RAW}`, 'amd64')] },
      { files: [{ path: `.wh.${mark}`, content: '' }] },
    ];
    expect(await verdictOf({ layers: layers(`caf${RAW}`), config: start('/café') })).toMatchObject({
      verdict: 'proven',
    });
    expect(codes(await verdictOf({ layers: layers('café'), config: start('/café') }))).toEqual([
      'proof/command-missing',
    ]);
  });

  it('half a pair in the config is what Go makes of it: no byte of a name', async () => {
    const proof = await verdictOf({ files: [file(`caf${RAW}`, 'amd64')], config: start(`/caf${RAW}`) });
    expect(codes(proof)).toEqual(['proof/command-missing']);
    const replaced = await verdictOf({ files: [file('caf\ufffd', 'amd64')], config: start(`/caf${RAW}`) });
    expect(replaced).toMatchObject({ verdict: 'proven' });
  });

  it('names that differ in case only are two files', async () => {
    const both = [file('App', 'arm64'), file('app', 'amd64')];
    expect((await verdictOf({ files: both, config: start('/app') })).obligations).toContainEqual(
      expect.objectContaining({ step: 'exec', subject: '/app', holds: true }),
    );
    expect(codes(await verdictOf({ files: both, config: start('/App') }))).toContain('proof/start-wrong-cpu');
    expect(codes(await verdictOf({ files: [file('App', 'amd64')], config: start('/app') }))).toEqual([
      'proof/command-missing',
    ]);
    const directories = [file('Opt/app', 'arm64'), file('opt/app', 'amd64')];
    expect((await verdictOf({ files: directories, config: start('/opt/app') })).obligations).toContainEqual(
      expect.objectContaining({ step: 'exec', subject: '/opt/app', holds: true }),
    );
  });
});
