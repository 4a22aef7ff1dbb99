import { isRecord } from '@gotk/apimachinery';

/** The keys of a field set on the way to a field, as the API server writes them. */
export type SetPath = readonly string[];

const MAX_CHARACTERS = 160;
const MAX_KEY_CHARACTERS = 60;

/**
 * A field as people write it, such as `spec.containers[name=app].image`. Of values it shows only those that tell the elements of a list apart: the values of a
 * set can be anything.
 */
export function renderPath(path: SetPath): string {
  const text = path.map(renderKey).join('').replace(/^\./, '');
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}

function renderKey(key: string): string {
  const [kind, rest] = [key.slice(0, 2), key.slice(2)];
  if (kind === 'f:') return /^[\w-]+$/.test(rest) ? `.${rest}` : `['${rest}']`;
  if (kind === 'i:') return `[${rest}]`;
  return kind === 'k:' ? `[${renderElement(rest)}]` : '[…]';
}

function renderElement(text: string): string {
  try {
    const keys: unknown = JSON.parse(text);
    if (!isRecord(keys)) return '…';
    const shown = Object.entries(keys).map(([name, value]) => `${name}=${isRecord(value) ? '…' : String(value)}`);
    return shown.join(',').slice(0, MAX_KEY_CHARACTERS);
  } catch {
    return '…';
  }
}
