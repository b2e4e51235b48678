import {
  cpuWords,
  formatPlatform,
  type Location,
  ok,
  type Platform,
  parsePlatform,
  type Result,
  samePlatform,
} from '../core/index.ts';
import { atInput, nearest, refusal } from '../messages/index.ts';
import { canRefuse, linux } from './fact.ts';
import { instanceExamples, readInstance } from './instance.ts';
import { findTarget, targetWords } from './targets.ts';
import { type StartSettings, type Target, type TargetAsk, targetIds } from './types.ts';

/** A runtime as somebody wrote it down, before it is known which CPU that means. */
export interface AskParts extends StartSettings {
  /** How it is called in reports. */
  readonly name: string;
  readonly target: Target;
  /** Declared CPUs; empty where nothing was declared. */
  readonly declared: readonly Platform[];
  readonly instance?: string | undefined;
  readonly pages?: number | undefined;
  readonly assume?: TargetAsk['assume'] | undefined;
  readonly at: Location;
  /** `2026-11-22`. A fact that is too old by then no longer refuses a CPU. */
  readonly today?: string | undefined;
}

/** What is taken over into the answer as it was set; `readOnly` may also be the runtime's own. */
const SETTINGS = [
  'command',
  'entrypoint',
  'env',
  'user',
  'group',
  'groups',
  'nonRoot',
  'workdir',
  'mounts',
  'open',
  'setAt',
] as const satisfies readonly (keyof StartSettings)[];

type Decision = Pick<TargetAsk, 'platforms' | 'decidedBy' | 'basis'>;

/** Which platforms a target needs: declared, of its machine, its only one, its default; or why that is not known. */
export function resolveAsk(parts: AskParts): Result<TargetAsk> {
  const decided = decide(parts);
  if (!decided.ok) return decided;
  const { name, target, instance, assume } = parts;
  const readOnly = parts.readOnly ?? target.readOnlyRoot?.value;
  const settings = SETTINGS.flatMap((key) => (parts[key] === undefined ? [] : [[key, parts[key]]]));
  return ok({
    name,
    target,
    ...decided.value,
    ...(instance !== undefined ? { instance } : {}),
    ...(parts.pages !== undefined ? { pages: parts.pages } : {}),
    ...(Object.fromEntries(settings) as StartSettings),
    ...(readOnly !== undefined ? { readOnly } : {}),
    ...(assume !== undefined ? { assume } : {}),
  });
}

function decide(parts: AskParts): Result<Decision> {
  const { target, declared, assume, at, today } = parts;
  const assumed = assume?.architecture ?? [];
  const machine = parts.instance === undefined ? undefined : fromInstance(parts, parts.instance);
  if (machine !== undefined && !machine.ok) return machine;
  if (assumed.length > 0 && declared.length === 0) return ok({ platforms: assumed, decidedBy: 'assumed' });
  if (declared.length > 0) {
    // Whoever answers for one CPU answers for that one only.
    const unsaid = declared.filter((one) => !assumed.some((other) => samePlatform(one, other)));
    if (unsaid.length === 0) return ok({ platforms: declared, decidedBy: 'assumed' });
    const clash = machine && unsaid.find((one) => !machine.value.platforms.some((its) => samePlatform(its, one)));
    if (machine && clash && machine.value.basis && canRefuse(machine.value.basis, today)) {
      const args = {
        instance: parts.instance ?? '',
        declared: formatPlatform(clash),
        found: names(machine.value.platforms),
      };
      return refusal('target/instance-other-cpu', args, at);
    }
    const missing = unsaid.find((one) => !offers(target, one));
    if (missing !== undefined && canRefuse(target.platforms, today)) return notOffered(target, missing, at);
    return ok({
      platforms: declared,
      decidedBy: unsaid.length < declared.length ? 'assumed' : 'declared',
      basis: target.platforms,
    });
  }
  if (machine !== undefined) return machine;
  return fallback(parts);
}

function fallback({ target, at }: AskParts): Result<Decision> {
  const { platforms } = target;
  if (platforms.value.length === 1) return ok({ platforms: platforms.value, decidedBy: 'only', basis: platforms });
  const chosen = target.fallback;
  if (chosen === 'unknown' || chosen.value === 'node' || chosen.value === 'required') {
    const examples = instanceExamples(target.id);
    const asks = ['amd64', 'arm64'].map((cpu) => `${target.id}:${cpu}`);
    return refusal('target/cpu-undeclared', { runtime: target.title, asks, instances: examples ?? [] }, at);
  }
  return ok({ platforms: linux(chosen.value), decidedBy: 'default', basis: chosen });
}

function fromInstance({ target, at }: AskParts, instance: string): Result<Decision> {
  const answer = readInstance(target.id, instance);
  if (answer.kind === 'no-linux') return refusal('target/instance-no-linux', { instance, runtime: target.title }, at);
  if (answer.kind === 'unknown') {
    const examples = instanceExamples(target.id) ?? [];
    return refusal('target/instance-unknown', { instance, runtime: target.id, examples }, at);
  }
  return ok({ platforms: [answer.platform.value], decidedBy: 'instance', basis: answer.platform });
}

/** 32-bit arm and the levels of a CPU are offered with the CPU itself; the judge says what is runnable. */
function offers(target: Target, asked: Platform): boolean {
  return target.platforms.value.some((one) => one.os === asked.os && one.architecture === asked.architecture);
}

function notOffered(target: Target, asked: Platform, at: Location): Result<never> {
  const { source, checked } = target.platforms;
  const offered = names(target.platforms.value);
  return refusal(
    'target/cpu-not-offered',
    { runtime: target.title, asked: formatPlatform(asked), offered, source, checked },
    at,
  );
}

function names(platforms: readonly Platform[]): readonly string[] {
  return platforms.map(formatPlatform);
}

/**
 * Reads what stands behind `--for`: `lambda`, `fargate:arm64`, `eks:amd64,arm64`, `ec2:m7g.large`,
 * `azure-vm:Standard_D2ps_v6`, `gitlab:saas-linux-small-arm64`, `ec2:arm64-64k` (a kernel with pages of 64 KiB).
 */
export function parseTargetAsk(text: string, more: AskContext = {}): Result<TargetAsk> {
  const parts = parseAskParts(text, more);
  return parts.ok ? resolveAsk(parts.value) : parts;
}

interface AskContext {
  readonly today?: string;
  readonly assume?: TargetAsk['assume'];
  readonly at?: Location;
}

/** The same, before it is known which CPU that means: something else may say so. */
export function parseAskParts(text: string, more: AskContext = {}): Result<AskParts> {
  const at = more.at ?? atInput(`--for ${text}`);
  const colon = text.indexOf(':');
  const word = colon < 0 ? text : text.slice(0, colon);
  const target = findTarget(word);
  if (target === undefined) return unknownRuntime(word, at);
  const base = { name: text, target, at, today: more.today, assume: more.assume };
  if (colon < 0) return ok({ ...base, declared: [] });
  // `arm64-16k`, as distributions name the kernels of other page sizes.
  const [, plain, pages] = /^(.*)-(4|16|64)k$/i.exec(text.slice(colon + 1)) ?? [];
  if (plain !== undefined) {
    const declared = parsePlatform(plain);
    // Other CPUs are judged by no page size: a word that changes nothing is not taken.
    if (declared?.architecture === 'arm64') return ok({ ...base, declared: [declared], pages: Number(pages) * 1024 });
  }
  const words = text.slice(colon + 1).split(',');
  const declared = words.map((one) => parsePlatform(one.trim()));
  if (declared.every((one) => one !== undefined)) return ok({ ...base, declared });
  if (instanceExamples(target.id) !== undefined && words.length === 1) {
    return ok({ ...base, declared: [], instance: words[0] ?? '' });
  }
  const unread = words[declared.indexOf(undefined)] ?? '';
  return refusal('target/cpu-unreadable', { text: unread, runtime: target.id, accepted: cpuWords }, at);
}

/** The refusal for a runtime that is not in the table, with the nearest name and the whole list. */
export function unknownRuntime(text: string, at: Location): Result<never> {
  const close = nearest(text, targetWords);
  return refusal(
    'target/unknown-runtime',
    { text, nearest: close === undefined ? undefined : findTarget(close)?.id, known: targetIds },
    at,
  );
}
