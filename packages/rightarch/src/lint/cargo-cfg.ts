/** What a condition says of one Rust target; undefined where that is not known from the triple. */
export type Verdict = boolean | undefined;

/** What rustc calls CPUs in `target_arch`, where the triple says more (doc.rust-lang.org/reference/conditional-compilation.html). */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  armv7: 'arm',
  i686: 'x86',
  powerpc64le: 'powerpc64',
  riscv64gc: 'riscv64',
};

/** Whether `[target.KEY]` of Cargo's settings is of a triple: named, or by `cfg(…)`. */
export function isOfTarget(key: string, triple: string): Verdict {
  const condition = /^cfg\((.*)\)$/s.exec(key)?.[1];
  if (condition === undefined) return key === triple;
  const words = condition.match(/\w+|"[^"]*"|[^\s\w"]/g) ?? [];
  const verdict = read(words, factsOf(triple));
  return words.length > 0 ? undefined : verdict;
}

function factsOf(triple: string): ReadonlyMap<string, string> {
  const [cpu = '', vendor = '', os = '', env = ''] = triple.split('-');
  const isNarrow = /^(?:armv7|i686)$/.test(cpu);
  return new Map([
    ['target_arch', ARCHITECTURES[cpu] ?? cpu],
    ['target_vendor', vendor],
    ['target_os', os],
    ['target_family', 'unix'],
    ['target_env', env.replace(/eabi\w*$/, '')],
    ['target_endian', cpu === 's390x' ? 'big' : 'little'],
    ['target_pointer_width', isNarrow ? '32' : '64'],
  ]);
}

/** Takes one condition off the front. */
function read(words: string[], facts: ReadonlyMap<string, string>): Verdict {
  const name = words.shift() ?? '';
  if (words[0] === '=') {
    words.shift();
    const value = words.shift()?.slice(1, -1);
    const has = facts.get(name);
    return has === undefined ? undefined : has === value;
  }
  if (words[0] !== '(') return name === 'unix' ? true : name === 'windows' ? false : undefined;
  words.shift();
  const inner: Verdict[] = [];
  while (words.length > 0 && words.at(0) !== ')') {
    inner.push(read(words, facts));
    if (words.at(0) === ',') words.shift();
  }
  words.shift();
  if (name === 'not') return inner.length !== 1 || inner[0] === undefined ? undefined : !inner[0];
  if (name !== 'all' && name !== 'any') return undefined;
  const decides = name === 'any';
  return inner.includes(decides) ? decides : inner.includes(undefined) ? undefined : !decides;
}
