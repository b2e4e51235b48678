import { nodeWitness } from './foreign-code.ts';
import type { NodePackage } from './node-packages.ts';
import type { View } from './view.ts';

/** A family of per-platform packages as its owner meets it where none fits. */
interface Family {
  readonly declared: View['declared'];
  readonly member: string;
  /** Members for other platforms are installed. */
  readonly others: boolean;
  /** The member is installed, without the code that it should hold. */
  readonly there: boolean;
}

/** What owners do where no member fits: what is printed, and the command that meets it, where loading does not. */
const OWNERS: Readonly<
  Record<
    string,
    { readonly says: (family: Family) => string | undefined; readonly witness?: (path: string) => string } | undefined
  >
> = {
  // lib/sharp.js
  sharp: {
    says: ({ declared: { architecture }, member }) => {
      const libc = /linuxmusl/.test(member) ? 'linuxmusl' : 'linux';
      const cpu = architecture === 'amd64' ? 'x64' : architecture;
      return `Error: Could not load the "sharp" module using the ${libc}-${cpu} runtime`;
    },
  },
  // native.js
  rollup: { says: ({ member, there }) => (there ? undefined : `Error: Cannot find module ${member}.`) },
  // lib/npm/node-platform.ts: it looks for its program when it is used, not when it is loaded (seen with 0.28.2).
  esbuild: {
    says: ({ member, others, there }) =>
      there
        ? undefined
        : others
          ? "You installed esbuild for another platform than the one you're currently using."
          : `The package "${member}" could not be found, and is needed by esbuild.`,
    witness: (path) => `node ${path}/bin/esbuild --version`,
  },
};

const ownerOf = (name: string) => (Object.hasOwn(OWNERS, name) ? OWNERS[name] : undefined);

/** What the owner of a family of per-platform packages prints where none fits; undefined where that is not known. */
export function saidOfFamily(owner: string, family: Family): string | undefined {
  return ownerOf(owner)?.says(family);
}

/** The command that fails where the owner of a family has no member that fits. */
export function witnessOfFamily({ name, path }: Pick<NodePackage, 'name' | 'path'>): string {
  return ownerOf(name)?.witness?.(path) ?? nodeWitness(path);
}
