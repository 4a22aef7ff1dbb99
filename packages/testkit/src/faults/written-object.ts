import { isRecord } from '@gotk/apimachinery';
import type { RequestRecord } from './request-trace.ts';

/** Which object the server answered a write with; undefined when the answer is none, such as the Status after a delete. */
export function objectIn(answer: Buffer): RequestRecord['object'] {
  const object = parsed(answer);
  if (!isRecord(object) || object.kind === 'Status' || !isRecord(object.metadata)) return undefined;
  const { name, uid, resourceVersion } = object.metadata;
  return { name: textOf(name), uid: textOf(uid), resourceVersion: textOf(resourceVersion) };
}

/** The preconditions of a DeleteOptions; {} when there are none. */
export function preconditionsIn(body: Buffer): NonNullable<RequestRecord['preconditions']> {
  const options = parsed(body);
  if (!isRecord(options) || !isRecord(options.preconditions)) return {};
  const { uid, resourceVersion } = options.preconditions;
  return {
    ...(typeof uid === 'string' ? { uid } : {}),
    ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
