// What Go calls printable: letters, marks, numbers, punctuation, symbols, and of all spaces the plain one.
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

export const isPrintable = (character: string): boolean => PRINTABLE.test(character);
