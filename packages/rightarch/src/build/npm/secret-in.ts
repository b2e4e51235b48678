/** The key of a secret of npm that a file holds in plain text, undefined where it holds none. `${NPM_TOKEN}` is none. */
export function secretIn(text: string): string | undefined {
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([^#;=\s][^=]*?(?:_authToken|_auth|_password))\s*=\s*["']?(.*)$/.exec(line);
    if (match !== null && match[2] !== '' && !/^\$\{[^}]+\}/.test(match[2]!)) return match[1]!.trim();
  }
  return undefined;
}
