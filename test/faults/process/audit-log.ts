import { readFile } from 'node:fs/promises';
import { isMutating, type RequestRecord, readAuditLog } from '@gotk/testkit';

export interface Asked {
  readonly namespace: string;
  /** Its beginning. */
  readonly userAgent: string;
}

/** What somebody asked for in a namespace, in the order in which the server was done with it. */
export async function auditedRequests(file: string, { namespace, userAgent }: Asked): Promise<readonly RequestRecord[]> {
  // The log of a whole suite is long: only what may concern the namespace is read as text. A server that is killed may leave half a line behind.
  const lines = linesWith(namespace, await readFile(file)).filter(isWhole);
  return readAuditLog(`${lines.join('\n')}\n`).filter(
    (request) => request.namespace === namespace && request.userAgent.startsWith(userAgent),
  );
}

const NEWLINE = 0x0a;

/** Those that are ended: the last one may still be on its way. */
function linesWith(text: string, log: Buffer): readonly string[] {
  const lines: string[] = [];
  for (let at = log.indexOf(text), end = 0; at !== -1; at = log.indexOf(text, end)) {
    end = log.indexOf(NEWLINE, at);
    if (end === -1) break;
    lines.push(log.toString('utf8', log.lastIndexOf(NEWLINE, at) + 1, end));
  }
  return lines;
}

function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Requests that may have changed something. */
export const writesAmong = (requests: readonly RequestRecord[]): readonly RequestRecord[] => requests.filter(isMutating);

/** Names of ConfigMaps that were created more than once. */
export function createdTwice(requests: readonly RequestRecord[]): readonly string[] {
  const created = requests.filter(({ resource, status }) => resource === 'configmaps' && status === 201).map(({ name }) => name);
  return created.filter((name, index) => created.indexOf(name) !== index);
}
