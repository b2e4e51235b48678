import { type Platform, parseCpu, samePlatform } from '../../core/index.ts';
import { child, itemsOf, scalarText, type Tree } from '../../definition/index.ts';
import { allKnown, cpuOfMachine } from './nodes.ts';

/** What Karpenter launches machines of. */
const CPUS: readonly Platform[] = ['amd64', 'arm64'].flatMap((word) => parseCpu(word) ?? []);

/** Keys by which machines are chosen; every other is a label, a zone or a price, and has machines of both CPUs. */
const OF_MACHINES =
  /^(?:node\.kubernetes\.io\/instance-type|(?:karpenter\.(?:k8s\.aws|azure\.com|k8s\.gcp)|eks\.amazonaws\.com)\/.*)$/;
/** Of these whichever is asked (https://karpenter.sh/docs/concepts/scheduling/#well-known-labels, read 2026-11-29). */
const OF_BOTH = /\/instance-(?:hypervisor|cpu|memory|size|encryption-in-transit-supported)$/;
const TYPE = /^(?:node\.kubernetes\.io\/instance-type|(?:karpenter\.k8s\.aws|eks\.amazonaws\.com)\/instance-family)$/;
const MAKER = /\/instance-cpu-manufacturer$/;
const CATEGORY = /\/instance-category$/;
const GENERATION = /\/instance-generation$/;

/** What one requirement leaves: some CPUs for certain, or of these perhaps not each. */
interface Left {
  readonly cpus: readonly Platform[];
  readonly perhaps: boolean;
}

const ALL: Left = { cpus: CPUS, perhaps: false };
const PERHAPS: Left = { cpus: CPUS, perhaps: true };

/**
 * The CPUs that a pool of Karpenter launches, of which every requirement must hold: undefined where they do not say it,
 * none where they contradict each other; and what says it.
 */
export function karpenterCpus(requirements: readonly Tree[]): {
  readonly platforms: readonly Platform[] | undefined;
  readonly at: Tree | undefined;
} {
  const all = requirements.map((one) => ({ ...leftBy(one), at: child(one, 'values') ?? one }));
  const platforms = CPUS.filter((cpu) => all.every(({ cpus }) => cpus.some((one) => samePlatform(one, cpu))));
  const names = requirements.some((one) => {
    const key = keyOf(one);
    return key === 'kubernetes.io/arch' || TYPE.test(key) || MAKER.test(key);
  });
  // Of two that may come, one may be left out by what is not understood here.
  const isCertain = platforms.length < 2 || (names && !all.some(({ perhaps }) => perhaps));
  const said = all.find(({ cpus }) => cpus.length < CPUS.length) ?? all.find((_, i) => isArch(requirements[i]!));
  return { platforms: isCertain ? platforms : undefined, at: said?.at };
}

const keyOf = (requirement: Tree): string => scalarText(child(requirement, 'key')) ?? '';
const isArch = (requirement: Tree): boolean => keyOf(requirement) === 'kubernetes.io/arch';

function leftBy(requirement: Tree): Left {
  const key = keyOf(requirement);
  const operator = scalarText(child(requirement, 'operator'));
  const values = itemsOf(child(requirement, 'values')).map((one) => scalarText(one) ?? '');
  const isIn = operator === 'In';
  if (operator === 'Exists') return ALL;
  if (key === 'kubernetes.io/arch') {
    const cpus = allKnown(values.map((one) => parseCpu(one)));
    if (cpus === undefined || (!isIn && operator !== 'NotIn')) return PERHAPS;
    return { cpus: CPUS.filter((cpu) => cpus.some((one) => samePlatform(one, cpu)) === isIn), perhaps: false };
  }
  if (isIn && TYPE.test(key)) {
    const cpus = allKnown(values.map((one) => cpuOfMachine('ec2', one)));
    return cpus === undefined ? PERHAPS : { cpus, perhaps: false };
  }
  if (isIn && MAKER.test(key)) {
    const isOf = (maker: string): string | undefined =>
      /^(?:intel|amd)$/.test(maker) ? 'amd64' : maker === 'aws' ? 'arm64' : undefined;
    const cpus = allKnown(values.map((one) => parseCpu(isOf(one) ?? '')));
    return cpus === undefined ? PERHAPS : { cpus, perhaps: false };
  }
  // Each of these letters, and each generation from the sixth to the eighth, has families of both.
  if (isIn && CATEGORY.test(key)) return values.some((one) => /^[cmrt]$/.test(one)) ? ALL : PERHAPS;
  if (operator === 'Gt' && GENERATION.test(key)) return Number(values[0]) <= 6 ? ALL : PERHAPS;
  return OF_BOTH.test(key) || !OF_MACHINES.test(key) ? ALL : PERHAPS;
}
