import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { inTree } from '../disk-tree.ts';

/** The message of a build of the whole file system, with file names as somebody in `cwd` would type them. */
export function asTyped(message: string, cwd: string): string {
  const [head = '', file = ''] = /^(.+?)(?=:(?:\d+:\d+:)? )/.exec(message) ?? [];
  const rest = message.slice(head.length).replaceAll(`${inTree(cwd)}/`, '');
  const absolute = `/${file}`;
  if (!existsSync(absolute)) return message;
  const near = relative(cwd, absolute) || '.';
  return `${near.length < absolute.length ? near : absolute}${rest}`;
}
