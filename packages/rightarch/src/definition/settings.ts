import { posix } from 'node:path';
import type { OpenSetting, StartSettings } from '../target/index.ts';
import { child, itemsOf, scalarText, type Tree } from './tree.ts';
import type { Reading } from './types.ts';
import { intrinsic, isWrittenMap, type Written, writtenText } from './written.ts';

/** What one container sets, as it is read; the lifetime of one reading. */
export class Settings {
  readonly #reading: Reading;
  readonly #open: OpenSetting[] = [];
  readonly #env = new Map<string, string>();
  readonly #set: { -readonly [Key in keyof StartSettings]: StartSettings[Key] } = {};
  readonly mounts: string[] = [];

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** Takes a value over, or notes that somebody else knows it. Absent values set nothing. */
  take<Field extends 'command' | 'entrypoint' | 'user' | 'group' | 'workdir' | 'readOnly' | 'nonRoot'>(
    field: Field,
    written: Written<NonNullable<StartSettings[Field]>> | undefined,
  ): void {
    if (written === undefined) return;
    if ('value' in written) this.#set[field] = written.value;
    else this.open(field, written.open, written.offset);
  }

  /** Not known: `name` for one variable, none where there may be variables of any name. */
  open(field: OpenSetting['field'], text: string, offset: number, name?: string): void {
    if (name !== undefined) this.#env.delete(name);
    this.#open.push({ field, text, ...this.#reading.placeOf(offset), ...(name === undefined ? {} : { name }) });
  }

  /** A variable that is set; what was open about it before no longer is. */
  variable(name: string, value: string): void {
    const before = this.#open.findIndex((one) => one.field === 'env' && one.name === name);
    if (before >= 0) this.#open.splice(before, 1);
    this.#env.set(name, value);
  }

  /** The map of this member; where it is none that can be read, all that it could set is open. */
  inside(tree: Tree | undefined, ...fields: readonly OpenSetting['field'][]): Tree | undefined {
    if (tree === undefined || isWrittenMap(tree)) return tree;
    for (const field of fields) this.open(field, intrinsic(tree) ?? tree.kind, tree.offset);
    return undefined;
  }

  /** Paths of a list of mounts; a list that cannot be read may mount anywhere. */
  mountsOf(list: Tree | undefined, pathOf: (item: Tree) => string): void {
    if (list === undefined) return;
    if (list.kind !== 'list' || list.tag !== undefined) return void this.mounts.push('/');
    for (const item of list.items) {
      if (!this.#reading.spend(1)) return void this.mounts.push('/');
      this.mounts.push(pathOf(item));
    }
  }

  valueOf(name: string): string | undefined {
    return this.#env.get(name);
  }

  isOpen(name: string): boolean {
    return this.#open.some((one) => one.field === 'env' && one.name === name);
  }

  get anyOpen(): boolean {
    return this.#open.some((one) => one.field === 'env' && one.name === undefined);
  }

  groups(groups: readonly number[]): void {
    if (groups.length > 0) this.#set.groups = groups;
  }

  /** `[{ name, value }]` under the keys of ECS. A secret has `valueFrom` in place of the value. */
  pairs(list: Tree | undefined): void {
    if (list === undefined) return;
    if (list.kind !== 'list') return void this.open('env', list.kind, list.offset);
    for (const item of itemsOf(list)) {
      if (!this.#reading.spend(1)) return void this.open('env', '…', list.offset);
      const name = scalarText(child(item, 'name', 'Name'));
      if (name === undefined) {
        this.open('env', item.kind, item.offset);
        continue;
      }
      const value = child(item, 'value', 'Value');
      const from = child(item, 'valueFrom', 'ValueFrom');
      if (from !== undefined) this.open('env', name, item.offset, name);
      else {
        const written = value === undefined ? { value: '' } : writtenText(value);
        if ('value' in written) this.variable(name, written.value);
        else this.open('env', written.open, item.offset, name);
      }
    }
  }

  finish(): StartSettings {
    return {
      ...this.#set,
      ...(this.#env.size > 0 ? { env: Object.fromEntries(this.#env) } : {}),
      ...(this.mounts.length > 0 ? { mounts: [...new Set(this.mounts)] } : {}),
      ...(this.#open.length > 0 ? { open: this.#open } : {}),
    };
  }
}

/** An absolute path that something is mounted over; one that is not known is everywhere. */
export function mountPath(tree: Tree | undefined): string {
  const text = scalarText(tree);
  return text?.startsWith('/') && !/\{\{|\$\{/.test(text) ? posix.resolve(text) : '/';
}
