import type { GoFacts } from './file-types.ts';

const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
/** Behind the mark: the size of a pointer and flags, then two pointers or nothing (debug/buildinfo). */
const HEADER = 32;
/** The flag in byte 15: strings stand inline behind the header (Go 1.18 and later). */
const INLINE_STRINGS = 2;
const INFO_LIMIT = 256 << 10;
/** The mark stands at a multiple of this, unlike a copy of it in the text of a program (debug/buildinfo, buildInfoAlign). */
const ALIGN = 16;
/** The module information stands between two marks of this length (runtime/debug, modinfo). */
const SENTINEL = 16;

/** The setting of the CPU level, by GOARCH (cmd/go, internal/cfg). */
const LEVELS: Readonly<Record<string, string>> = {
  amd64: 'GOAMD64',
  arm: 'GOARM',
  arm64: 'GOARM64',
  '386': 'GO386',
  mips: 'GOMIPS',
  mipsle: 'GOMIPS',
  mips64: 'GOMIPS64',
  mips64le: 'GOMIPS64',
  ppc64: 'GOPPC64',
  ppc64le: 'GOPPC64',
  riscv64: 'GORISCV64',
};

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Looks for Go's build info in the writable segments of a program while they pass. It stands at the beginning of one
 * where Go links by itself, and anywhere in it where the C linker did (cgo, `-linkmode external`); a position
 * independent program has another writable segment before it.
 */
export class GoSearch {
  readonly #ranges: readonly Range[];
  #tail: Buffer = Buffer.alloc(0);
  #found: Buffer[] = [];
  #size = 0;
  #at: number | undefined;

  constructor(ranges: readonly Range[]) {
    this.#ranges = ranges;
  }

  /** Where in the file the mark was found. */
  get at(): number | undefined {
    return this.#at;
  }

  /** The bytes from `position` on. Chunks come in order and without holes. */
  push(position: number, chunk: Uint8Array): void {
    if (this.#size > 0) {
      this.#keep(chunk);
      return;
    }
    for (const { start, end } of this.#ranges) {
      const from = Math.max(start - position, 0);
      const to = Math.min(end - position, chunk.length);
      if (from >= to) continue;
      // The mark may be cut by the end of a chunk.
      const piece = Buffer.from(chunk.buffer, chunk.byteOffset + from, to - from);
      const joined =
        from === 0 && this.#tail.length > 0 ? Buffer.concat([this.#tail, piece.subarray(0, HEADER)]) : piece;
      const joinedAt = position - this.#tail.length;
      const cut = joined === piece ? -1 : markIn(joined, joinedAt);
      if (cut >= 0 && cut < this.#tail.length) {
        this.#at = joinedAt + cut;
        this.#keep(this.#tail.subarray(cut));
        this.#keep(chunk);
        return;
      }
      const at = markIn(piece, position + from);
      if (at >= 0) {
        this.#at = position + from + at;
        this.#keep(chunk.subarray(from + at));
        return;
      }
      const rest = joined === piece ? piece : Buffer.concat([this.#tail, piece.subarray(-MAGIC.length)]);
      this.#tail =
        to === chunk.length && position + to < end ? Buffer.from(rest.subarray(1 - MAGIC.length)) : Buffer.alloc(0);
    }
  }

  /** What was found; undefined where no Go toolchain left its mark. */
  facts(): GoFacts | undefined {
    return this.#size === 0 ? undefined : readGoInfo(Buffer.concat(this.#found));
  }

  #keep(bytes: Uint8Array): void {
    const part = Buffer.from(bytes.subarray(0, INFO_LIMIT - this.#size));
    if (part.length === 0) return;
    this.#found.push(part);
    this.#size += part.length;
  }
}

function markIn(bytes: Buffer, position: number): number {
  let at = bytes.indexOf(MAGIC);
  while (at >= 0 && (position + at) % ALIGN !== 0) at = bytes.indexOf(MAGIC, at + 1);
  return at;
}

/** Reads the build info that begins `data`. */
export function readGoInfo(data: Buffer): GoFacts {
  // Before Go 1.18 there were two pointers, into segments that have passed; it recorded no settings either.
  if (data.length < HEADER || ((data[15] ?? 0) & INLINE_STRINGS) === 0) return {};
  const version = readString(data, HEADER);
  const info = version && readString(data, version.end);
  if (version === undefined || info === undefined) return {};
  const lines = info.text.slice(SENTINEL, -SENTINEL).split('\n');
  const settings = new Map<string, string>();
  const named = new Map<string, string>();
  for (const line of lines) {
    const [kind = '', value = ''] = line.split('\t');
    const equals = value.indexOf('=');
    if (kind === 'build' && equals > 0) settings.set(value.slice(0, equals), value.slice(equals + 1));
    else if (!named.has(kind)) named.set(kind, value);
  }
  const architecture = settings.get('GOARCH');
  const cgo = settings.get('CGO_ENABLED');
  const facts = {
    version: version.text,
    path: named.get('path'),
    module: named.get('mod'),
    system: settings.get('GOOS'),
    architecture,
    level: architecture === undefined ? undefined : settings.get(LEVELS[architecture] ?? ''),
    cgo: cgo === undefined ? undefined : cgo === '1',
    mode: settings.get('-buildmode'),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as GoFacts;
}

/** The level that a Go program checks for when it starts, as a platform variant; undefined for the lowest. */
export function goLevel({ architecture, level }: GoFacts): string | undefined {
  if (architecture === undefined || level === undefined) return undefined;
  if (architecture === 'amd64') return /^v[234]$/.test(level) ? level : undefined;
  if (architecture === 'arm') return /^[567](,|$)/.test(level) ? `v${level[0]}` : undefined;
  // LSE came with ARMv8.1, and Go asks for it alone.
  if (architecture === 'arm64') return /^v8\.0($|,(?!.*lse))/.test(level) ? undefined : 'v8.1';
  return undefined;
}

function readString(data: Buffer, start: number): { readonly text: string; readonly end: number } | undefined {
  let length = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    const byte = data[at++];
    if (byte === undefined || shift > 28) return undefined;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  // A string that is cut off would read as one with fewer settings.
  return at + length > data.length ? undefined : { text: data.toString('utf8', at, at + length), end: at + length };
}
