import type { Location } from '../../core/index.ts';
import { failure } from '../../messages/index.ts';
import type { RuntimeConfig } from '../../oci/types.ts';

/** What SHELL is where nobody set it. */
export const DEFAULT_SHELL: readonly string[] = ['/bin/sh', '-c'];

/** A config with some members set; `undefined` removes one. Members keep the order of Go's struct, so that bytes are stable. */
export function withConfig(
  config: RuntimeConfig,
  change: { readonly [Key in keyof RuntimeConfig]?: RuntimeConfig[Key] | undefined },
): RuntimeConfig {
  const merged: Record<string, unknown> = { ...config, ...change };
  const order = [
    ...['User', 'ExposedPorts', 'Env', 'Entrypoint', 'Cmd', 'Volumes', 'WorkingDir', 'Labels', 'StopSignal'],
    ...['ArgsEscaped', 'Healthcheck', 'OnBuild', 'Shell'],
  ];
  const rest = Object.keys(merged)
    .filter((key) => !order.includes(key))
    .sort();
  const out: Record<string, unknown> = {};
  for (const key of [...order, ...rest]) {
    const value = merged[key];
    if (value !== undefined && value !== null) out[key] = value;
  }
  return out as RuntimeConfig;
}

/**
 * EXPOSE as docker reads it: `80`, `80/udp`, `8000-8002/tcp`, `8080:80` (the port in the container counts). Every
 * port of a range has its own member (docker/go-connections nat.ParsePortSpecs).
 */
export function exposedPorts(text: string, at: Location): string[] {
  const match = /^(?:(?:[^:]*:)?(?:\d*(?:-\d+)?):)?(\d+)(?:-(\d+))?(?:\/([A-Za-z]+))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  const protocol = (match?.[3] ?? 'tcp').toLowerCase();
  if (match === null || first > last || last > 65535 || !['tcp', 'udp', 'sctp'].includes(protocol))
    throw failure(
      'engine/value-invalid',
      { instruction: 'EXPOSE', value: text, expected: '`8080/tcp`' },
      at,
      'request',
    );
  return Array.from({ length: last - first + 1 }, (_, i) => `${first + i}/${protocol}`);
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** A duration of Go (`1m30s`) in nanoseconds: HEALTHCHECK. */
export function parseDuration(text: string, at: Location): number {
  const invalid = () =>
    failure('engine/value-invalid', { instruction: 'HEALTHCHECK', value: text, expected: '`1m30s`' }, at, 'request');
  if (text === '0') return 0;
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) throw invalid();
  const total = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit!]!, 0);
  // BuildKit: an interval that is not zero is at least a millisecond.
  if (total !== 0 && total < 1e6) throw invalid();
  return Math.round(total);
}

const SIGNALS: ReadonlySet<string> = new Set([
  ...'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS'.split(' '),
  ...'TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX'.split(' '),
  ...Array.from({ length: 15 }, (_, i) => `RTMIN+${i + 1}`),
  ...Array.from({ length: 14 }, (_, i) => `RTMAX-${i + 1}`),
]);

/** STOPSIGNAL: a number that is not 0, or the name of a signal of Linux, in any case (moby/sys signal.ParseSignal). */
export function stopSignal(text: string, at: Location): string {
  const known = /^[+-]?\d+$/.test(text) ? Number(text) !== 0 : SIGNALS.has(text.toUpperCase().replace(/^SIG/, ''));
  if (known) return text;
  const args = { instruction: 'STOPSIGNAL', value: text, expected: '`SIGTERM`' };
  throw failure('engine/value-invalid', args, at, 'request');
}
