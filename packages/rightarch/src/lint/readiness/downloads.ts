import { type Platform, satisfies } from '../../core/index.ts';
import type { GoModule, NodePackage } from '../lockfiles/index.ts';
import type { Lack } from './lack.ts';
import type { Machine } from './machine.ts';

/** What a package that names no CPU brings, or fetches when it is installed, as its own files say it. */
interface Brought {
  /** The releases that this was read in. */
  readonly range: string;
  /** Architectures of Linux that there is something for. */
  readonly linux: readonly string[];
  /** The first release that has arm64, of which this was read too. */
  readonly arm64Since?: string;
  readonly source: `https://${string}`;
  readonly checked: `20${number}-${string}-${string}`;
  /** A variable by which somebody says that nothing is to be fetched, or what is to be used instead. */
  readonly unless?: RegExp;
}

/** Read in the packages themselves, as the registry has them. What is built from source where there is no download is none of these. */
const NODE: Readonly<Record<string, readonly Brought[]>> = {
  // bin/chromium.br, unpacked: ELF for x86-64 in 123.0.1 and in 153.0.0.
  '@sparticuz/chromium': [
    {
      range: '<=153.0.0',
      linux: ['amd64'],
      source: 'https://www.npmjs.com/package/@sparticuz/chromium?activeTab=code',
      checked: '2026-11-29',
    },
  ],
  'chrome-aws-lambda': [
    {
      range: '<=10.1.0',
      linux: ['amd64'],
      source: 'https://www.npmjs.com/package/chrome-aws-lambda?activeTab=code',
      checked: '2026-11-29',
    },
  ],
  // install.js, getPlatform: `linux64` for arm64 too.
  chromedriver: [
    {
      range: '<=157.0.0',
      linux: ['amd64'],
      source: 'https://www.npmjs.com/package/chromedriver?activeTab=code',
      checked: '2026-11-29',
      unless: /chromedriver_(?:filepath|skip_download)/i,
    },
  ],
  // lib/tasks/install.js: 10.1.0 knows no linux-arm64, 10.2.0 does.
  cypress: [
    {
      range: '<10.2.0',
      linux: ['amd64'],
      arm64Since: '10.2.0',
      source: 'https://www.npmjs.com/package/cypress/v/10.2.0?activeTab=code',
      checked: '2026-11-29',
      unless: /CYPRESS_INSTALL_BINARY/,
    },
  ],
  // bin/linux has ia32 and x64.
  'ffprobe-static': [
    {
      range: '<=3.1.0',
      linux: ['amd64', '386'],
      source: 'https://www.npmjs.com/package/ffprobe-static?activeTab=code',
      checked: '2026-11-29',
    },
  ],
  // lib/util.js, getDownloadSpec: linux-x86_64 and linux-i686.
  'phantomjs-prebuilt': [
    {
      range: '<=2.1.16',
      linux: ['amd64', '386'],
      source: 'https://www.npmjs.com/package/phantomjs-prebuilt?activeTab=code',
      checked: '2026-11-29',
      unless: /PHANTOMJS_(?:CDNURL|ARCH|PLATFORM)/,
    },
  ],
  // 25.10.0 pins Chrome 152, 25.11.0 the first for which @puppeteer/browsers knows `linux-arm64`; before, arm64 fetches `linux64`.
  puppeteer: [
    {
      range: '<25.11.0',
      linux: ['amd64'],
      arm64Since: '25.11.0',
      source: 'https://www.npmjs.com/package/@puppeteer/browsers/v/3.2.2?activeTab=code',
      checked: '2026-11-29',
      unless:
        /PUPPETEER_(?:SKIP\w*DOWNLOAD|EXECUTABLE_PATH)|puppeteer_(?:skip\w*download|executable_path)|skipDownload|executablePath/,
    },
  ],
};

/** Whether a package fetches or brings a program for single CPUs that the lockfile does not name. */
export function isDownloadOfNode(name: string): boolean {
  return Object.hasOwn(NODE, name);
}

/** What a package brings along is not for a machine. `texts` are files in which somebody may have said how it is to be done. */
export function downloadOf(own: NodePackage, { platform }: Machine, texts: readonly string[]): Lack | undefined {
  const found = lackingFor(platform, own, NODE);
  if (found === undefined || texts.some((text) => found.unless?.test(text))) return undefined;
  return {
    name: own.name,
    version: own.version,
    at: own.at,
    dev: own.dev,
    direct: own.direct,
    how: 'download',
    unless: undefined,
    ...factsOf(found, platform.architecture),
  };
}

/** The row of a release that brings nothing for a platform. */
function lackingFor(
  { architecture }: Platform,
  { name, version }: { readonly name: string; readonly version: string },
  table: Readonly<Record<string, readonly Brought[]>>,
): Brought | undefined {
  const rows = Object.hasOwn(table, name) ? table[name]! : [];
  const found = rows.find(({ range }) => satisfies(version, range, { includePrerelease: true }) === true);
  return found?.linux.includes(architecture) === true ? undefined : found;
}

const factsOf = ({ linux, arm64Since, source, checked }: Brought, architecture: string) => ({
  has: linux.map((one) => `linux/${one}`),
  since: architecture === 'arm64' ? arm64Since : undefined,
  source,
  checked,
});

/** Modules that are linked to a library which they bring for some CPUs: read in the modules, as proxy.golang.org has them. */
const GO: Readonly<Record<string, readonly Brought[]>> = {
  // kafka/librdkafka_vendor of v1.9.2, the last of v1, has no linux_arm64; that of v2.0.2 has.
  'github.com/confluentinc/confluent-kafka-go': [
    {
      range: '<=1.9.2',
      linux: ['amd64'],
      arm64Since: 'github.com/confluentinc/confluent-kafka-go/v2@v2.0.2',
      source: 'https://pkg.go.dev/github.com/confluentinc/confluent-kafka-go',
      checked: '2026-11-29',
    },
  ],
  // deps of v0.7.0 has linux_x86_64 alone, that of v0.8.0 linux_arm64 too.
  'rogchap.com/v8go': [
    {
      range: '<0.8.0',
      linux: ['amd64'],
      arm64Since: 'v0.8.0',
      source: 'https://pkg.go.dev/rogchap.com/v8go',
      checked: '2026-11-29',
    },
  ],
  // deps of v1.3.0 has linux_amd64 alone, that of v1.4.0 linux_arm64 too.
  'github.com/marcboeker/go-duckdb': [
    {
      range: '<1.4.0',
      linux: ['amd64'],
      arm64Since: 'v1.4.0',
      source: 'https://pkg.go.dev/github.com/marcboeker/go-duckdb',
      checked: '2026-11-29',
    },
  ],
  // build of v0.28.0 has linux-x86_64 alone, that of v0.29.0 linux-aarch64 too.
  'github.com/bytecodealliance/wasmtime-go': [
    {
      range: '<0.29.0',
      linux: ['amd64'],
      arm64Since: 'v0.29.0',
      source: 'https://pkg.go.dev/github.com/bytecodealliance/wasmtime-go',
      checked: '2026-11-29',
    },
  ],
};

/** Modules of a go.mod whose library is not for a machine. What cgo compiles is compiled for any. */
export function judgeGo(modules: readonly GoModule[], { platform }: Machine): readonly Lack[] {
  return modules.flatMap((own): readonly Lack[] => {
    const found = lackingFor(platform, own, GO);
    if (found === undefined) return [];
    const facts = factsOf(found, platform.architecture);
    return [{ ...own, dev: false, direct: true, how: 'linked', unless: undefined, ...facts }];
  });
}
