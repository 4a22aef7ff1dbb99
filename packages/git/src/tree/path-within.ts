/** The names of a path, `.` and `..` resolved, of which none leads out of the root. */
export function pathWithin(path: string): readonly string[] {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts;
}
