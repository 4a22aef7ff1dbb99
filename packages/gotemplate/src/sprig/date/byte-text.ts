import { isAscii, toBytes } from '../../value/bytes.ts';

// Go reads times byte by byte, and says at which byte it gave up. A text is read here as one in which each character stands for a byte.

export const byteText = (text: string): string =>
  isAscii(text) ? text : Array.from(toBytes(text), (byte) => String.fromCharCode(byte)).join('');

/** As errors about times show a text: without anything that is not of ASCII. */
export function quoteBytes(bytes: string): string {
  const shown = bytes.replaceAll(/["\\]|[^\u0020-\u007f]/g, (byte) =>
    byte === '"' || byte === '\\' ? `\\${byte}` : `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `"${shown}"`;
}
