import { DOCKER_FLAGS, type DockerFlag } from '../build/docker-flags.ts';
import type { CommandName, OptionName } from '../messages/phrases/commands.ts';
import type { ExitStatus } from './exit.ts';
import type { Session } from './session.ts';

/** One flag. `value` is its placeholder; without one it is a switch. */
export interface OptionSpec {
  readonly name: OptionName;
  readonly short?: string;
  readonly value?: string;
  readonly many?: true;
}

/** Flags as they arrive: `-t a -t b` is `{ tag: ['a', 'b'] }`, `--no-cache` is `{ 'no-cache': true }`. */
export type Flags = Readonly<Partial<Record<OptionName, string | readonly string[] | true>>>;

export interface CommandSpec {
  readonly name: CommandName;
  /** As shown: `[IMAGE…]`. */
  readonly arguments: string;
  readonly most: number;
  readonly least: number;
  readonly examples: readonly string[];
  readonly options: readonly OptionSpec[];
  /** Loaded when it is used. */
  readonly run: (session: Session, words: readonly string[], flags: Flags) => Promise<ExitStatus>;
}

const PLATFORM: OptionSpec = { name: 'platform', value: 'LIST', many: true };
const FOR: OptionSpec = { name: 'for', value: 'ID[:CPU]', many: true };
const ENV: OptionSpec = { name: 'env', value: 'NAME' };
const REPORT: OptionSpec = { name: 'report', value: 'FILE' };
const NO_CACHE: OptionSpec = { name: 'no-cache' };
const FAIL_ON: OptionSpec = { name: 'fail-on', value: 'VERDICT' };
const ASSUME: OptionSpec = { name: 'assume', value: 'FACT=VALUE:REASON', many: true };
const FOREIGN: OptionSpec = { name: 'foreign', value: 'GLOB', many: true };

const DOCKER_VALUES: Readonly<Record<DockerFlag, string>> = {
  'add-host': 'HOST:IP',
  'shm-size': 'BYTES',
  ulimit: 'SPEC',
  allow: 'ENTITLEMENT',
  'cache-from': 'SPEC',
  'cache-to': 'SPEC',
};

/** Of what is proven and then published as it lies there. */
const PUBLISHING: readonly OptionSpec[] = [
  FOR,
  FAIL_ON,
  FOREIGN,
  ASSUME,
  { name: 'drop', value: 'PLATFORM', many: true },
  REPORT,
  NO_CACHE,
  ENV,
  { name: 'yes' },
];

/** docker's flags with docker's meaning, and ours behind them. */
const BUILD: readonly OptionSpec[] = [
  { name: 'tag', short: 't', value: 'NAME', many: true },
  { name: 'file', short: 'f', value: 'FILE' },
  PLATFORM,
  FOR,
  { name: 'target', value: 'STAGE' },
  { name: 'build-arg', value: 'KEY=VALUE', many: true },
  { name: 'secret', value: 'SPEC', many: true },
  { name: 'ssh', value: 'SPEC', many: true },
  { name: 'network', value: 'MODE' },
  ...DOCKER_FLAGS.map((name): OptionSpec => ({ name, value: DOCKER_VALUES[name], many: true })),
  { name: 'provenance', value: 'SPEC' },
  { name: 'sbom', value: 'SPEC' },
  { name: 'attest', value: 'SPEC', many: true },
  { name: 'build-context', value: 'NAME=DIR', many: true },
  { name: 'label', value: 'KEY=VALUE', many: true },
  { name: 'annotation', value: 'KEY=VALUE', many: true },
  { name: 'pull' },
  NO_CACHE,
  { name: 'push' },
  { name: 'load' },
  { name: 'output', short: 'o', value: 'DEST', many: true },
  REPORT,
  { name: 'metadata-file', value: 'FILE' },
  { name: 'iidfile', value: 'FILE' },
  { name: 'progress', value: 'MODE' },
  { name: 'quiet', short: 'q' },
  { name: 'engine', value: 'ENGINE' },
  { name: 'fallback', value: 'HOW' },
  { name: 'locked' },
  ENV,
];

/** Flags that every command takes. */
export const everywhere: readonly OptionSpec[] = [
  { name: 'json' },
  { name: 'lang', value: 'LANG' },
  { name: 'mirror', value: 'HOST=PLACE', many: true },
  { name: 'allow-http', value: 'HOST', many: true },
  { name: 'verbose' },
  { name: 'help', short: 'h' },
];

export const commandSpecs: readonly CommandSpec[] = [
  {
    name: 'verify',
    arguments: '[IMAGE…]',
    least: 0,
    most: 100,
    examples: [
      'rightarch verify ghcr.io/team/app:1.2',
      'rightarch verify oci:out --for lambda:arm64',
      'rightarch verify --for fargate:arm64 --json app@sha256:…',
      'rightarch verify app:1.2 --definition task-definition.json',
    ],
    options: [
      FOR,
      { name: 'definition', value: 'FILE' },
      { name: 'container', value: 'NAME' },
      PLATFORM,
      FAIL_ON,
      { name: 'why' },
      { name: 'all' },
      FOREIGN,
      ASSUME,
      { name: 'sarif', value: 'FILE' },
      { name: 'html', value: 'FILE' },
      REPORT,
      { name: 'quick' },
      NO_CACHE,
      ENV,
    ],
    run: async (...call) => (await import('./commands/verify.ts')).verify(...call),
  },
  {
    name: 'check',
    arguments: '[PATH]',
    least: 0,
    most: 1,
    examples: [
      'rightarch check',
      'rightarch check --for fargate:arm64',
      'rightarch check --fix',
      'rightarch check --fail-on error services/api',
    ],
    options: [
      FOR,
      PLATFORM,
      { name: 'online' },
      { name: 'fail-on', value: 'SEVERITY' },
      { name: 'fix' },
      { name: 'diff' },
      { name: 'sarif', value: 'FILE' },
      { name: 'junit', value: 'FILE' },
      { name: 'github' },
      REPORT,
      { name: 'baseline', value: 'FILE' },
      { name: 'write-baseline', value: 'FILE' },
      { name: 'no-inline-ignore' },
    ],
    run: async (...call) => (await import('./commands/check.ts')).check(...call),
  },
  {
    name: 'ship',
    arguments: '[CONTEXT|NAME…]',
    least: 0,
    most: 100,
    examples: [
      'rightarch ship',
      'rightarch ship --env prod api',
      'rightarch ship -t ghcr.io/team/app:1.2 --for fargate:arm64 .',
    ],
    options: [...BUILD, FAIL_ON, FOREIGN, ASSUME, { name: 'drop', value: 'PLATFORM', many: true }, { name: 'yes' }],
    run: async (...call) => (await import('./commands/ship.ts')).ship(...call),
  },
  {
    name: 'build',
    arguments: '[CONTEXT|NAME…]',
    least: 0,
    most: 100,
    examples: [
      'rightarch build',
      'rightarch build -t app:1.2 --platform linux/amd64,linux/arm64 .',
      'rightarch build -f api/Dockerfile --for lambda:arm64 -o oci:out .',
    ],
    options: BUILD,
    run: async (...call) => (await import('./commands/build.ts')).build(...call),
  },
  {
    name: 'plan',
    arguments: '[CONTEXT|NAME…]',
    least: 0,
    most: 100,
    examples: [
      'rightarch plan',
      'rightarch plan --for fargate:arm64 --json .',
      'rightarch plan --platform linux/amd64,linux/arm64 --rewrite --diff .',
    ],
    options: [...BUILD, { name: 'rewrite' }, { name: 'write' }, { name: 'diff' }],
    run: async (...call) => (await import('./commands/plan.ts')).plan(...call),
  },
  {
    name: 'push',
    arguments: '[SOURCE] [REF…]',
    least: 0,
    most: 100,
    examples: [
      'rightarch push',
      'rightarch push oci:out ghcr.io/team/app:1.2 ghcr.io/team/app:latest',
      'rightarch push archive:out.tar 127.0.0.1:5000/app:dev',
    ],
    options: [PLATFORM, ...PUBLISHING],
    run: async (...call) => (await import('./commands/push.ts')).push(...call),
  },
  {
    name: 'merge',
    arguments: 'IMAGE…',
    least: 1,
    most: 100,
    examples: [
      'rightarch merge -t app:1.2 app:1.2-amd64 app:1.2-arm64',
      'rightarch merge -t ghcr.io/team/app:1.2 --require linux/amd64,linux/arm64 oci:amd64 oci:arm64',
      'rightarch merge --add ghcr.io/team/app:1.2 oci:arm64',
    ],
    options: [
      { name: 'tag', short: 't', value: 'NAME', many: true },
      { name: 'add', value: 'NAME' },
      { name: 'require', value: 'LIST', many: true },
      { name: 'no-attestations' },
      { name: 'annotation', value: 'KEY=VALUE', many: true },
      ...PUBLISHING,
    ],
    run: async (...call) => (await import('./commands/merge.ts')).merge(...call),
  },
  {
    name: 'inspect',
    arguments: '[IMAGE…]',
    least: 0,
    most: 100,
    examples: [
      'rightarch inspect debian:bookworm-slim',
      'rightarch inspect oci:out --json',
      'rightarch inspect app:1.2 --raw --platform linux/arm64',
    ],
    options: [PLATFORM, { name: 'raw' }],
    run: async (...call) => (await import('./commands/inspect.ts')).inspect(...call),
  },
  {
    name: 'diff',
    arguments: '[IMAGE] [IMAGE]',
    least: 0,
    most: 2,
    examples: [
      'rightarch diff ghcr.io/team/app:1.2',
      'rightarch diff app:1.2 --platform linux/amd64,linux/arm64',
      'rightarch diff app:1.2 app:1.3 --json',
    ],
    options: [PLATFORM, NO_CACHE],
    run: async (...call) => (await import('./commands/diff.ts')).diff(...call),
  },
  {
    name: 'init',
    arguments: '',
    least: 0,
    most: 0,
    examples: ['rightarch init', 'rightarch init --yes'],
    options: [{ name: 'yes' }, { name: 'force' }],
    run: async (...call) => (await import('./commands/init.ts')).init(...call),
  },
  {
    name: 'doctor',
    arguments: '',
    least: 0,
    most: 0,
    examples: ['rightarch doctor', 'rightarch doctor --fix', 'rightarch doctor --platform linux/riscv64 --json'],
    options: [PLATFORM, { name: 'fix' }, ENV, REPORT],
    run: async (...call) => (await import('./commands/doctor.ts')).doctor(...call),
  },
  {
    name: 'targets',
    arguments: '[ID…]',
    least: 0,
    most: 100,
    examples: ['rightarch targets', 'rightarch targets lambda', 'rightarch targets ec2:m7g.large'],
    options: [],
    run: async (...call) => (await import('./commands/targets.ts')).showTargets(call[0], call[1]),
  },
  {
    name: 'explain',
    arguments: '[CODE…]',
    least: 0,
    most: 100,
    examples: ['rightarch explain proof/wrong-cpu-module', 'rightarch explain'],
    options: [],
    run: async (...call) => (await import('./commands/explain.ts')).explain(call[0], call[1]),
  },
];

/** Its words are docker's, so none of them are read as ours are. */
export const dockerSpec: Pick<CommandSpec, 'name' | 'arguments' | 'examples' | 'options'> = {
  name: 'docker',
  arguments: 'COMMAND […]',
  examples: [
    'rightarch docker build --platform linux/arm64 -t ghcr.io/team/app:1.2 .',
    'rightarch docker push ghcr.io/team/app:1.2',
    'CDK_DOCKER=rightarch-docker npx cdk deploy',
    'make DOCKER=rightarch-docker docker-build',
  ],
  options: [],
};

/** Commands of the design that later versions fill, with what serves until then. */
export const laterCommands: Readonly<Record<string, string>> = {
  copy: 'rightarch push SOURCE REF',
  promote: 'rightarch push SOURCE REF',
  deploy: 'rightarch ship',
  status: 'rightarch verify IMAGE',
  rollback: 'rightarch push SOURCE REF',
  login: 'docker login',
  audit: 'rightarch verify IMAGE…',
};

/** Other names that people type first. */
export const commandAliases: Readonly<Record<string, string>> = { lint: 'check', cp: 'copy', view: 'inspect' };
