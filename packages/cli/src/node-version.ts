/** The releases of Node.js that have what the engines need and none of the known faults. */
const OLDEST = [
  { major: 22, minor: 22 },
  { major: 24, minor: 13 },
] as const;

/** What is wrong with a version of Node.js such as `20.20.2`; undefined: nothing. */
export function unfitNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const newest = OLDEST.at(-1);
  const isFit = OLDEST.some((oldest) => major === oldest.major && minor >= oldest.minor) || major > (newest?.major ?? 0);
  return isFit
    ? undefined
    : `needs Node.js ${OLDEST.map((oldest) => `${oldest.major}.${oldest.minor}`).join(' or ')}, or later; this is ${version}`;
}
