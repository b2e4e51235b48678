import { posix } from 'node:path';
import { isNoArchive, isOldJava } from './java-start.ts';
import type { Interpreting, Told } from './program-file.ts';
import { type View, variable } from './view.ts';

/** Options whose value is the next word (src/java.base/share/native/libjli/java.c, IsWhiteSpaceOption). */
const VALUED =
  /^(-cp|-classpath|--class-path|-p|--module-path|--upgrade-module-path|--limit-modules|--(add-opens|add-exports|add-reads|add-modules|enable-native-access|patch-module))$/;
const AGENT = /^-(javaagent|agentpath):([^=]+)/;

/**
 * Agents that a JVM is told to load before its main class, by its arguments or by variables: one that is not there ends it
 * (hotspot/share/prims/jvmtiAgent.cpp; java.instrument/share/native/libinstrument/InvocationAdapter.c).
 */
export function beforeJava(view: View, by: Interpreting): Told {
  const { argv, env, cwd } = by;
  // The launcher reads its own variable from Java 9 on.
  const variables = ['JAVA_TOOL_OPTIONS', ...(isOldJava(view, by.path) ? [] : ['JDK_JAVA_OPTIONS']), '_JAVA_OPTIONS'];
  const words = [...variables.flatMap((name) => wordsOf(variable(env, name))), ...optionsOf(argv)];
  for (const word of words) {
    const [, kind, path = ''] = AGENT.exec(word) ?? [];
    if (kind === undefined) continue;
    const found = view.tree.resolve(path, { cwd });
    if (found.found && !(kind === 'javaagent' && isNoArchive(found.node))) continue;
    const prints =
      kind === 'javaagent'
        ? `Error opening zip file or JAR manifest missing : ${path}`
        : `Could not find agent library ${path} in absolute path`;
    const looked = posix.resolve(cwd, path);
    return { asked: `-${kind}:${path}`, looked: [found.found ? `${looked}!/META-INF/MANIFEST.MF` : looked], prints };
  }
  return missingModule(view, by, words);
}

/**
 * A module that `--add-modules` names and the runtime was not linked with (java.base, ModuleBootstrap.java; seen with jlink
 * 17, 2026-11-30). On a module path it may be elsewhere.
 */
function missingModule({ tree }: View, { path, argv }: Interpreting, words: readonly string[]): Told {
  // Words in a file may name one as well.
  if ([...words, ...argv].some((word) => /^(@|(-p|--(upgrade-)?module-path|--patch-module)(=|$))/.test(word)))
    return undefined;
  const release = posix.join(path, '../../release');
  const found = tree.resolve(release);
  const content = found.found ? found.node.entry.content : undefined;
  if (content === undefined) return undefined;
  const has = new Set(Buffer.from(content).toString('latin1').split(' '));
  const asked = words.flatMap(
    (word, i) => (word === '--add-modules' ? words[i + 1] : /^--add-modules=(.*)$/.exec(word)?.[1])?.split(',') ?? [],
  );
  const name = asked.find((one) => /^[a-z][\w.]*$/.test(one) && !has.has(one));
  return name === undefined
    ? undefined
    : { asked: `--add-modules ${name}`, looked: [`${release}#MODULES`], prints: `Module ${name} not found` };
}

/** Quotes, and words that stand in a file, are not followed. */
function wordsOf(value = ''): readonly string[] {
  return /["'@]/.test(value) ? [] : value.split(/\s+/).filter((word) => word !== '');
}

/** What stands before the main class. */
function optionsOf(argv: readonly string[]): readonly string[] {
  const options: string[] = [];
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!;
    if (VALUED.test(word)) options.push(word, argv[++i] ?? '');
    else if (!word.startsWith('-') || word === '-jar') break;
    else options.push(word);
  }
  return options;
}
