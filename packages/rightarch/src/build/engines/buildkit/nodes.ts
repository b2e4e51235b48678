import {
  type ConfiguredBuilder,
  type Failure,
  formatPlatform,
  type Platform,
  samePlatform,
} from '../../../core/index.ts';
import type { CallOptions } from '../../../oci/index.ts';
import type { RunProgram } from '../../types.ts';
import { findBuilder, type NoBuilder } from '../buildx/builder.ts';
import { builderDown, noBuilder } from './failure.ts';
import { askNode, askOwnAddress, DEFAULT_ADDRESS, lists, type Node, type NoNode, ownPlatform } from './node.ts';
import type { Patience } from './silence.ts';

/** A platform, and who builds it. */
export interface Chosen {
  readonly platform: Platform;
  readonly node: Node;
  /** Whose work it is, and who does not answer. */
  readonly insteadOf?: string;
}

export interface NodeOptions {
  readonly run: RunProgram;
  /** Which of them: those of `docker buildx`, those of `buildctl`, or whatever there is. */
  readonly use: 'buildx' | 'buildkit' | 'any';
  /** Those that the configuration names. */
  readonly builders?: readonly ConfiguredBuilder[];
  /** BUILDKIT_HOST. */
  readonly buildkitHost?: string | undefined;
  /** Where one does not answer, another that can emulate its platforms goes on. */
  readonly fallback?: 'emulate' | undefined;
  /** With one that says nothing any more. */
  readonly patience?: Patience | undefined;
}

/** Who can build, each asked once, and who has gone away since. */
export class Nodes {
  readonly #options: NodeOptions;
  readonly #builders: readonly ConfiguredBuilder[];
  readonly #asked = new Map<string, Promise<Node | NoNode>>();
  readonly #gone = new Map<string, string>();
  #own: Promise<Node | NoBuilder | NoNode> | undefined;

  constructor(options: NodeOptions) {
    this.#options = options;
    const { builders = [], use } = options;
    this.#builders = builders.filter(({ engine }) => use === 'any' || engine === use);
  }

  /** Whether a build that ended so goes on elsewhere. */
  mayGoOn({ diagnostic: { code } }: Failure): boolean {
    return code === 'engine/builder-down' && this.#options.fallback === 'emulate' && this.#builders.length > 1;
  }

  /** Who should build it does not answer, and nobody that does can run its programs. */
  nobody(platform: Platform): Failure {
    const builder = this.#builders.find((one) => samePlatform(one.platform, platform)) ?? this.#builders[0]!;
    const detail = this.#gone.get(builder.name) ?? '';
    return builderDown({ ...builder, platforms: [formatPlatform(platform)], detail, during: false });
  }

  /** The configuration has this builder for that platform. */
  isNamedFor(platform: Platform, { name, engine }: Node): boolean {
    return this.#builders.some(
      (one) => one.name === name && one.engine === engine && samePlatform(one.platform, platform),
    );
  }

  /** From now on it is nobody that builds. */
  lost({ name }: Node, detail: string): void {
    this.#gone.set(name, detail);
  }

  /** Who builds each of these platforms; throws where somebody is missing and nobody may do it instead. */
  async choose(wanted: readonly Platform[], { signal }: CallOptions = {}): Promise<readonly Chosen[]> {
    if (this.#builders.length === 0) {
      const node = await this.#byDefault(signal);
      return wanted.map((platform) => ({ platform, node }));
    }
    const own = wanted.map((platform) => this.#builders.find((one) => samePlatform(one.platform, platform)));
    // All at once: one that is switched off takes its seconds.
    await Promise.all(own.map((one) => one && this.#ask(one, signal)));
    const chosen: Chosen[] = [];
    for (const [index, platform] of wanted.entries()) {
      const builder = own[index];
      const answer = builder && (await this.#ask(builder, signal));
      if (answer !== undefined && 'platforms' in answer) {
        chosen.push({ platform, node: answer });
        continue;
      }
      if (answer !== undefined && 'lack' in answer) throw noBuilder({ ...answer, detail: '' });
      const other =
        builder === undefined || this.#options.fallback === 'emulate' ? await this.#other(platform, signal) : undefined;
      const asked = builder ?? this.#builders[0]!;
      if (other === undefined) {
        const theirs = wanted.filter((_, at) => own[at]?.name === builder?.name).map(formatPlatform);
        throw builderDown({ ...asked, platforms: theirs, detail: await this.#detail(asked, signal), during: false });
      }
      chosen.push({ platform, node: other, ...(builder === undefined ? {} : { insteadOf: builder.name }) });
    }
    return chosen;
  }

  /** Somebody is there for these platforms, as far as can be known without choosing. */
  async isThere(signal?: AbortSignal): Promise<boolean> {
    return this.#builders.length > 0 || !('lack' in (await this.#found(signal)));
  }

  /** Of those that answer, one with this very CPU, else one that says it can run it, else whoever. */
  async #other(platform: Platform, signal: AbortSignal | undefined): Promise<Node | undefined> {
    const answers = await Promise.all(this.#builders.map((one) => this.#ask(one, signal)));
    const up = answers.filter((one): one is Node => 'platforms' in one);
    const isOwn = (node: Node): boolean => {
      const own = ownPlatform(node);
      return own !== undefined && samePlatform(own, platform);
    };
    return up.find(isOwn) ?? up.find((node) => lists(node.platforms, platform)) ?? up[0];
  }

  async #ask(builder: ConfiguredBuilder, signal: AbortSignal | undefined): Promise<Node | NoNode> {
    const gone = this.#gone.get(builder.name);
    if (gone !== undefined) return { down: gone };
    const key = `${builder.engine} ${builder.name}`;
    const asked = this.#asked.get(key) ?? askNode(this.#options.run, builder, signal);
    this.#asked.set(key, asked);
    return asked;
  }

  async #detail(builder: ConfiguredBuilder, signal: AbortSignal | undefined): Promise<string> {
    const answer = await this.#ask(builder, signal);
    return 'down' in answer ? answer.down : '';
  }

  async #byDefault(signal: AbortSignal | undefined): Promise<Node> {
    const found = await this.#found(signal);
    if ('platforms' in found) return found;
    if ('lack' in found) throw noBuilder({ detail: '', ...found });
    const { buildkitHost } = this.#options;
    const at = { in: 'input', name: buildkitHost === undefined ? '--engine' : 'BUILDKIT_HOST' } as const;
    throw builderDown({ name: buildkitHost ?? DEFAULT_ADDRESS, at, platforms: [], detail: found.down, during: false });
  }

  #found(signal: AbortSignal | undefined): Promise<Node | NoBuilder | NoNode> {
    this.#own ??= this.#find(signal);
    return this.#own;
  }

  async #find(signal: AbortSignal | undefined): Promise<Node | NoBuilder | NoNode> {
    const { run, use, buildkitHost } = this.#options;
    if (use === 'buildkit') return askOwnAddress(run, buildkitHost, signal);
    if (use === 'any' && buildkitHost !== undefined) {
      const there = await askOwnAddress(run, buildkitHost, signal);
      // Without a program for it, the variable says nothing.
      if (!('lack' in there)) return there;
    }
    const docker = await findBuilder(run, signal);
    if (!('lack' in docker)) return { engine: 'buildx', ...docker };
    const own = use === 'any' && buildkitHost === undefined ? await askOwnAddress(run, undefined, signal) : docker;
    return 'platforms' in own ? own : docker;
  }
}
