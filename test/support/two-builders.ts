import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RunProgram } from '../../packages/rightarch/src/build/index.ts';
import { programRunner } from '../../packages/rightarch/src/cli/programs.ts';
import { BASES, needBases, REPOSITORY } from './assembled-bases.ts';
import { type BuildKitDaemon, buildKitDaemon, buildkitdPrograms } from './buildkit-daemon.ts';
import { typeLine } from './command-line.ts';
import { freePort } from './free-port.ts';

export const TWO = ['linux/amd64', 'linux/arm64'] as const;

/** How a command line is typed beside what is said of it anyway. */
export interface How {
  readonly program?: RunProgram;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Two real BuildKit daemons, on a socket and on a port of the loopback, and folders to work in. Both have this machine's
 * CPU, and where the kernel has no emulator the second platform is built across.
 */
export class TwoBuilders {
  readonly directory: string;
  readonly cache: string;
  bin = '';
  first!: BuildKitDaemon;
  second!: BuildKitDaemon;
  run!: RunProgram;
  work = '';
  #count = 0;

  constructor(name: string) {
    this.directory = mkdtempSync(join(tmpdir(), `rightarch-${name}-`));
    this.cache = join(this.directory, 'cache');
  }

  async start(): Promise<void> {
    needBases();
    this.bin = await buildkitdPrograms(join(REPOSITORY, '.cache', 'buildkitd'));
    this.run = programRunner({ ...process.env, PATH: `${this.bin}:${process.env['PATH']}` });
    this.first = buildKitDaemon(this.bin, join(this.directory, 'first'));
    const address = `tcp://127.0.0.1:${await freePort()}`;
    this.second = buildKitDaemon(this.bin, join(this.directory, 'second'), address);
    await this.first.start();
    await this.second.start();
  }

  async close(): Promise<void> {
    await this.first?.close();
    await this.second?.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** From here on in a folder of its own. */
  begin(): void {
    this.work = join(this.directory, `work-${this.#count++}`);
    mkdirSync(this.work);
  }

  write(name: string, ...lines: readonly string[]): void {
    writeFileSync(join(this.work, name), `${lines.join('\n')}\n`);
  }

  /** rightarch.yaml with an image `app` for both platforms, and who builds them. */
  configure(
    addresses: Readonly<Record<string, string>> = { [TWO[0]]: this.first.address, [TWO[1]]: this.second.address },
  ): void {
    const builders = Object.entries(addresses).map(([platform, address]) => `  ${platform}: "${address}"`);
    this.write('rightarch.yaml', 'images:', '  app:', `    platforms: [${TWO.join(', ')}]`, 'builders:', ...builders);
  }

  /** A step that is done on whichever CPU the builder has, and takes a while. */
  across(seconds: number | string, base = 'debian:bookworm-slim'): void {
    this.write(
      'Dockerfile',
      `FROM --platform=$BUILDPLATFORM ${base} AS make`,
      'ARG TARGETARCH',
      `RUN sleep ${seconds}; echo "for $TARGETARCH" | rev | rev > /made`,
      `FROM ${base}`,
      'COPY --from=make /made /made',
      'CMD ["/bin/cat", "/made"]',
    );
  }

  type(words: readonly string[], { program = this.run, signal, env = {} }: How = {}, work = this.work) {
    return typeLine(work, [...words, '--mirror', `docker.io=oci:${BASES}`], {
      env: { RIGHTARCH_CACHE: this.cache, ...env },
      runProgram: program,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** Whether an index has both images, and what is stated of each, in that order, behind them. */
  async expectStatements(place: string): Promise<void> {
    const raw = await this.type(['inspect', '--raw', place]);
    const { manifests } = JSON.parse(raw.out) as {
      manifests: { digest: string; annotations?: Record<string, string> }[];
    };
    const [amd64, arm64, ...statements] = manifests;
    expect(statements.map(({ annotations }) => annotations?.['vnd.docker.reference.digest'])).toEqual([
      amd64!.digest,
      arm64!.digest,
    ]);
  }

  /** What a build left where it works. */
  leftovers(cache = this.cache): readonly string[] {
    return existsSync(join(cache, 'buildx')) ? readdirSync(join(cache, 'buildx')) : [];
  }

  /** Notes when each build begins and ends, and does something when both are at it. */
  watched(then: () => void = () => {}): { readonly program: RunProgram; readonly seen: readonly string[] } {
    const seen: string[] = [];
    const program: RunProgram = async (command, args, options) => {
      if (!args.includes('build')) return this.run(command, args, options);
      seen.push('begin');
      if (seen.length === 2) then();
      return this.run(command, args, options).finally(() => seen.push('end'));
    };
    return { program, seen };
  }
}
