/** Files of a Secret: its `data`, decoded. */
export type SecretFiles = Readonly<Record<string, Uint8Array>>;

/** The files whose name ends so, by name: the order of a Secret's keys means nothing. */
export function filesEndingIn(files: SecretFiles, suffixes: readonly string[]): readonly (readonly [name: string, bytes: Uint8Array])[] {
  const wanted = Object.entries(files).filter(([name]) => suffixes.some((suffix) => name.endsWith(suffix)));
  return wanted.sort(([one], [other]) => (one < other ? -1 : 1));
}
