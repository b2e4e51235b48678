import type { EntrySink } from '../tar/types.ts';
import type { JarManifest } from './file-types.ts';

/** The name by which `java -jar` looks for it (java.base/share/native/libjli/parse_manifest.c, find_file). */
export const MANIFEST = 'META-INF/MANIFEST.MF';
/** More than one of a thousand jars on its class path. */
export const MANIFEST_LIMIT = 256 << 10;

/** Gathers the manifest of a jar, to tell which class it starts. */
export class ManifestReader implements EntrySink {
  #pieces: Uint8Array[] = [];
  #size = 0;
  #found: Omit<JarManifest, 'holdsMain'> | undefined;

  write(piece: Uint8Array): void {
    // The piece is a view that the reader reuses.
    if (this.#size <= MANIFEST_LIMIT) this.#pieces.push(Uint8Array.from(piece));
    this.#size += piece.length;
  }

  end(complete: boolean): void {
    if (complete && this.#size <= MANIFEST_LIMIT) this.#found = parse(Buffer.concat(this.#pieces).toString('utf8'));
    this.#pieces = [];
  }

  /** Undefined where it was not read to its end. */
  get found(): Omit<JarManifest, 'holdsMain'> | undefined {
    return this.#found;
  }

  /** The member that holds the class which it names. */
  get mainMember(): string | undefined {
    const main = this.#found?.main;
    return main === undefined ? undefined : `${main.replaceAll('.', '/')}.class`;
  }
}

/** Its main section: names in any case, and lines that go on behind a blank (docs.oracle.com, JAR File Specification). */
function parse(text: string): Omit<JarManifest, 'holdsMain'> {
  const [section = ''] = text.replace(/\r\n?/g, '\n').split('\n\n');
  const lines = section.replaceAll('\n ', '').split('\n');
  const value = (name: RegExp): string | undefined =>
    lines
      .find((line) => name.test(line))
      ?.replace(name, '')
      .trim();
  const main = value(/^Main-Class: /i);
  const classPath = value(/^Class-Path: /i)?.split(/ +/) ?? [];
  return { ...(main === undefined ? {} : { main }), ...(classPath.length === 0 ? {} : { classPath }) };
}
