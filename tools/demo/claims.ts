/** What the demo reads of the JSON of `verify`. */
export interface Said {
  readonly verdict: string;
  readonly platforms: readonly { readonly platform: string; readonly verdict: string }[];
  readonly targets: readonly { readonly id: string; readonly verdict: string }[];
  readonly diagnostics: readonly {
    readonly code: string;
    readonly severity: string;
    readonly fix: string;
    readonly at: { readonly path?: string; readonly platform?: string; readonly layerIndex?: readonly number[] };
  }[];
}

/** What the demo tells its reader, held to what was proved: the claims that do not hold, in words. */
export function missedByGood({ verdict, platforms, targets, diagnostics }: Said): readonly string[] {
  return missed({
    'both platforms are proven': verdict === 'proven' && saidOf(platforms, 'proven', 'proven'),
    'Fargate and Cloud Run are proven, Lambda is refuted':
      targets.map((one) => `${one.id} ${one.verdict}`).join(', ') === 'api proven, web proven, fn refuted',
    'all that is wrong is that Lambda takes no index, and finds no client of its API':
      errors(diagnostics) === 'target/index-rejected target/lambda-runtime-missing',
  });
}

/** The same of the image with one wrong file: which, in which layer, and what to do. */
export function missedByWrong({ verdict, platforms, targets, diagnostics }: Said): readonly string[] {
  const [found] = diagnostics.filter(({ code }) => code === 'proof/wrong-cpu-module');
  const { at, fix = '' } = found ?? {};
  return missed({
    'the image is refuted': verdict === 'refuted',
    'of its platforms linux/arm64 alone': saidOf(platforms, 'proven', 'refuted'),
    'Fargate on Arm would not start it': targets.some((one) => one.id === 'fargate:arm64' && one.verdict === 'refuted'),
    'the file of sharp is named': /^\/app\/node_modules\/@img\/sharp-linux-arm64\/lib\/[^/]+\.node$/.test(
      at?.path ?? '',
    ),
    'so is the last layer, of that platform':
      at?.platform === 'linux/arm64' && at.layerIndex !== undefined && at.layerIndex[0] === at.layerIndex[1],
    'and what to do about it': fix !== '',
  });
}

/** Both platforms, neither more nor less, with what was said of each. */
const saidOf = (platforms: Said['platforms'], amd64: string, arm64: string): boolean =>
  platforms
    .map((one) => `${one.platform} ${one.verdict}`)
    .sort()
    .join(', ') === `linux/amd64 ${amd64}, linux/arm64 ${arm64}`;

const missed = (claims: Readonly<Record<string, boolean>>): readonly string[] =>
  Object.keys(claims).filter((claim) => !claims[claim]);

const errors = (diagnostics: Said['diagnostics']): string =>
  diagnostics
    .flatMap(({ code, severity }) => (severity === 'error' ? code : []))
    .sort()
    .join(' ');
