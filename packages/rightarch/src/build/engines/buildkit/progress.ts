import type { BuildEvent } from '../../types.ts';

/** One vertex of BuildKit's graph, as `--progress=rawjson` tells it (buildx 0.13 and later). */
interface Vertex {
  readonly digest: string;
  readonly name: string;
  readonly started?: string;
  readonly completed?: string;
  readonly cached?: boolean;
  readonly error?: string;
}

interface Status {
  readonly vertexes?: readonly Vertex[];
  readonly logs?: readonly { readonly vertex: string; readonly data: string }[];
}

/** A step that failed. */
export interface FailedStep {
  /** `[linux/arm64 build 2/5] RUN npm ci`. */
  readonly name: string;
  readonly error: string;
  /** What its program printed last. */
  readonly said: readonly string[];
}

/** Bytes of a step's output that are kept for whoever asks why it failed. */
const SAID = 8192;
const LINES = 12;
/** A JSON object that does not end is no status. */
const OBJECT_LIMIT = 1 << 24;

/** Reads what `docker buildx build --progress=rawjson` writes to stderr, as it comes. */
export class BuildKitProgress {
  readonly #onEvent: (event: BuildEvent) => void;
  readonly #said = new Map<string, string>();
  readonly #told = new Map<string, string>();
  #object = '';
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  #text = '';
  #failed: { readonly vertex: Vertex } | undefined;

  constructor(onEvent: (event: BuildEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** What is no JSON: the place in the Dockerfile, and the sentence at the end. */
  get text(): string {
    return this.#text;
  }

  /** The step whose failure ended the build; those that it stopped say "context canceled". */
  get failed(): FailedStep | undefined {
    if (this.#failed === undefined) return undefined;
    const { digest, name, error = '' } = this.#failed.vertex;
    const said = (this.#said.get(digest) ?? '').trimEnd().split('\n').filter(Boolean).slice(-LINES);
    return { name, error, said };
  }

  write(text: string): void {
    for (const char of text) {
      if (this.#depth === 0 && char !== '{') {
        this.#text = `${this.#text}${char}`.slice(-SAID * 4);
        continue;
      }
      this.#object += char;
      if (this.#inString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (char === '\\') this.#isEscaped = true;
        else if (char === '"') this.#inString = false;
      } else if (char === '"') this.#inString = true;
      else if (char === '{') this.#depth++;
      else if (char === '}' && --this.#depth === 0) this.#end();
      if (this.#object.length > OBJECT_LIMIT) this.#end();
    }
  }

  #end(): void {
    const text = this.#object;
    this.#object = '';
    this.#depth = 0;
    this.#inString = false;
    this.#isEscaped = false;
    let status: Status;
    try {
      status = JSON.parse(text) as Status;
    } catch {
      // A brace in a sentence, or in a line of the Dockerfile that the sentence shows.
      this.#text = `${this.#text}${text}`.slice(-SAID * 4);
      return;
    }
    for (const { vertex, data } of listed(status.logs)) {
      const before = this.#said.get(vertex) ?? '';
      this.#said.set(vertex, `${before}${Buffer.from(data, 'base64').toString('utf8')}`.slice(-SAID));
    }
    for (const vertex of listed(status.vertexes)) this.#vertex(vertex);
  }

  #vertex(vertex: Vertex): void {
    const { digest, name, started, completed, cached, error } = vertex;
    if (typeof name !== 'string') return;
    if (error !== undefined && error !== '' && (this.#failed === undefined || isStopped(this.#failed.vertex)))
      this.#failed = { vertex };
    // What BuildKit does for itself, such as loading a definition, comes and goes unseen; what failed is told at the end.
    if (/^\[(?:\S+ )?internal\]/.test(name) || started === undefined || error) return;
    const state = completed === undefined ? 'started' : cached === true ? 'cached' : 'done';
    if (this.#told.get(digest) === state) return;
    this.#told.set(digest, state);
    const ms = completed === undefined ? {} : { ms: Date.parse(completed) - Date.parse(started) };
    this.#onEvent({ kind: 'told', text: name, state, ...ms });
  }
}

/** The same of `docker build --progress plain` (Docker 20.10): `#5 [2/2] RUN x`, `#5 0.1 what it says`, `#5 ERROR: why`. */
export function plainFailure(text: string): FailedStep | undefined {
  const [, number, error = ''] = /^#(\d+) ERROR: (.*)$/m.exec(text) ?? [];
  if (number === undefined) return undefined;
  const own = [...text.matchAll(/^#(\d+) (.*)$/gm)].flatMap(([, of, line = '']) => (of === number ? [line] : []));
  const said = own.flatMap((line) => /^\d+\.\d+ (.*)$/.exec(line)?.[1] ?? []);
  return { name: own.find((line) => line.startsWith('[')) ?? '', error, said: said.slice(-LINES) };
}

const isStopped = ({ error = '' }: Vertex): boolean => /context canceled|code = Canceled/.test(error);

const listed = <T>(list: readonly T[] | undefined): readonly T[] => (Array.isArray(list) ? list : []);
