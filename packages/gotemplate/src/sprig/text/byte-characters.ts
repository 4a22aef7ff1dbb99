import { fromBytes, isAscii, toBytes } from '../../value/bytes.ts';

/** Every byte of a text as one character of Latin-1: for what Go does byte by byte. */
export const byteCharacters = (text: string): string => (isAscii(text) ? text : Buffer.from(toBytes(text)).toString('latin1'));

/** The inverse. */
export const fromByteCharacters = (bytes: string): string => (isAscii(bytes) ? bytes : fromBytes(Buffer.from(bytes, 'latin1')));
