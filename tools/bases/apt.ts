import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The Debian release that the bases are made of. */
export const RELEASE = 'bookworm';

/** Why the bases cannot be made on this machine, in one sentence for people. */
export class Unavailable extends Error {}

/** apt for another CPU, with state and cache of its own: the host's packages, sources and locks are not touched. */
export interface Apt {
  /** Debian's name of the CPU: `amd64`, `arm64`. */
  readonly architecture: string;
  /** Downloads packages and all that they depend on; gives the .deb files of everything needed, sorted. */
  closure(packages: readonly string[]): Promise<readonly string[]>;
  /** Downloads these packages alone, without what they depend on. */
  alone(packages: readonly string[]): Promise<readonly string[]>;
  /** The control fields of one package in the archive, unparsed. */
  show(name: string): Promise<string>;
}

/** Opens apt for an architecture below `directory` and reads the archive's index once. Throws Unavailable. */
export async function openApt(architecture: string, directory: string, suite?: string): Promise<Apt> {
  const root = join(directory, architecture);
  const archives = join(root, 'cache', 'archives');
  for (const path of ['sources', 'state/lists/partial', 'cache/archives/partial', 'alone']) {
    await mkdir(join(root, path), { recursive: true });
  }
  await writeFile(join(root, 'status'), '');
  await writeFile(join(root, 'sources', 'debian.sources'), await debianSources('/etc/apt', suite));
  const settings = {
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': join(root, 'sources'),
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::State': join(root, 'state'),
    'Dir::State::status': join(root, 'status'),
    'Dir::Cache': join(root, 'cache'),
    // Container images switch these off; without them every call reads the whole index anew, some four seconds each.
    'Dir::Cache::pkgcache': 'pkgcache.bin',
    'Dir::Cache::srcpkgcache': 'srcpkgcache.bin',
    'APT::Architecture': architecture,
    'APT::Architectures::': architecture,
    'APT::Sandbox::User': 'root',
    'APT::Install-Recommends': 'false',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'Binary::apt-get::APT::Keep-Downloaded-Packages': 'true',
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  const apt = async (command: string, args: readonly string[], cwd = root): Promise<string> => {
    try {
      const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
      return (await run(command, [...options, ...args], { cwd, env, maxBuffer: 1 << 28 })).stdout;
    } catch (error) {
      const failure = error as NodeJS.ErrnoException & { readonly stderr?: string };
      if (failure.code === 'ENOENT')
        throw new Unavailable(`\`${command}\` is not on this machine; the bases are made of Debian packages`);
      throw new Unavailable(`\`${command} ${args.join(' ')}\` failed: ${(failure.stderr ?? failure.message).trim()}`);
    }
  };
  await apt('apt-get', ['-qq', '--error-on=any', 'update']);
  return {
    architecture,
    async closure(packages) {
      const simulated = await apt('apt-get', ['-qq', '--simulate', 'install', ...packages]);
      const wanted = [...simulated.matchAll(/^Inst (\S+) \((\S+) .*\[(\S+)\]\)/gm)];
      const files = wanted.map(([, name, version, cpu]) => `${name}_${version!.replace(':', '%3a')}_${cpu}.deb`);
      const isMissing = (file: string) => !existsSync(join(archives, file));
      if (files.some(isMissing)) await apt('apt-get', ['-qq', '--download-only', '-y', 'install', ...packages]);
      const lost = files.find(isMissing);
      if (lost !== undefined) throw new Unavailable(`apt-get did not download ${lost}`);
      return files.sort().map((file) => join(archives, file));
    },
    async alone(packages) {
      await apt('apt-get', ['-qq', 'download', ...packages], join(root, 'alone'));
      const files = await readdir(join(root, 'alone'));
      return packages.map((name) =>
        join(
          root,
          'alone',
          files
            .filter((file) => file.startsWith(`${name}_`))
            .sort()
            .at(-1)!,
        ),
      );
    },
    show: (name) => apt('apt-cache', ['show', '--no-all-versions', name]),
  };
}

/**
 * The host's own Debian sources, with the release changed to ours, in the format of sources.list(5). No archive is
 * named here: a machine behind a proxy or with a mirror keeps using it. Other vendors' sources are left out. `suite` is
 * one more of the archive that has the release: `bookworm-backports`.
 */
export async function debianSources(directory: string, suite?: string): Promise<string> {
  const stanzas = new Set<string>();
  for (const path of await sourceFiles(directory)) {
    const content = await readFile(path, 'utf8');
    for (const source of path.endsWith('.sources') ? parseStanzas(content) : parseLines(content)) {
      const ours = source.suites.flatMap((one) => ourSuite(one));
      // Another suite is beside the release itself in its archive.
      const suites = suite === undefined ? ours : ours.filter((one) => one === RELEASE).flatMap((one) => [one, suite]);
      if (suites.length === 0 || !source.components.includes('main')) continue;
      const signed = source.signedBy === undefined ? '' : `Signed-By:${source.signedBy}\n`;
      stanzas.add(
        `Types: deb\nURIs: ${source.uris}\nSuites: ${[...new Set(suites)].join(' ')}\nComponents: main\n${signed}`,
      );
    }
  }
  if (stanzas.size === 0) {
    throw new Unavailable(
      "apt's sources on this machine name no Debian archive; the bases are made of Debian packages",
    );
  }
  return [...stanzas].join('\n');
}

interface Source {
  readonly uris: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly signedBy: string | undefined;
}

const DEBIAN_SUITE = /^(?:bullseye|bookworm|trixie|forky|sid|oldstable|stable|testing|unstable)(-updates|-security)?$/;

function ourSuite(suite: string): string[] {
  const match = DEBIAN_SUITE.exec(suite);
  return match === null ? [] : [`${RELEASE}${match[1] ?? ''}`];
}

async function sourceFiles(directory: string): Promise<readonly string[]> {
  const parts = join(directory, 'sources.list.d');
  const names = existsSync(parts) ? (await readdir(parts)).sort() : [];
  const files = names.filter((name) => /\.(list|sources)$/.test(name)).map((name) => join(parts, name));
  const single = join(directory, 'sources.list');
  return existsSync(single) ? [single, ...files] : files;
}

function parseStanzas(content: string): Source[] {
  const live = content.replace(/^#.*\n?/gm, '');
  return live.split(/\n\s*\n/).flatMap((stanza): Source[] => {
    const field = (name: string) => new RegExp(`^${name}:((?:.*)(?:\\n[ \\t].*)*)`, 'im').exec(stanza)?.[1];
    const words = (name: string) => (field(name) ?? '').split(/\s+/).filter((word) => word !== '');
    if (!words('Types').includes('deb') || words('Enabled')[0] === 'no') return [];
    return [
      {
        uris: words('URIs').join(' '),
        suites: words('Suites'),
        components: words('Components'),
        signedBy: field('Signed-By'),
      },
    ];
  });
}

function parseLines(content: string): Source[] {
  return [...content.matchAll(/^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)((?:[ \t]+[^\s#]+)*)/gm)].map((match) => ({
    uris: match[2]!,
    suites: [match[3]!],
    components: match[4]!.trim().split(/\s+/),
    signedBy: /signed-by=(\S+)/.exec(match[1] ?? '')?.[1]?.replace(/^/, ' '),
  }));
}
