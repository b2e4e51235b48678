import type { Platform } from '../core/index.ts';

/** `platform.machine()` on Linux, and how wheels call the CPU. That of a 32-bit container is its kernel's: nobody knows. */
const MACHINES: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  arm64: 'aarch64',
  ppc64le: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
};

export const pythonMachine = ({ architecture }: Platform): string | undefined =>
  Object.hasOwn(MACHINES, architecture) ? MACHINES[architecture] : undefined;

/** What a marker asks about (packaging.python.org, Dependency specifiers, environment markers). */
export interface MarkerEnvironment {
  /** `3.11`. */
  readonly python: string;
  /** `platform.machine()`: `x86_64`, `aarch64`; undefined where nobody knows it. */
  readonly machine: string | undefined;
  /** `sys.platform`: `linux`, `darwin`, `win32`. */
  readonly platform: string;
  readonly extra?: string;
}

/** One `Requires-Dist` line. */
export interface Requirement {
  /** Normalised as on PyPI. */
  readonly name: string;
  readonly extras: readonly string[];
  /** Without its marker, as it is written: `greenlet!=0.4.17`. */
  readonly text: string;
  readonly marker: Marker | undefined;
  readonly markerText: string | undefined;
}

export type Marker =
  | { readonly op: 'and' | 'or'; readonly left: Marker; readonly right: Marker }
  | { readonly op: 'compare'; readonly left: Operand; readonly by: string; readonly right: Operand };

type Operand = { readonly variable: string } | { readonly text: string };

export function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** Undefined for a line that is none, or has a marker that cannot be read. */
export function parseRequirement(line: string): Requirement | undefined {
  const match = /^\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?([^;]*)(?:;(.*))?$/.exec(line);
  if (match === null) return undefined;
  const [, name = '', extras = '', rest = '', written] = match;
  const marker = written === undefined ? undefined : parseMarker(written);
  if (written !== undefined && marker === undefined) return undefined;
  return {
    name: normalName(name),
    extras: extras.split(',').flatMap((one) => (one.trim() === '' ? [] : [normalName(one.trim())])),
    text: `${name}${rest.trim().replace(/^\((.*)\)$/, '$1')}`,
    marker,
    markerText: written?.trim(),
  };
}

const TOKEN = /\s*(?:(\(|\))|('[^']*'|"[^"]*")|(===|[<>=!~]=|[<>])|(not\s+in\b|[A-Za-z_.]+))/y;

export function parseMarker(text: string): Marker | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text);
    if (match === null || tokens.length > 1000) return undefined;
    tokens.push((match[1] ?? match[2] ?? match[3] ?? match[4]!).replace(/\s+/g, ' '));
  }
  let at = 0;
  let depth = 0;
  const operand = (): Operand | undefined => {
    const token = tokens[at++];
    if (token === undefined) return undefined;
    if (/^['"]/.test(token)) return { text: token.slice(1, -1) };
    return /^[a-z_.]+$/.test(token) ? { variable: token.replace('.', '_') } : undefined;
  };
  const comparison = (): Marker | undefined => {
    if (tokens[at] === '(') {
      at++;
      if (++depth > 50) return undefined;
      const inner = either();
      return tokens[at++] === ')' ? inner : undefined;
    }
    const left = operand();
    const by = tokens[at++];
    const right = operand();
    if (left === undefined || right === undefined || by === undefined) return undefined;
    return /^(?:===|[<>=!~]=|[<>]|in|not in)$/.test(by) ? { op: 'compare', left, by, right } : undefined;
  };
  const chain = (word: 'and' | 'or', next: () => Marker | undefined): Marker | undefined => {
    let left = next();
    while (left !== undefined && tokens[at] === word) {
      at++;
      const right = next();
      left = right && { op: word, left, right };
    }
    return left;
  };
  const both = () => chain('and', comparison);
  function either(): Marker | undefined {
    return chain('or', both);
  }
  const marker = either();
  return at === tokens.length ? marker : undefined;
}

/** Undefined where it depends on what is not known: the patch level of Python, the kernel's release. */
export function holds(marker: Marker | undefined, env: MarkerEnvironment): boolean | undefined {
  if (marker === undefined) return true;
  if (marker.op === 'compare') return compare(marker, env);
  const [left, right] = [holds(marker.left, env), holds(marker.right, env)];
  const decides = marker.op === 'or';
  if (left === decides || right === decides) return decides;
  return left === undefined || right === undefined ? undefined : !decides;
}

const SYSTEMS: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'Darwin', win32: 'Windows' };

function valueIn(operand: Operand, env: MarkerEnvironment): string | undefined {
  if ('text' in operand) return operand.text;
  switch (operand.variable) {
    case 'python_version':
      return env.python;
    case 'sys_platform':
      return env.platform;
    case 'platform_machine':
      return env.machine;
    case 'platform_system':
      return SYSTEMS[env.platform];
    case 'os_name':
      return env.platform === 'win32' ? 'nt' : 'posix';
    case 'implementation_name':
      return 'cpython';
    case 'platform_python_implementation':
    case 'python_implementation':
      return 'CPython';
    case 'extra':
      return env.extra ?? '';
    default:
      return undefined;
  }
}

function compare(
  { left, by, right }: Extract<Marker, { readonly op: 'compare' }>,
  env: MarkerEnvironment,
): boolean | undefined {
  const variable = 'variable' in left ? left.variable : 'variable' in right ? right.variable : '';
  if (/^(?:python_full_version|implementation_version)$/.test(variable)) {
    // The patch level is not known: what holds for the first and the last of them holds for it.
    const [low, high] = ['0', '99'].map((patch) => byVersion(`${env.python}.${patch}`, by, textOf(left, right)));
    return low === high ? low : undefined;
  }
  const [a, b] = [valueIn(left, env), valueIn(right, env)];
  if (a === undefined || b === undefined) return undefined;
  if (variable === 'extra')
    return by === '==' ? normalName(a) === normalName(b) : by === '!=' ? normalName(a) !== normalName(b) : undefined;
  if (by === 'in') return b.includes(a);
  if (by === 'not in') return !b.includes(a);
  if (variable === 'python_version') return 'variable' in left ? byVersion(a, by, b) : undefined;
  if (by === '==' || by === '===') return a === b;
  if (by === '!=') return a !== b;
  return undefined;
}

function textOf(left: Operand, right: Operand): string {
  return 'text' in left ? left.text : 'text' in right ? right.text : '';
}

/** Release numbers only, which is all that markers about Python have. */
function byVersion(version: string, by: string, wanted: string): boolean | undefined {
  const text = wanted.trim();
  if (by === 'in' || by === 'not in') return text.split(/[\s,]+/).includes(version) === (by === 'in');
  const wild = /^(\d+(?:\.\d+)*)\.\*$/.exec(text)?.[1];
  if (wild !== undefined) {
    const isSame = `${version}.`.startsWith(`${wild}.`);
    return by === '==' ? isSame : by === '!=' ? !isSame : undefined;
  }
  if (!/^\d+(?:\.\d+)*$/.test(text)) return undefined;
  const [own, other] = [version, text].map((one) => one.split('.').map(Number)) as [number[], number[]];
  const order = compareNumbers(own, other);
  switch (by) {
    case '==':
    case '===':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '~=':
      return order >= 0 && other.slice(0, -1).every((part, i) => own[i] === part);
    default:
      return undefined;
  }
}

/** Of releases by their numbers: `3.9` and `3.9.0` are one. */
export function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
