const CAPABILITIES = 'security.capability';

/**
 * What a copied file keeps of its attributes: its capabilities. BuildKit copies all of them, but no other comes into a
 * layer (containerd pkg/archive/tar.go, HandleChange). Ready to be spread into an entry.
 */
export function keptAttributes({ xattrs }: { readonly xattrs?: Readonly<Record<string, string>> | undefined }): {
  readonly xattrs?: Readonly<Record<string, string>>;
} {
  const held = xattrs?.[CAPABILITIES];
  return held === undefined ? {} : { xattrs: { [CAPABILITIES]: held } };
}
