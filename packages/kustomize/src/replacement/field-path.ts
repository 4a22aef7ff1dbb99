import { BuildError } from '../build-error.ts';

/** No kind of the API comes near it. */
const MAX_PARTS = 1_000;

/**
 * The parts of a path as kustomize writes them: `spec.ports.0`, `metadata.annotations.a\.b` or `metadata.annotations.[a.b]` for a key with a dot,
 * `containers.[name=web]`, `args.[=-v]`, `*`. Throws `BuildError`.
 */
export function splitFieldPath(path: string, at: string): readonly string[] {
  const pieces = path.split('.');
  if (pieces.length > 1 && pieces[0] === '') pieces.shift();
  if (pieces.length > MAX_PARTS) throw new BuildError(`${at}: a field path has at most ${MAX_PARTS} parts`);
  const parts: string[] = [];
  const whole = joinEscaped(pieces);
  for (let index = 0; index < whole.length; index++) {
    const first = whole[index] ?? '';
    if (!first.startsWith('[') || first.endsWith(']')) {
      parts.push(first);
      continue;
    }
    const closing = whole.findIndex((piece, at) => at > index && piece.endsWith(']'));
    const end = closing < 0 ? whole.length - 1 : closing;
    const bracketed = whole.slice(index, end + 1).join('.');
    // Brackets with an equals sign are for an item of a list, others only for a key with dots.
    parts.push(bracketed.includes('=') ? bracketed : bracketed.replace(/^[[\]]+/, '').replace(/[[\]]+$/, ''));
    index = end;
  }
  return parts;
}

/** A dot behind a backslash is part of a key. */
function joinEscaped(pieces: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (last?.endsWith('\\') === true) joined[joined.length - 1] = `${last.slice(0, -1)}.${piece}`;
    else joined.push(piece);
  }
  return joined;
}

/** Whether a part is for items of a list by a field or by their value: `[name=web]`, `[=-v]`. */
export const isItemSelector = (part: string): boolean => part.startsWith('[') && part.endsWith(']');

/** The index that a part is; undefined when it is none. */
export const indexIn = (part: string): number | undefined => (/^[-+]?\d+$/.test(part) ? Number(part) : undefined);

/** The field and the value of an item selector; undefined when it has no equals sign. */
export function splitItemSelector(part: string): { readonly field: string; readonly value: string } | undefined {
  const text = part.replace(/\]$/, '').replace(/^\[/, '');
  const equals = text.indexOf('=');
  return equals < 0 ? undefined : { field: text.slice(0, equals), value: text.slice(equals + 1) };
}
