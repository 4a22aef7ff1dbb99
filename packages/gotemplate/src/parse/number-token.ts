import { isWordCharacter, type Scanner } from './scanner.ts';

const DECIMAL = '0123456789_';
const HEX = '0123456789abcdefABCDEF_';

/** Passes over what looks like a number, sign and suffixes included; false if something else follows at once. The parser finds out whether it is one. */
function passNumber(scanner: Scanner): boolean {
  scanner.accept('+-');
  let digits = DECIMAL;
  if (scanner.accept('0')) {
    if (scanner.accept('xX')) digits = HEX;
    else if (scanner.accept('oO')) digits = '01234567_';
    else if (scanner.accept('bB')) digits = '01_';
  }
  scanner.acceptAll(digits);
  if (scanner.accept('.')) scanner.acceptAll(digits);
  if ((digits === DECIMAL && scanner.accept('eE')) || (digits === HEX && scanner.accept('pP'))) {
    scanner.accept('+-');
    scanner.acceptAll(DECIMAL);
  }
  scanner.accept('i');
  if (!isWordCharacter(scanner.peek())) return true;
  scanner.next();
  return false;
}

/** Which kind of number stands here, and passes over it; undefined for a malformed one. */
export function scanNumber(scanner: Scanner): 'number' | 'complex' | undefined {
  if (!passNumber(scanner)) return undefined;
  const sign = scanner.peek();
  if (sign !== '+' && sign !== '-') return 'number';
  return passNumber(scanner) && scanner.endsWith('i') ? 'complex' : undefined;
}
