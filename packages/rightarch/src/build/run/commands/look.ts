import { refuse } from '../refusal.ts';
import type { Outcome } from '../types.ts';
import { type Call, onEach, parseOptions } from './command.ts';

const CAT_LIMIT = 1024 * 1024;
const MACHINES: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

function line(text: string | number): Outcome {
  return { status: 0, out: `${text}\n`, err: '' };
}

/** cat of text files; bytes that are no UTF-8 are refused, because the shell's strings here are text. */
export async function cat(call: Call): Promise<Outcome> {
  const { operands } = parseOptions('cat', call.args, { flags: 'u' });
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let out = '';
  const take = (bytes: Uint8Array, what: string): void => {
    try {
      out += decoder.decode(bytes);
    } catch {
      refuse('run/not-computable', { what });
    }
  };
  const names = operands.length === 0 ? ['-'] : operands;
  const outcome = await onEach(call, names, { gnu: '%', busybox: "can't open '%'" }, async (path, shown) => {
    if (shown === '-') take(call.input ?? new Uint8Array(), 'cat -');
    else take(await call.kernel.read(path, CAT_LIMIT), `cat ${shown}`);
  });
  return { ...outcome, out };
}

/** id, for the one who runs it. */
export async function id(call: Call): Promise<Outcome> {
  const { on, operands } = parseOptions('id', call.args, { flags: 'ugn', long: { user: 'u', group: 'g', name: 'n' } });
  const { who } = call.kernel;
  if (operands.length > 0 || on.has('u') === on.has('g'))
    return refuse('run/option-unknown', { command: 'id', option: call.args.join(' ') });
  if (!on.has('n')) return line(on.has('u') ? who.uid : who.gid);
  const name = on.has('u')
    ? (await call.accounts()).find((a) => a.uid === who.uid)?.name
    : (await call.groups()).find((g) => g.gid === who.gid)?.name;
  return name === undefined ? refuse('run/not-computable', { what: 'id -n' }) : line(name);
}

/** uname -m on the CPU that the image is for. */
export function uname(call: Call): Outcome {
  if (call.args.length === 1 && call.args[0] === '-s') return line('Linux');
  const machine = call.platform.variant === undefined ? MACHINES[call.platform.architecture] : undefined;
  if (call.args.length !== 1 || call.args[0] !== '-m' || machine === undefined)
    return refuse('run/not-computable', { what: ['uname', ...call.args].join(' ') });
  return line(machine);
}

/** basename and dirname with one operand. */
export function namePart(call: Call): Outcome {
  const [path] = call.args;
  if (call.args.length !== 1 || path === undefined || path === '' || path.startsWith('-') || /^\/+$/.test(path))
    return refuse('run/option-unknown', { command: call.name, option: call.args.join(' ') });
  const cut = path.replace(/\/+$/, '');
  const slash = cut.lastIndexOf('/');
  if (call.name === 'basename') return line(cut.slice(slash + 1));
  return line(slash < 0 ? '.' : cut.slice(0, slash).replace(/\/+$/, '') || '/');
}

/** tee: what comes in goes into the files and out again. */
export async function tee(call: Call): Promise<Outcome> {
  const { on, operands } = parseOptions('tee', call.args, { flags: 'a', long: { append: 'a' } });
  const input = call.input ?? new Uint8Array();
  const outcome = await onEach(call, operands, { gnu: '%', busybox: "can't open '%'" }, async (path) => {
    const before =
      on.has('a') && call.kernel.stat(path) !== undefined ? await call.kernel.read(path) : new Uint8Array();
    call.kernel.write(path, Buffer.concat([before, input]));
  });
  return { ...outcome, out: Buffer.from(input).toString('utf8') };
}
