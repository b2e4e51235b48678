import type { MachineWords } from '../machine-words.ts';
import type { Variables } from './shell.ts';

export interface RunWord {
  readonly text: string;
  /** With its variables. */
  readonly written: string;
  readonly from: number;
  readonly to: number;
}

/** A command that the build of one platform certainly runs, with the words that it has there. */
export interface RunCommand {
  readonly words: readonly RunWord[];
  readonly assigned: ReadonlyMap<string, string>;
  /** Something else is done where it fails: `curl … || apt-get install …`, `if curl …; then`. */
  readonly isCaught: boolean;
  readonly from: number;
  readonly to: number;
}

/** A `case` or a chain of `if` of which no branch is for the value that is asked, or only `*)` and `else` are. */
export interface Choice {
  readonly kind: 'case' | 'if';
  readonly taken: 'none' | 'rest';
  /** As written: the word of `case`, the first condition of `if`. */
  readonly asked: string;
  /** Of `case`: what the word is. */
  readonly value: string;
  /** What the branches are for, as written. */
  readonly branches: readonly string[];
  /** What each branch that goes on sets alike, and with which values: nothing of it is there where none is taken. */
  readonly sets: ReadonlyMap<string, readonly string[]>;
  /** What `*)` or `else` sets. */
  readonly gives: ReadonlyMap<string, string>;
  /** The build ends there with an error: `*) exit 1`, and no shell of its own that ends alone. */
  readonly stops: boolean;
  /** Of what `*)` or `else` runs. */
  readonly body: { readonly from: number; readonly to: number } | undefined;
  readonly from: number;
  readonly to: number;
}

export interface Evaluated {
  readonly commands: readonly RunCommand[];
  readonly choices: readonly Choice[];
}

/** What a script of one platform is told. */
export interface Told {
  /** `UNSEEN` in a value for what is not known; undefined for a variable that nobody here sets. */
  readonly outside: Variables;
  /** What the machine says of its own CPU; undefined where that is not the one that is built for. */
  readonly machine: MachineWords | undefined;
}

/** Stands in a word for a variable that a choice left unset: the choice by its number. */
const LEFT_UNSET = /\u0003(\d+) (\w+)\u0003/g;

/** The variables in a word that choices left unset. */
export const leftUnsetIn = (text: string): readonly { readonly choice: number; readonly name: string }[] =>
  [...text.matchAll(LEFT_UNSET)].map(([, choice, name]) => ({ choice: Number(choice), name: name! }));

/** The word as the shell has it. */
export const withoutMarks = (text: string): string => text.replace(LEFT_UNSET, '');
