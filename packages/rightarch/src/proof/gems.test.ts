import { describe, expect, it } from 'vitest';
import { elfBytes, type TestFile, testImage } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

const program = (path: string): TestFile => ({ path, mode: 0o755, content: elfBytes({ machine: 'arm64' }) });
const text = (path: string, content = ''): TestFile => ({ path, content });
const HOME = 'usr/local/bundle';
const EXTENSIONS = 's.extensions = ["ext/extconf.rb".freeze]\n';
const gem = (home = HOME, extensions = EXTENSIONS): readonly TestFile[] => [
  text(`${home}/specifications/pg-1.5.9.gemspec`, `Gem::Specification.new do |s|\n  ${extensions}end\n`),
  text(`${home}/gems/pg-1.5.9/ext/extconf.rb`),
];
const built = (platform: string) => text(`${HOME}/extensions/${platform}/3.3.0/pg-1.5.9/gem.build_complete`);

async function prove(...files: readonly TestFile[]) {
  const all = [program('start'), program('usr/local/bin/ruby'), ...files];
  const config = { Cmd: ['/start'], Env: ['PATH=/usr/local/bin'] };
  const image = testImage({ platform: 'linux/arm64', files: all, config });
  const proof = (await verifyTree(await image.tree())).platforms[0]!;
  return { ...proof, codes: proof.diagnostics.map(({ code }) => code) };
}

describe('gems with extensions', () => {
  it('that were not built are passed over by RubyGems', async () => {
    const proof = await prove(...gem());
    expect(proof).toMatchObject({ verdict: 'refuted', codes: ['proof/native-part-missing'] });
    expect(proof.diagnostics[0]?.args['prints']).toBe(
      'Ignoring pg-1.5.9 because its extensions are not built. Try: gem pristine pg --version 1.5.9',
    );
    expect(proof.witness).toContain('find_by_name("pg", "1.5.9"); gem.contains_requirable_file?("pg")');
  });

  it('of a longer name are another gem', async () => {
    const proof = await prove(...gem(), text(`${HOME}/gems/pg-2d-1.0.0/lib/pg.rb`));
    expect(proof.codes).toEqual(['proof/native-part-missing']);
  });

  it('that were built for another CPU as well', async () => {
    const proof = await prove(...gem(), built('x86_64-linux'));
    expect(proof.diagnostics[0]?.args).toMatchObject({ foreign: { text: 'x86_64-linux' } });
    expect(proof.verdict).toBe('refuted');
  });

  it.each<[string, readonly TestFile[]]>([
    ['built', [...gem(), built('aarch64-linux')]],
    ['built on musl', [...gem(), built('aarch64-linux-musl')]],
    ['without any', gem(HOME, 's.extensions = []\n')],
    ['of a distribution', gem('usr/share/rubygems-integration/all')],
    ['of which only the specification is left', gem().slice(0, 1)],
    [
      'of which another version is whole',
      [...gem(), text(`${HOME}/gems/pg-1.6.0/lib/pg.rb`), text(`${HOME}/specifications/pg-1.6.0.gemspec`, 's')],
    ],
    [
      'built beside one that is not',
      [
        ...gem(),
        built('aarch64-linux'),
        text(`${HOME}/specifications/pg-1.4.0.gemspec`, EXTENSIONS),
        text(`${HOME}/gems/pg-1.4.0/ext/extconf.rb`),
      ],
    ],
    ['that Ruby brings itself', [...gem(), text(`${HOME}/specifications/default/pg-1.4.0.gemspec`, 's')]],
  ])('%s are not', async (_, files) => {
    expect(await prove(...files)).toMatchObject({ verdict: 'proven', codes: [] });
  });
});
