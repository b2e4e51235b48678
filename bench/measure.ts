import { cpus, loadavg } from 'node:os';

/** One way of doing something, by name, and what has to be true before it is timed. */
export interface Contender {
  readonly name: string;
  readonly prepare?: () => Promise<void> | void;
  readonly run: () => Promise<void> | void;
}

/** Milliseconds of every round. */
export interface Times {
  readonly name: string;
  readonly ms: readonly number[];
  readonly median: number;
}

/** Medians bear the noise of a busy machine on few rounds better than means. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Times the contenders in turn, round by round, so that whatever else the machine does falls on all of them alike;
 * the order turns round with each round, and warm-up rounds are thrown away.
 */
export async function race(
  contenders: readonly Contender[],
  { rounds, warmUp = 1 }: { readonly rounds: number; readonly warmUp?: number },
): Promise<readonly Times[]> {
  const taken = contenders.map((): number[] => []);
  for (let round = 0; round < rounds + warmUp; round++) {
    const order = contenders.map((contender, index) => ({ contender, index }));
    if (round % 2 === 1) order.reverse();
    for (const { contender, index } of order) {
      await contender.prepare?.();
      const begin = performance.now();
      await contender.run();
      if (round >= warmUp) taken[index]!.push(performance.now() - begin);
    }
  }
  return contenders.map(({ name }, index) => ({ name, ms: taken[index]!, median: median(taken[index]!) }));
}

/** One line of the report: what we took, what the other took, and how they stand to each other. */
export interface Row {
  readonly part: string;
  readonly what: string;
  readonly ms: number;
  readonly against?: { readonly name: string; readonly ms: number };
  /** Ours over theirs; with `times`, how many times faster we are. */
  readonly ratio?: number;
  readonly bar?:
    | { readonly most: number }
    | { readonly timesFaster: number }
    | { readonly mostMs: number }
    | { readonly mostBytes: number };
  /** The largest memory that it had. */
  readonly bytes?: number;
  readonly note?: string;
}

/** A row for two contenders of one race. */
export function compare(
  part: string,
  what: string,
  ours: Times,
  theirs: Times,
  extra: Pick<Row, 'bar' | 'note'> = {},
): Row {
  return {
    part,
    what,
    ms: ours.median,
    against: { name: theirs.name, ms: theirs.median },
    ratio: ours.median / theirs.median,
    ...extra,
  };
}

/** Whether a row keeps its bar; undefined where it has none. */
export function keepsBar({ bar, ratio, ms, bytes }: Row): boolean | undefined {
  if (bar === undefined) return undefined;
  if ('mostMs' in bar) return ms <= bar.mostMs;
  if ('mostBytes' in bar) return bytes === undefined ? undefined : bytes <= bar.mostBytes;
  if (ratio === undefined) return undefined;
  return 'most' in bar ? ratio <= bar.most : 1 / ratio >= bar.timesFaster;
}

/** What figures depend on, and nothing that names the machine. */
export interface MachineFacts {
  readonly cores: number;
  readonly cpu: string;
  readonly node: string;
  readonly system: string;
  /** Load averages over one minute, before and after. */
  readonly load: readonly [before: number, after: number];
}

/** Begins to watch the machine; the answer is asked for when all is done. */
export function watchMachine(): () => MachineFacts {
  const before = loadavg()[0]!;
  return () => ({
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    node: process.version,
    system: `${process.platform} ${process.arch}`,
    load: [before, loadavg()[0]!],
  });
}
