import { posix } from 'node:path';
import type { TreeNode } from '../scan/index.ts';
import type { Interpreting, MissingProgram, Told } from './program-file.ts';
import { wordAt } from './told-words.ts';
import { childrenAt, type View, variable } from './view.ts';

/** Options of the launcher (src/java.base/share/native/libjli/java.c); of what is loaded with it only those that are files. */
const FLAGS =
  /^(-[DX].*|-(server|client|ea|da|esa|dsa|verbose)(:.*)?|-(enableassertions|disableassertions)(:.*)?|-java(agent):.*|-agentlib:.*|--(add-opens|add-exports|add-reads|add-modules|enable-native-access|finalization|sun-misc-unsafe-memory-access)=.*|--enable-preview)$/;
const VALUED = /^(-cp|-classpath|--class-path|--(add-opens|add-exports|add-reads|add-modules|enable-native-access))$/;
const CLASS_PATH = /^(-cp|-classpath|--class-path)$/;
/** What adds classes that the class path does not name, or options that nobody sees here. */
const ADDS =
  /^(-javaagent:|-agentlib:|--add-modules|-Xbootclasspath|-Djava\.(class|system|ext|endorsed)\.|-XX:(Flags|VMOptionsFile)=)/;
/** Classes that the runtime brings may be started as well. */
const OWN = /^(java|javax|jdk|sun|com[./]sun|org[./](ietf|w3c|xml|jcp))[./]/;

/** The classes of a runtime until Java 8, which asks a directory of extensions before the class path. */
const OLD = ['lib/rt.jar', 'jre/lib/rt.jar'];

const isBeside = ({ tree }: View, path: string, names: readonly string[]): boolean =>
  names.some((name) => tree.resolve(posix.join(posix.dirname(posix.dirname(path)), name)).found);

/** In front of a runtime: `lib/modules` of Java 9 and later. */
export const isJava = (view: View, path: string): boolean => isBeside(view, path, ['lib/modules', ...OLD]);

/** Java 8 and older. */
export const isOldJava = (view: View, path: string): boolean => isBeside(view, path, OLD);

/**
 * What no shell has expanded stands where a class is named: nobody has one of that name. In a definition of the target a
 * tool may fill it in (envsubst, Flux), in what the image itself says nobody does.
 */
const UNEXPANDED = /^\$(\{|[A-Z][A-Z0-9_]*$)/;

export function toldJava(view: View, by: Interpreting): Told {
  const { argv, cwd } = by;
  const first = wordAt(argv, FLAGS, VALUED);
  const { Entrypoint, Cmd } = view.image.config.config ?? {};
  const isWritten = (word: string) => [...(Entrypoint ?? []), ...(Cmd ?? [])].includes(word);
  if (first !== undefined && UNEXPANDED.test(first.word) && isWritten(first.word) && !first.before.some(isFileOfWords))
    return { asked: first.word, looked: [posix.join(cwd, `${first.word}.class`)], prints: notLoaded(first.word) };
  const at = argv.indexOf('-jar');
  if (at < 0) return missingClass(view, by);
  const jar = argv[at + 1];
  if (jar === undefined || jar === '' || jar.startsWith('-') || argv.slice(1, at + 2).some(isFileOfWords))
    return undefined;
  const before = wordAt([...argv.slice(0, at), jar], FLAGS, VALUED);
  if (before === undefined || before.before.length !== at - 1) return undefined;
  const prints = `Error: Unable to access jarfile ${jar}`;
  const asked = `-jar ${jar}`;
  const path = posix.resolve(cwd, jar);
  const found = view.tree.resolve(jar, { cwd });
  if (!found.found) return { asked, looked: [path], prints };
  if (isNoArchive(found.node)) {
    const says = `Error: Invalid or corrupt jarfile ${jar}`;
    return { opens: jar, denied: prints, wants: { asked, looked: [`${path}!/META-INF/MANIFEST.MF`], prints: says } };
  }
  // A page that a download left instead of the archive; or a program before one, which is found from its end.
  if (found.node.entry.program?.kind === 'other') return { opens: jar, denied: prints, doubt: 'archive-end' };
  return (
    missingMain(view, by, { asked, jar, path, node: found.node, options: before.before }) ?? {
      opens: jar,
      denied: prints,
    }
  );
}

/** What is told as text has no NUL in its first 256 bytes, and no end of a zip archive is without (APPNOTE.TXT, 4.3.16). */
const TEXT_SEEN = 256;

/** A file that holds no zip archive, whatever its name: an empty one, a pointer of Git LFS, the words of a failed download. */
export function isNoArchive({ entry }: TreeNode): boolean {
  const { program, size } = entry;
  return program?.kind === 'empty' || (program?.kind === 'other' && program.text === true && size <= TEXT_SEEN);
}

/**
 * The class that the manifest of a jar names, or that it names none (sun/launcher/LauncherHelper.java; seen with 17 and 21,
 * 2026-11-30): of `-plain.jar`, of a jar whose `lib/` stayed behind, as that of quarkus-run.jar.
 */
function missingMain(
  view: View,
  by: Interpreting,
  {
    asked,
    jar,
    path,
    node,
    options,
  }: Record<'asked' | 'jar' | 'path', string> & {
    readonly node: TreeNode;
    readonly options: readonly string[];
  },
): MissingProgram | undefined {
  const { program } = node.entry;
  const manifest = (program?.kind === 'script' ? program.zip : program?.kind === 'zip' ? program : undefined)?.manifest;
  if (manifest === undefined || manifest.holdsMain) return undefined;
  const { main, classPath = [] } = manifest;
  if (main === undefined)
    return {
      asked,
      looked: [`${path}!/META-INF/MANIFEST.MF#Main-Class`],
      prints: `no main manifest attribute, in ${jar}`,
    };
  if (OWN.test(`${main}.`) || isOldJava(view, by.path) || isAdding(options, by.env)) return undefined;
  // Elsewhere than beside it, or an address: nobody looks there.
  if (classPath.some((one) => /[%:?#]/.test(one))) return undefined;
  const { cwd } = by;
  const places = [...new Set([jar, view.tree.resolve(jar, { cwd }).path])].flatMap((jarAt) =>
    classPath.map((one) => posix.join(one.startsWith('/') ? '/' : posix.dirname(jarAt), one)),
  );
  if (places.some((place) => view.tree.resolve(place, { cwd }).found)) return undefined;
  const looked = [...new Set(places.map((place) => posix.resolve(cwd, place)))];
  return { asked, looked: [`${path}!/${main.replaceAll('.', '/')}.class`, ...looked], prints: notLoaded(main) };
}

/** Variables and options that add classes which nobody sees here. */
const isAdding = (options: readonly string[], env: readonly string[]): boolean =>
  options.some((one) => ADDS.test(one)) ||
  ['JDK_JAVA_OPTIONS', 'JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS'].some((name) => variable(env, name));

/** Expanded wherever it stands before the program, also as the value of `-cp` (libjli/args.c, checkArg): Jib starts so. */
const isFileOfWords = (word: string): boolean => word.startsWith('@');

/**
 * A main class that no part of the class path holds (sun/launcher/LauncherHelper.java). Directories are looked into; an
 * archive may hold anything, a file that is none holds nothing.
 */
function missingClass(view: View, { path: java, argv, env, cwd }: Interpreting): MissingProgram | undefined {
  const { tree } = view;
  const found = wordAt(argv, FLAGS, VALUED);
  if (found === undefined || isAdding(found.before, env) || found.before.some(isFileOfWords)) return undefined;
  if (isOldJava(view, java)) return undefined;
  const { word, before } = found;
  if (!/^[\w$]+([./][\w$]+)*$/.test(word) || word.endsWith('.java') || OWN.test(word)) return undefined;
  const last = before.findLastIndex((one) => CLASS_PATH.test(one));
  const classPath = last < 0 ? variable(env, 'CLASSPATH') || '.' : (before[last + 1] ?? '');
  const file = `${word.replaceAll('.', '/')}.class`;
  const looked: string[] = [];
  for (const part of classPath.split(':')) {
    const isAll = part === '*' || part.endsWith('/*');
    const path = posix.resolve(cwd, isAll ? part.slice(0, -1) : part);
    const children = childrenAt(tree, path);
    if (isAll) {
      if ([...(children?.keys() ?? [])].some((name) => /\.jar$/i.test(name))) return undefined;
      looked.push(posix.join(path, '*.jar'));
    } else if (children === undefined) {
      const archive = tree.resolve(path);
      if (archive.found && !isNoArchive(archive.node)) return undefined;
      if (archive.found) looked.push(`${path}!/${file}`);
      else looked.push(/\.(jar|zip)$/i.test(path) ? path : posix.join(path, file));
    } else {
      if (tree.resolve(posix.join(path, file)).found) return undefined;
      looked.push(posix.join(path, file));
    }
  }
  return { asked: word, looked, prints: notLoaded(word) };
}

const notLoaded = (word: string): string => `Error: Could not find or load main class ${word.replaceAll('/', '.')}`;
