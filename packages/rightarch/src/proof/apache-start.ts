import { posix } from 'node:path';
import type { Interpreting } from './program-file.ts';
import { firstMissing, type MissingPlugin } from './server-plugins.ts';
import type { View } from './view.ts';

/** The file that Apache reads, as its official image and as Debian build it; of others only what they are told. */
const CONFIGS: Readonly<Record<string, string>> = {
  '/usr/local/apache2/bin/httpd': '/usr/local/apache2/conf/httpd.conf',
  '/usr/sbin/apache2': '/etc/apache2/apache2.conf',
};

/**
 * What `LoadModule` of Apache names (modules/core/mod_so.c, load_module; seen with 2.4.71, 2026-11-30): it ends where one is
 * not there. Which lines these are was told when the file was kept.
 */
export function missingApacheModule({ tree }: View, by: Interpreting): MissingPlugin | undefined {
  const config = configOf(by);
  const found = config === undefined ? undefined : tree.resolve(config);
  const content = found?.found === true ? found.node.entry.content : undefined;
  if (config === undefined || content === undefined) return undefined;
  const lines = Buffer.from(content).toString('utf8').split('\n');
  const told = lines.map((line) => ({ plugin: line.slice(line.indexOf(' ') + 1), config }));
  const missing = firstMissing(tree, told);
  return missing && { ...missing, prints: `Cannot load ${missing.plugin} into server: …: No such file or directory` };
}

/** Undefined behind options that say something else, or have it only say something; busybox has another one of its name. */
function configOf({ argv, path }: Interpreting): string | undefined {
  if (!/^(httpd|apache2)$/.test(posix.basename(path))) return undefined;
  let config = CONFIGS[path];
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '-f') config = argv[++i];
    else if (word === '-D' || word === '-e') i++;
    else if (!/^-(D\w+|t|X)$/.test(word)) return undefined;
  }
  return config?.startsWith('/') === true ? config : undefined;
}
