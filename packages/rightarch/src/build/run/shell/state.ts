import type { Dialect } from '../commands/print.ts';
import { refuse } from '../refusal.ts';

/** Everything that a shell remembers. A subshell gets a copy. */
export interface ShellState {
  readonly dialect: Dialect;
  /** Bash that was called by the name `sh`: its POSIX mode. */
  readonly posix: boolean;
  readonly variables: Map<string, string>;
  readonly exported: Set<string>;
  /** Variables that hold a secret, with its id: exported, and nothing is known of what they hold. */
  readonly secrets: ReadonlyMap<string, string>;
  cwd: string;
  /** `set -e`. */
  errexit: boolean;
  /** `set -u`. */
  nounset: boolean;
  /** `set -x`. */
  xtrace: boolean;
  /** `set -f`. */
  noglob: boolean;
  pipefail: boolean;
  status: number;
  /** Status of the last `$(…)` of the command that is being expanded. */
  substituted: number | undefined;
}

/** A variable that is read, set or unset here may not be one that holds a secret. */
export function notSecret(name: string, { secrets }: ShellState, offset?: number): void {
  const id = secrets.get(name);
  if (id !== undefined) refuse('run/secret-used', { path: `$${name}`, id }, offset);
}

/** A copy for `( … )` and `$( … )`. */
export function copyState(state: ShellState): ShellState {
  return { ...state, variables: new Map(state.variables), exported: new Set(state.exported) };
}

/** The environment that a program is started with. */
export function environment(state: ShellState): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of state.exported) {
    const value = state.variables.get(name);
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/** The shell ends here: `exit`, `set -e`, an error that a shell does not survive. */
export class ShellExit extends Error {
  readonly status: number;
  readonly said: string;

  constructor(status: number, said = '') {
    super(`exit ${status}`);
    this.name = 'ShellExit';
    this.status = status;
    this.said = said;
  }
}
