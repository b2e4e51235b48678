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
  return undefined;
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
    if (VALUED.test(word)) i++;
    else if (!word.startsWith('-') || word === '-jar') break;
    else options.push(word);
  }
  return options;
}
