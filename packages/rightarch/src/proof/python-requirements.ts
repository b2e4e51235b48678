import type { Platform } from '../core/index.ts';
import { diagnostic, remark } from '../messages/index.ts';
import { machineFit } from '../scan/index.ts';
import { type Distribution, type Distributions, findDistributions } from './python-distributions.ts';
import { forsakenSites } from './python-environments.ts';
import { type PythonFinding as Finding, unloadableLibraries } from './python-libraries.ts';
import {
  holds,
  type Marker,
  type MarkerEnvironment,
  normalName,
  parseRequirement,
  pythonMachine,
  type Requirement,
} from './python-markers.ts';
import { isExtension, moduleName } from './python-modules.ts';
import type { PartProof } from './structure.ts';
import type { Obligation, Start } from './types.ts';
import { declaredText, elfOf, instructionOf, placeOf, type View } from './view.ts';

/** More of them are told as a number. */
const SHOWN = 10;

/**
 * What the distributions of the image's Pythons say about themselves, against what is there: every requirement whose
 * marker holds on this platform and not everywhere, every wheel's platform, every extension module of its RECORD, and
 * every library that its package opens by itself.
 */
export function provePythonPackages(
  view: View,
  start: Pick<Start, 'env' | 'cwd' | 'user'> & Partial<Start>,
): PartProof & { readonly witness?: string } {
  const machine = pythonMachine(view.declared);
  const all = findDistributions(view, start.env, start.cwd);
  const findings =
    machine === undefined
      ? []
      : [
          ...missingRequirements(view, all, machine),
          ...all.judged.flatMap((one) => wrongWheel(view, one, machine)),
          ...lostModules(view, all.judged),
          ...unloadableLibraries(view, all.judged, start),
          ...forsakenSites(view, start),
        ];
  const refuted = findings.find((one) => one.refutes);
  const open = findings.find((one) => !one.refutes);
  const obligations: Obligation[] = findings.map(({ refutes, path, seen }) => ({
    step: 'module',
    holds: refutes ? false : 'unknown',
    subject: path,
    evidence: seen,
  }));
  const [first] = all.judged;
  if (first !== undefined) {
    const evidence = remark('distributions-read', { count: all.judged.length });
    obligations.unshift({
      step: 'module',
      holds: refuted !== undefined ? false : open !== undefined ? 'unknown' : true,
      subject: first.python.path,
      evidence,
    });
  }
  const diagnostics = findings.slice(0, SHOWN).map((one) => one.diagnostic);
  if (findings.length > SHOWN) {
    const args = { code: findings[SHOWN]!.diagnostic.code, count: findings.length - SHOWN };
    diagnostics.push(diagnostic('proof/more-files', args, placeOf(view)));
  }
  return {
    verdict: refuted !== undefined ? 'refuted' : open !== undefined ? 'undecided' : 'proven',
    obligations,
    diagnostics,
    ...(refuted !== undefined ? { witness: refuted.witness } : {}),
    ...(refuted === undefined && open !== undefined
      ? {
          needs:
            open.diagnostic.args['needs'] === 'imported'
              ? remark('imported', { path: open.path })
              : remark('module', { word: String(open.diagnostic.args['needs']), path: open.path }),
        }
      : {}),
  };
}

/** Markers that are evaluated for one image: its distributions may name each other's extras in any number. */
const MARKERS = 200_000;

function missingRequirements(view: View, { judged, installed }: Distributions, machine: string): readonly Finding[] {
  const byName = new Map(judged.map((one) => [normalName(one.name), one]));
  // Once for each site: both its names and what is required of it may be many.
  const modules = new Map<string, ReadonlySet<string>>();
  const isThere = ({ site }: Distribution, name: string) => {
    if (installed.has(name)) return true;
    const known = modules.get(site.path) ?? modulesIn(view, site.path);
    modules.set(site.path, known);
    const module = Object.hasOwn(MODULES, name) ? MODULES[name]! : name.replaceAll('-', '_');
    return module.includes('/') ? view.tree.resolve(`${site.path}/${module}`).found : known.has(module);
  };
  const parsed = new Map<Distribution, readonly Requirement[]>();
  const requirementsOf = (dist: Distribution) => {
    const known = parsed.get(dist) ?? dist.requires.flatMap((line) => parseRequirement(line) ?? []);
    parsed.set(dist, known);
    return known;
  };
  const told = new Map<string, Finding>();
  const asked = new Set<string>();
  const todo = judged.map((dist) => ({ dist, extra: undefined as string | undefined }));
  let room = MARKERS;
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { dist, extra } = next;
    const key = `${dist.path} ${extra ?? ''}`;
    if (asked.has(key)) continue;
    asked.add(key);
    const requirements = requirementsOf(dist);
    room -= requirements.length;
    if (room < 0) return [...told.values(), tooMany(view, dist)];
    const env: MarkerEnvironment = {
      python: dist.python.version,
      machine,
      platform: 'linux',
      ...(extra !== undefined ? { extra } : {}),
    };
    const wanted = requirements
      .filter(({ marker }) => holds(marker, env) === true)
      // Those of an extra only, where it is asked for: the others were asked for without it.
      .filter(({ marker }) => extra === undefined || holds(marker, { ...env, extra: '' }) !== true);
    const missing = wanted.filter(({ name }) => !isThere(dist, name));
    // Where something is missing that every Python wants, it was left out by other means than a marker (`--no-deps`).
    const whole = missing.every(({ marker }) => dependsOn(marker, env, ELSEWHERE));
    for (const requirement of missing) {
      if (!dependsOn(requirement.marker, env, whole ? ELSEWHERE : OTHER_MACHINES)) continue;
      if (!told.has(requirement.name)) told.set(requirement.name, tell(view, dist, requirement));
    }
    for (const { name, extras } of wanted) {
      const target = byName.get(name);
      if (target !== undefined) for (const one of extras) todo.push({ dist: target, extra: one });
    }
  }
  return [...told.values()];
}

/** More requirements than are followed: what is missing among the others is not known. */
function tooMany(view: View, { name, path, node, python }: Distribution): Finding {
  const args = {
    path,
    owner: name,
    runtime: python.path,
    language: 'python' as const,
    cause: 'gone' as const,
    library: `${path}/METADATA`,
    prints: '',
    needs: 'requirements',
    files: 1,
  };
  return {
    refutes: false,
    path,
    seen: remark('many-requirements', { most: MARKERS }),
    witness: '',
    diagnostic: diagnostic('proof/module-undecided', args, placeOf(view, path, node)),
  };
}

/** Environments in which an image's packages may have been resolved by mistake: other machines and systems … */
const OTHER_MACHINES: readonly Partial<MarkerEnvironment>[] = [
  { platform: 'darwin', machine: 'arm64' },
  { platform: 'darwin', machine: 'x86_64' },
  { platform: 'win32', machine: 'AMD64' },
  { machine: 'x86_64' },
  { machine: 'aarch64' },
];
/** … and other Pythons. */
const ELSEWHERE: readonly Partial<MarkerEnvironment>[] = [
  ...OTHER_MACHINES,
  ...Array.from({ length: 9 }, (_, i) => ({ python: `3.${i + 7}` })),
];

/** True where it may have been left out because its marker was evaluated elsewhere. */
function dependsOn(
  marker: Marker | undefined,
  env: MarkerEnvironment,
  elsewhere: readonly Partial<MarkerEnvironment>[],
): boolean {
  return marker !== undefined && elsewhere.some((other) => holds(marker, { ...env, ...other }) === false);
}

/** What is imported under another name than it is installed by (the RECORD of each on PyPI, 2026-11-28). */
const MODULES: Readonly<Record<string, string>> = {
  attrs: 'attr',
  beautifulsoup4: 'bs4',
  'opencv-python': 'cv2',
  'opencv-python-headless': 'cv2',
  pillow: 'pil',
  // Other distributions have parts of `google` as well (google-auth, googleapis-common-protos).
  protobuf: 'google/protobuf',
  pycryptodome: 'crypto',
  pyjwt: 'jwt',
  'python-dateutil': 'dateutil',
  'python-dotenv': 'dotenv',
  pyyaml: 'yaml',
  'scikit-learn': 'sklearn',
};

/** Modules of a site by their names alone, as images have them without metadata that were made smaller. */
function modulesIn({ tree }: View, site: string): ReadonlySet<string> {
  const found = tree.resolve(site);
  const names = found.found ? [...(found.node.children?.keys() ?? [])] : [];
  return new Set(names.flatMap((one) => (one.endsWith('-info') ? [] : [one.toLowerCase().split('.')[0]!])));
}

function tell(view: View, dist: Distribution, { name, text, markerText = '' }: Requirement): Finding {
  const prints = `importlib.metadata.PackageNotFoundError: No package metadata was found for ${name}`;
  const owner = `${dist.name} ${dist.version}`.trim();
  const args = { owner, requirement: text, marker: markerText, python: dist.python.path, name };
  return {
    refutes: true,
    path: dist.path,
    seen: `${text}; ${markerText}`,
    witness: `${dist.python.path} -c 'import importlib.metadata; importlib.metadata.version("${name}")'`,
    diagnostic: diagnostic(
      'proof/requirement-missing',
      { ...args, prints, declared: declaredText(view), ...instructionOf(view, dist.node) },
      placeOf(view, dist.path, dist.node),
    ),
  };
}

/**
 * A wheel for other platforms only, whose programs are for another CPU as well. A shared object for another CPU is told
 * by itself, one that is gone as well, and one that fits was put right; without RECORD nobody knows which files it had.
 */
function wrongWheel(view: View, dist: Distribution, machine: string): readonly Finding[] {
  const { tags, natives = [] } = dist;
  if (tags.length === 0 || tags.some((tag) => fitsTag(tag, machine, view.declared))) return [];
  const programs = natives.flatMap((path) => {
    const found = view.tree.resolve(path);
    const facts = found.found ? elfOf(found.node.entry) : undefined;
    return facts === undefined ? [] : [{ path, fits: machineFit(facts, view.declared).fit !== 'mismatch' }];
  });
  const [program] = programs;
  if (program === undefined || programs.some((one) => one.fits || /\.so[.\d]*$/.test(one.path))) return [];
  const [tag = ''] = tags;
  const path = `${dist.path}/WHEEL`;
  const args = {
    path,
    owner: dist.name,
    declared: declaredText(view),
    found: tag,
    files: 1,
    language: 'python' as const,
  };
  return [
    {
      refutes: true,
      path,
      seen: tag,
      witness: program.path,
      diagnostic: diagnostic(
        'proof/wrong-cpu-module',
        { ...args, ...instructionOf(view, dist.node) },
        placeOf(view, path, dist.node),
      ),
    },
  ];
}

/** The last part of a tag says for which platforms: `any`, or for Linux one that ends with the CPU. */
function fitsTag(tag: string, machine: string, { architecture }: Platform): boolean {
  const platforms = (tag.split('-').at(-1) ?? '').split('.');
  return platforms.some(
    (one) =>
      one === 'any' || (/^(?:many|musl)?linux/.test(one) && (one.endsWith(`_${machine}`) || architecture === 'arm')),
  );
}

/** Extension modules that RECORD lists and that are gone, in no other form. */
function lostModules(view: View, dists: readonly Distribution[]): readonly Finding[] {
  /** Stems of what is in each directory: RECORD may list any number of files of one, and it may hold as many. */
  const stems = new Map<string, ReadonlySet<string> | undefined>();
  const stemsIn = (directory: string) => {
    if (!stems.has(directory)) {
      const found = view.tree.resolve(directory);
      const names = found.found ? [...(found.node.children?.keys() ?? [])] : undefined;
      stems.set(directory, names && new Set(names.map((name) => name.split('.')[0]!)));
    }
    return stems.get(directory);
  };
  return dists.flatMap((dist) => lostOf(view, dist, stemsIn));
}

function lostOf(
  view: View,
  dist: Distribution,
  stemsIn: (directory: string) => ReadonlySet<string> | undefined,
): readonly Finding[] {
  const { site, python } = dist;
  return (dist.natives ?? []).flatMap((path): Finding[] => {
    if (view.tree.resolve(path).found || !path.startsWith(`${site.path}/`) || !isExtension(site, path)) return [];
    // Images are made smaller by removing tests.
    if (/\/_?tests?\/|_tests?\.|_testing/.test(path)) return [];
    // A package that was removed as a whole is not imported, or is a requirement of somebody.
    const beside = stemsIn(path.slice(0, path.lastIndexOf('/')));
    if (beside === undefined || beside.has(path.slice(path.lastIndexOf('/') + 1).split('.')[0]!)) return [];
    const name = moduleName(site, path);
    // A package may do without what stands below its top: `try: from ._speedups import …`.
    const isTop = !path.slice(site.path.length + 1).includes('/');
    const prints = `ModuleNotFoundError: No module named '${name}'`;
    const args = {
      path,
      owner: dist.name,
      runtime: python.path,
      language: 'python' as const,
      cause: 'gone' as const,
      library: `${dist.path}/RECORD`,
      prints,
      files: 1,
    };
    const at = placeOf(view, path, dist.node);
    return [
      {
        refutes: isTop,
        path,
        seen: prints,
        witness: `${python.path} -c 'import ${name}'`,
        diagnostic: isTop
          ? diagnostic('proof/module-not-loadable', args, at)
          : diagnostic('proof/module-undecided', { ...args, needs: 'imported' }, at),
      },
    ];
  });
}
