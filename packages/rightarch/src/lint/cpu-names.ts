import { type Platform, samePlatform } from '../core/index.ts';
import { platformOfWord } from './cpu-words.ts';
import { type MachineWords, machineWords } from './machine-words.ts';

/** Who has words of their own for CPUs. */
export type Namer = 'go' | 'rust' | 'dotnet' | 'npm' | 'apt' | 'debian-folder' | 'debian-java';

/** A word for a CPU in a place where somebody else's words count. */
export interface Misnamed {
  /** Of a download: the project that publishes it. */
  readonly namer: Namer | { readonly project: string };
  readonly word: string;
  readonly expected: string;
  /** Theirs for the platforms that everybody builds, and for this one, by what `TARGETARCH` says of it. */
  readonly words: Readonly<Record<string, string>>;
}

const EVERYBODYS: readonly Platform[] = [
  { os: 'linux', architecture: 'amd64' },
  { os: 'linux', architecture: 'arm64' },
];

interface Project {
  readonly name: string;
  /** The group is the word for the CPU. */
  readonly url: RegExp;
  readonly amd64: string;
  readonly arm64: string;
}

/**
 * What projects call the two CPUs in the names of what they publish. The pages are where it can be read; those of protoc,
 * hadolint, bun, compose, s6, miniconda, docker, tini and awscli were held against public Dockerfiles on 2026-11-29, the
 * others are written down as known and not yet read again. Only those whose names are the same in every version that has both.
 */
const PROJECTS: readonly Project[] = [
  // https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html
  {
    name: 'awscli.amazonaws.com',
    url: /awscli\.amazonaws\.com\/awscli-exe-linux-(\w+?)(?:-[^/]*)?\.zip/,
    amd64: 'x86_64',
    arm64: 'aarch64',
  },
  // https://github.com/protocolbuffers/protobuf/releases
  {
    name: 'protocolbuffers/protobuf',
    url: /github\.com\/(?:protocolbuffers|google)\/protobuf\/releases\/download\/[^/]+\/protoc-[^/]+-linux-(\w+)\.zip/,
    amd64: 'x86_64',
    arm64: 'aarch_64',
  },
  // https://nodejs.org/dist/
  {
    name: 'nodejs.org',
    url: /nodejs\.org\/dist\/[^/]+\/node-v?[^/]+-linux-(\w+)\.tar/,
    amd64: 'x64',
    arm64: 'arm64',
  },
  // https://go.dev/dl/
  {
    name: 'go.dev',
    url: /(?:go\.dev\/dl|golang\.org\/dl|dl\.google\.com\/go|storage\.googleapis\.com\/golang)\/go[^/]+\.linux-(\w+)\.tar/,
    amd64: 'amd64',
    arm64: 'arm64',
  },
  // https://kubernetes.io/docs/tasks/tools/install-kubectl-linux/
  {
    name: 'dl.k8s.io',
    url: /(?:dl\.k8s\.io|storage\.googleapis\.com\/kubernetes-release)\/(?:release\/)?[^/]+\/bin\/linux\/(\w+)\//,
    amd64: 'amd64',
    arm64: 'arm64',
  },
  // https://helm.sh/docs/intro/install/
  { name: 'get.helm.sh', url: /get\.helm\.sh\/helm-[^/]+-linux-(\w+)\./, amd64: 'amd64', arm64: 'arm64' },
  // https://releases.hashicorp.com/terraform/
  {
    name: 'releases.hashicorp.com',
    url: /releases\.hashicorp\.com\/[^/]+\/[^/]+\/[^/]+_linux_(\w+)\.zip/,
    amd64: 'amd64',
    arm64: 'arm64',
  },
  // https://github.com/krallin/tini/releases
  {
    name: 'krallin/tini',
    url: /github\.com\/krallin\/tini\/releases\/download\/[^/]+\/tini-(?:static-)?(\w+)/,
    amd64: 'amd64',
    arm64: 'arm64',
  },
  // https://github.com/tianon/gosu/releases
  {
    name: 'tianon/gosu',
    url: /github\.com\/tianon\/gosu\/releases\/download\/[^/]+\/gosu-(\w+)/,
    amd64: 'amd64',
    arm64: 'arm64',
  },
  // https://download.docker.com/linux/static/stable/
  {
    name: 'download.docker.com',
    url: /download\.docker\.com\/linux\/static\/\w+\/(\w+)\//,
    amd64: 'x86_64',
    arm64: 'aarch64',
  },
  // https://github.com/docker/compose/releases, from version 2 on
  {
    name: 'docker/compose',
    url: /github\.com\/docker\/compose\/releases\/(?:latest\/)?download\/(?:[^/]+\/)?docker-compose-linux-(\w+)/,
    amd64: 'x86_64',
    arm64: 'aarch64',
  },
  // https://github.com/docker/buildx/releases
  {
    name: 'docker/buildx',
    url: /github\.com\/docker\/buildx\/releases\/download\/[^/]+\/buildx-[^/]+\.linux-(\w+)/,
    amd64: 'amd64',
    arm64: 'arm64',
  },
  // https://repo.anaconda.com/miniconda/
  {
    name: 'repo.anaconda.com',
    url: /repo\.(?:anaconda\.com|continuum\.io)\/miniconda\/Miniconda\d?-[^/]+-Linux-(\w+)\.sh/,
    amd64: 'x86_64',
    arm64: 'aarch64',
  },
  // https://github.com/oven-sh/bun/releases
  {
    name: 'oven-sh/bun',
    url: /github\.com\/oven-sh\/bun\/releases\/(?:latest\/)?download\/(?:[^/]+\/)?bun-linux-(\w+)[.-]/,
    amd64: 'x64',
    arm64: 'aarch64',
  },
  // https://github.com/hadolint/hadolint/releases
  {
    name: 'hadolint/hadolint',
    url: /github\.com\/hadolint\/hadolint\/releases\/(?:latest\/)?download\/(?:[^/]+\/)?hadolint-[Ll]inux-(\w+)/,
    amd64: 'x86_64',
    arm64: 'arm64',
  },
  // https://forge.rust-lang.org/infra/other-installation-methods.html
  {
    name: 'static.rust-lang.org',
    url: /static\.rust-lang\.org\/rustup\/(?:dist|archive\/[^/]+)\/(\w+)-unknown-linux-/,
    amd64: 'x86_64',
    arm64: 'aarch64',
  },
  // https://github.com/mikefarah/yq/releases
  {
    name: 'mikefarah/yq',
    url: /github\.com\/mikefarah\/yq\/releases\/(?:latest\/)?download\/(?:[^/]+\/)?yq_linux_(\w+)/,
    amd64: 'amd64',
    arm64: 'arm64',
  },
  // https://cloud.google.com/sdk/docs/downloads-versioned-archives
  {
    name: 'dl.google.com',
    url: /dl\.google\.com\/dl\/cloudsdk\/channels\/rapid\/downloads\/google-cloud-(?:sdk|cli)-(?:[^/]+-)?linux-(\w+)\.tar/,
    amd64: 'x86_64',
    arm64: 'arm',
  },
  // https://github.com/just-containers/s6-overlay#which-architecture-to-use-depending-on-your-targetarch, from version 3 on
  {
    name: 'just-containers/s6-overlay',
    url: /github\.com\/just-containers\/s6-overlay\/releases\/download\/[^/]+\/s6-overlay-(\w+)\.tar\.xz/,
    amd64: 'x86_64',
    arm64: 'aarch64',
  },
  // https://github.com/astral-sh/uv/releases
  {
    name: 'astral-sh/uv',
    url: /github\.com\/astral-sh\/uv\/releases\/(?:latest\/)?download\/(?:[^/]+\/)?uv-(\w+)-unknown-linux-/,
    amd64: 'x86_64',
    arm64: 'aarch64',
  },
  // https://github.com/denoland/deno/releases
  {
    name: 'denoland/deno',
    url: /github\.com\/denoland\/deno\/releases\/(?:latest\/)?download\/(?:[^/]+\/)?deno-(\w+)-unknown-linux-/,
    amd64: 'x86_64',
    arm64: 'aarch64',
  },
  // https://github.com/grpc-ecosystem/grpc-health-probe/releases
  {
    name: 'grpc-ecosystem/grpc-health-probe',
    url: /github\.com\/grpc-ecosystem\/grpc-health-probe\/releases\/download\/[^/]+\/grpc_health_probe-linux-(\w+)/,
    amd64: 'amd64',
    arm64: 'arm64',
  },
];

/** What stands before the word that counts, by whose it is: the group is the word. */
const PLACES: readonly {
  readonly namer: Namer;
  readonly text: RegExp;
  readonly of: (words: MachineWords) => string | undefined;
}[] = [
  { namer: 'debian-folder', text: /^["']?\/usr\/lib\/(\w+)-linux-gnu(?:\/|$)/, of: ({ kernel }) => kernel },
  { namer: 'debian-java', text: /^["']?\/usr\/lib\/jvm\/java-\d+-openjdk-(\w+)(?:\/|$)/, of: ({ debian }) => debian },
];

/** A download that its project has under another word for the CPU. */
export function misnamedUrl(text: string, platform: Platform): Misnamed | undefined {
  if (!text.includes('://')) return undefined;
  for (const { name, url, amd64, arm64 } of PROJECTS) {
    const word = url.exec(text)?.[1];
    const of = ({ architecture }: Platform): string | undefined =>
      architecture === 'amd64' ? amd64 : architecture === 'arm64' ? arm64 : undefined;
    if (word !== undefined) return misnamed({ project: name }, word, { of, platform });
  }
  return undefined;
}

/** A folder of Debian, whose name has the word of another tool. */
export function misnamedPath(text: string, platform: Platform): Misnamed | undefined {
  for (const { namer, text: pattern, of } of PLACES) {
    const word = pattern.exec(text)?.[1];
    if (word !== undefined) return misnamed(namer, word, { of: wordBy(of), platform });
  }
  return undefined;
}

/** What is named by a tool, in the word of another one. */
export function misnamedFor(
  namer: Exclude<Namer, `debian-${string}`>,
  word: string,
  platform: Platform,
): Misnamed | undefined {
  // The SDK takes it for `x64` (RuntimeArgFunc in dotnet/sdk, src/Cli/dotnet/CommonOptions.cs, read 2026-11-29).
  if (namer === 'dotnet' && word === 'amd64') return undefined;
  const of = {
    go: ({ architecture }: Platform) => architecture,
    rust: wordBy(({ rust }) => rust),
    dotnet: wordBy(({ dotnet }) => dotnet),
    npm: wordBy(({ node }) => node),
    apt: wordBy(({ debian }) => debian),
  }[namer];
  return misnamed(namer, word, { of, platform });
}

const wordBy =
  (of: (words: MachineWords) => string | undefined) =>
  (platform: Platform): string | undefined => {
    const words = machineWords(platform);
    return words === undefined ? undefined : of(words);
  };

/** Only a word that means this very CPU and is another one than theirs: any other mistake is none of names. */
function misnamed(
  namer: Misnamed['namer'],
  word: string,
  { of, platform }: { readonly of: (platform: Platform) => string | undefined; readonly platform: Platform },
): Misnamed | undefined {
  const expected = of(platform);
  const meant = platformOfWord(word);
  if (expected === undefined || word === expected || meant === undefined || !samePlatform(meant, platform))
    return undefined;
  const words = [...EVERYBODYS, platform].flatMap((one) => {
    const theirs = of(one);
    return theirs === undefined ? [] : [[one.architecture, theirs] as const];
  });
  return { namer, word, expected, words: Object.fromEntries(words) };
}
