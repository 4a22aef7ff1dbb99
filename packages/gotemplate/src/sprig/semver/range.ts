import { allowedVersions, InvalidRange } from '@gotk/apimachinery';
import { RE2JS } from 're2js';
import { quote } from '../../format/quote.ts';
import { byteLength } from '../../value/bytes.ts';
import { FunctionError } from '../../value/function.ts';
import { parseSemantic } from './version.ts';

const MAX_BYTES = 512;
const MAX_ALTERNATIVES = 32;

/** Whether a range allows a version, by the rules of Masterminds' semver. Throws `FunctionError`, in its words. */
export function isAllowed(range: string, version: string): boolean {
  if (byteLength(range) > MAX_BYTES) throw new FunctionError(`constraint string is too long (max ${MAX_BYTES} bytes)`);
  if (range.trim() === '') throw refusalOf(range);
  try {
    const allowed = allowedVersions(range, [version]);
    parseSemantic(version);
    return allowed.length > 0;
  } catch (thrown) {
    throw thrown instanceof InvalidRange ? refusalOf(range) : thrown;
  }
}

// Masterminds looks at the form first, in which any digits, x, * and bars make a number, and is then surprised by what is no version.
const NUMBER = '[0-9|xX*]+';
const WORDS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const VERSION = `v?${NUMBER}(?:\\.${NUMBER})?(?:\\.${NUMBER})?(?:-${WORDS})?(?:\\+${WORDS})?`;
const COMPARATOR = `(?:=||!=|>|<|>=|=>|<=|=<|~|~>|\\^)\\s*${VERSION}\\s*`;
const SPAN = RE2JS.compile(`\\s*(${VERSION})\\s+-\\s+(${VERSION})\\s*`);
const FORM = RE2JS.compile(`\\s*${COMPARATOR}(?:(?:\\s+|,\\s*)${COMPARATOR})*`);

/** Why a range is none. */
function refusalOf(range: string): FunctionError {
  const alternatives = SPAN.matcher(range).replaceAll('>= $1, <= $2 ').split('||');
  if (alternatives.length > MAX_ALTERNATIVES) return new FunctionError(`too many constraint groups (max ${MAX_ALTERNATIVES})`);
  const wrong = alternatives.find((alternative) => !isRange(alternative));
  const isForm = wrong === undefined || FORM.testExact(wrong);
  return new FunctionError(isForm ? 'constraint parser error' : `improper constraint: ${quote(wrong)}`);
}

function isRange(alternative: string): boolean {
  if (!FORM.testExact(alternative)) return false;
  try {
    allowedVersions(alternative, []);
    return true;
  } catch (thrown) {
    if (thrown instanceof InvalidRange) return false;
    throw thrown;
  }
}
