import type { Diagnostic, Location } from '../../core/index.ts';
import {
  type Arguments,
  type Copy,
  flagOn,
  flagText,
  flagTexts,
  type Instruction,
  type Mount,
  mountsOf,
  proxyEnvironment,
  type Run,
  type StageScope,
  type Word,
} from '../../dockerfile/index.ts';
import { failure } from '../../messages/index.ts';
import type { RuntimeConfig } from '../../oci/types.ts';
import { cleanPath } from '../files/root-path.ts';
import type { RunInput } from '../run/index.ts';
import { DEFAULT_SHELL, exposedPorts, parseDuration, stopSignal, withConfig } from './runtime-config.ts';
import { isProxyArg, refuseErrors } from './variables.ts';

/** What every operation has: its place, and what the history says of it. */
interface Common {
  readonly line: number;
  readonly at: Location;
  /** `COPY src ./src`: the line for people, on one line. */
  readonly instruction: string;
  readonly createdBy: string;
}

export interface CopyOperation extends Common {
  readonly kind: 'copy';
  readonly add: boolean;
  readonly sources: readonly string[];
  readonly inline: readonly { readonly name: string; readonly data: string }[];
  readonly destination: string;
  /** A stage's name or number, an image, a build context; undefined for the build context itself. */
  readonly from: string | undefined;
  readonly chown: string;
  readonly chmod: string;
  readonly link: boolean;
  readonly parents: boolean;
  readonly excludes: readonly string[];
  /** ADD's own with their values: `--unpack`, `--checksum=…`, `--keep-git-dir`. */
  readonly special: readonly string[];
}

export interface RunOperation extends Common {
  readonly kind: 'run';
  readonly input: RunInput;
  readonly env: Readonly<Record<string, string>>;
  /** Proxies of `--build-arg`: a part of the environment, and of no key. */
  readonly proxies: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly user: string;
  readonly shell: readonly string[];
  readonly flags: readonly { readonly name: string; readonly value: string }[];
  readonly mounts: readonly Mount[];
}

/** One instruction with all variables in. What it does to the config is already done; this is what is left to do. */
export type Operation =
  | (Common & { readonly kind: 'metadata' })
  | (Common & { readonly kind: 'workdir'; readonly path: string; readonly user: string })
  | CopyOperation
  | RunOperation;

/** What a stage hands to the stages that start from it. */
export interface StageState {
  readonly config: RuntimeConfig;
  /** Of a stage; an image has none but its Env. */
  readonly scope?: StageScope;
  readonly author?: string;
}

interface Inputs {
  readonly state: StageState;
  /** The variables of this stage, as they are behind FROM. */
  readonly scope: StageScope;
  /** `--build-arg`, for the proxies that every RUN has. */
  readonly args: Readonly<Record<string, string>>;
  /** The place of a word, and of an offset in a text of several lines. */
  at(word: Pick<Word, 'span'>): Location;
  readonly places: (command: Arguments, offset: number) => Location;
}

/**
 * Reads the instructions of one stage in order: variables in, config changed, and the operations that need files left
 * over. No file is looked at, so a plan and a build read a stage in the same way.
 */
export function resolveStage(
  instructions: readonly Instruction[],
  inputs: Inputs,
): { readonly operations: readonly Operation[]; readonly state: StageState; readonly notes: readonly Diagnostic[] } {
  const reader = new StageReader(inputs);
  const operations = instructions.map((instruction) => reader.read(instruction)).filter((one) => one !== undefined);
  return { operations, state: reader.state, notes: reader.notes };
}

class StageReader {
  /** What is no error: variables that are not set. */
  readonly notes: Diagnostic[] = [];
  readonly #inputs: Inputs;
  #config: RuntimeConfig;
  #author: string | undefined;
  #cmdSet = false;

  constructor(inputs: Inputs) {
    this.#inputs = inputs;
    this.#config = withConfig(inputs.state.config, { Env: envOf(inputs.scope) });
    this.#author = inputs.state.author;
  }

  get state(): StageState {
    const { scope } = this.#inputs;
    return { config: this.#config, scope, ...(this.#author !== undefined ? { author: this.#author } : {}) };
  }

  read(written: Instruction): Operation | undefined {
    const { instruction, problems } = this.#inputs.scope.apply(written);
    refuseErrors(problems);
    this.notes.push(...problems);
    switch (instruction.keyword) {
      case 'ENV': {
        const pairs = instruction.pairs.map(({ key, value }) => [key.text, value.text]);
        this.#set({ Env: envOf(this.#inputs.scope) });
        return this.#metadata(instruction, `ENV ${pairs.map(([key, value]) => `${key}=${value}`).join(' ')}`);
      }
      case 'LABEL': {
        const pairs = instruction.pairs.map(({ key, value }) => [key.text, value.text]);
        this.#set({ Labels: { ...this.#config.Labels, ...Object.fromEntries(pairs) } });
        return this.#metadata(instruction, `LABEL ${pairs.map(([key, value]) => `${key}=${value}`).join(' ')}`);
      }
      case 'ARG':
        return this.#arg(instruction);
      case 'WORKDIR': {
        const { text } = instruction.value;
        const path = cleanPath(text, this.#config.WorkingDir || '/');
        // An absolute path stands in the config as it is written, with its slash at the end (system.NormalizeWorkdir).
        const shown = text.startsWith('/') ? text : path;
        this.#set({ WorkingDir: shown });
        const user = this.#config.User ?? '';
        return { kind: 'workdir', ...this.#common(instruction, `WORKDIR ${shown}`), path, user };
      }
      case 'USER':
        this.#set({ User: instruction.value.text });
        return this.#metadata(instruction, `USER ${this.#config.User}`);
      case 'STOPSIGNAL':
        this.#set({ StopSignal: stopSignal(instruction.value.text, this.#at(instruction)) });
        return this.#metadata(instruction, `STOPSIGNAL ${this.#config.StopSignal}`);
      case 'MAINTAINER':
        this.#author = instruction.value.text;
        return this.#metadata(instruction, `MAINTAINER ${this.#author}`);
      case 'EXPOSE': {
        const at = this.#at(instruction);
        const ports = instruction.values.flatMap(({ text }) => exposedPorts(text, at));
        const all = new Set([...Object.keys(this.#config.ExposedPorts ?? {}), ...ports]);
        this.#set({ ExposedPorts: Object.fromEntries([...all].sort().map((port) => [port, {}])) });
        return this.#metadata(instruction, `EXPOSE [${[...new Set(ports)].sort().join(' ')}]`);
      }
      case 'VOLUME': {
        const paths = instruction.values.map(({ text }) => text);
        const all = new Set([...Object.keys(this.#config.Volumes ?? {}), ...paths]);
        this.#set({ Volumes: Object.fromEntries([...all].sort().map((path) => [path, {}])) });
        return this.#metadata(instruction, `VOLUME [${paths.join(' ')}]`);
      }
      case 'SHELL': {
        const words = instruction.command.form === 'json' ? instruction.command.words.map(({ text }) => text) : [];
        this.#set({ Shell: words });
        return this.#metadata(instruction, `SHELL [${words.join(' ')}]`);
      }
      case 'CMD':
        this.#set({ Cmd: this.#argv(instruction.command) });
        this.#cmdSet = true;
        return this.#metadata(instruction, `CMD ${goStrings(this.#config.Cmd ?? [])}`);
      case 'ENTRYPOINT':
        this.#set({ Entrypoint: this.#argv(instruction.command) });
        // A CMD of the base belongs to the entrypoint of the base (dockerfile2llb dispatchEntrypoint).
        if (!this.#cmdSet) this.#set({ Cmd: undefined });
        return this.#metadata(instruction, `ENTRYPOINT ${goStrings(this.#config.Entrypoint ?? [])}`);
      case 'HEALTHCHECK':
        return this.#healthcheck(instruction);
      case 'ONBUILD':
        this.#set({ OnBuild: [...(this.#config.OnBuild ?? []), instruction.expression] });
        return undefined;
      case 'COPY':
      case 'ADD':
        return this.#copy(instruction);
      case 'RUN':
        return this.#run(instruction);
      case 'FROM':
      case 'UNKNOWN':
        return undefined;
    }
  }

  #arg(instruction: Extract<Instruction, { keyword: 'ARG' }>): Operation {
    const shown = instruction.args.map(({ name, value }) =>
      value === undefined || isProxyArg(name.text) ? name.text : `${name.text}=${value.text}`,
    );
    return this.#metadata(instruction, `ARG ${shown.join(' ')}`);
  }

  #healthcheck(instruction: Extract<Instruction, { keyword: 'HEALTHCHECK' }>): Operation {
    const at = this.#at(instruction);
    const duration = (name: string) => {
      const flag = instruction.flags.find((one) => one.name === name);
      return flag === undefined ? undefined : parseDuration(flag.value.text, at);
    };
    const command = instruction.command;
    const test = instruction.none
      ? ['NONE']
      : command?.form === 'json'
        ? ['CMD', ...command.words.map(({ text }) => text)]
        : ['CMD-SHELL', command?.text ?? ''];
    const members: [string, number | undefined][] = [
      ['Interval', duration('interval')],
      ['Timeout', duration('timeout')],
      ['StartPeriod', duration('start-period')],
      ['StartInterval', duration('start-interval')],
    ];
    const retries = instruction.flags.find(({ name }) => name === 'retries');
    if (retries !== undefined) {
      const { text } = retries.value;
      if (!/^\d+$/.test(text))
        throw failure(
          'engine/value-invalid',
          { instruction: 'HEALTHCHECK', value: text, expected: '`3`' },
          at,
          'request',
        );
      members.push(['Retries', Number(text)]);
    }
    const set = members.filter(([, value]) => value !== undefined && value !== 0);
    this.#set({ Healthcheck: { Test: test, ...Object.fromEntries(set) } });
    const options = set.map(([key, value]) => ` ${key}=${value}`).join('');
    return this.#metadata(instruction, `HEALTHCHECK ${goStrings(test)}${options}`);
  }

  #copy(instruction: Copy): Operation {
    const value = (name: string) => flagText(instruction.flags, name) ?? '';
    const on = (name: string) => flagOn(instruction.flags, name);
    const sources = instruction.sources.map(({ text }) => text);
    const written = instruction.destination.text;
    const inline = instruction.heredocs.map(({ name, body }) => ({ name, data: body }));
    const slash = /(^|\/)\.{0,2}$/.test(written) ? '/' : '';
    const path = cleanPath(written, this.#config.WorkingDir || '/');
    const add = instruction.keyword === 'ADD';
    const chown = value('chown');
    const chmod = value('chmod');
    const from = value('from');
    const link = on('link');
    // Such a layer is made from nothing: there is no /etc/passwd to look a name up in.
    if (link && chmod === '' && !/^\d*(?::\d*)?$/.test(chown))
      throw failure('plan/link-owner-name', { owner: chown }, this.#at(instruction), 'request');
    const message = [
      instruction.keyword,
      ...(on('parents') ? ['--parents'] : []),
      ...(chown !== '' ? [`--chown=${chown}`] : []),
      ...(chmod !== '' ? [`--chmod=${chmod}`] : []),
      ...sources,
      ...inline.map(({ name }) => `<<${name}`),
      written,
    ].join(' ');
    return {
      kind: 'copy',
      ...this.#common(instruction, `${message} # rightarch`),
      add,
      sources,
      inline,
      destination: path === '/' ? '/' : `${path}${slash}`,
      from: from === '' ? undefined : from,
      chown,
      chmod,
      link,
      parents: on('parents'),
      excludes: flagTexts(instruction.flags, 'exclude'),
      special: add
        ? instruction.flags
            .filter(({ name }) => ['unpack', 'checksum', 'keep-git-dir'].includes(name))
            .map(({ name, value: { text } }) => (text === '' ? `--${name}` : `--${name}=${text}`))
        : [],
    };
  }

  #run(instruction: Run): RunOperation {
    const { command } = instruction;
    const at = this.#at(instruction);
    const shell = this.#config.Shell ?? DEFAULT_SHELL;
    const input: RunInput =
      command.form === 'json'
        ? {
            form: 'json',
            argv: command.words.map(({ text }) => text),
            at: (index) => {
              const word = command.words[index];
              return word === undefined ? at : this.#inputs.at(word);
            },
          }
        : {
            form: 'shell',
            text: command.text,
            heredocs: instruction.heredocs,
            at: (offset) => this.#inputs.places(command, offset),
          };
    const { environment, imageEnvironment, args } = this.#inputs.scope;
    const shown = [...args.keys()].flatMap((name) => {
      const value = environment.get(name);
      return value === undefined || isProxyArg(name) ? [] : [`${name}=${value}`];
    });
    const argv = input.form === 'json' ? input.argv : [...shell, command.form === 'shell' ? command.text : ''];
    const prefix = shown.length > 0 ? [`|${shown.length}`, ...shown] : [];
    return {
      kind: 'run',
      ...this.#common(instruction, `RUN ${[...prefix, ...argv].join(' ')} # rightarch`),
      input,
      env: Object.fromEntries(
        [...environment].filter(([name]) => !isProxyArg(name) || imageEnvironment.has(name) || !args.has(name)),
      ),
      proxies: Object.fromEntries([
        ...proxyEnvironment(this.#inputs.args),
        ...[...environment].filter(([name]) => isProxyArg(name) && !imageEnvironment.has(name) && args.has(name)),
      ]),
      cwd: cleanPath(this.#config.WorkingDir || '/'),
      user: this.#config.User ?? '',
      shell,
      flags: instruction.flags.map(({ name, value }) => ({ name, value: value.text })),
      mounts: mountsOf(instruction),
    };
  }

  #argv(command: Arguments): string[] {
    if (command.form === 'json') return command.words.map(({ text }) => text);
    return [...(this.#config.Shell ?? DEFAULT_SHELL), command.text];
  }

  #set(change: Parameters<typeof withConfig>[1]): void {
    this.#config = withConfig(this.#config, change);
  }

  #at(instruction: Instruction): Location {
    return this.#inputs.at(instruction);
  }

  #common(instruction: Instruction, createdBy: string): Common {
    return {
      line: instruction.span.start.line,
      at: this.#at(instruction),
      instruction: instruction.original,
      createdBy,
    };
  }

  #metadata(instruction: Instruction, createdBy: string): Operation {
    return { kind: 'metadata', ...this.#common(instruction, createdBy) };
  }
}

/** Env as a config has it. */
function envOf({ imageEnvironment }: StageScope): string[] {
  return [...imageEnvironment].map(([name, value]) => `${name}=${value}`);
}

/** `["node" "server.js"]`: Go's %q of a slice, which histories have. */
function goStrings(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(' ')}]`;
}
