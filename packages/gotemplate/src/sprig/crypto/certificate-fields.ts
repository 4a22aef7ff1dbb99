import { sprintf } from '../../format/printf.ts';
import { quote } from '../../format/quote.ts';
import { isAscii, toBytes } from '../../value/bytes.ts';
import { elementsOf } from '../../value/entries.ts';
import { FunctionError } from '../../value/function.ts';
import type { GoValue } from '../../value/model.ts';
import { type Instant, later, readingOf } from '../date/instant.ts';
import { bitString, contextTag, der, objectIdentifier, octetString, sequence, TAG, TRUE } from './der.ts';
import { parseIpAddress } from './ip-address.ts';

// The fields of a certificate (RFC 5280), as Go writes them for Sprig.

const ASCII = new TextEncoder();

/** A name that is no more than a common name, and nothing where that is empty. */
export function subjectNamed(commonName: string): Uint8Array {
  if (commonName === '') return sequence();
  if (!commonName.isWellFormed()) throw new FunctionError('error creating certificate: asn1: string not valid UTF-8');
  const tag = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(commonName) ? TAG.printableString : TAG.utf8String;
  return sequence(der(TAG.set, sequence(objectIdentifier('2.5.4.3'), der(tag, toBytes(commonName)))));
}

const DAY = 86_400_000_000_000n;

/** From now on for so many days, in whole seconds; as many as do not fit in a duration come out at its other end. */
export function validity(now: Instant, days: bigint): Uint8Array {
  return sequence(timeBytes(now), timeBytes(later(now, BigInt.asIntN(64, DAY * days))));
}

/** In UTC, with four digits for a year that two do not stand for. */
function timeBytes(instant: Instant): Uint8Array {
  const { year, month, day, hour, minute, second } = readingOf(instant);
  const isShort = year >= 1950 && year < 2050;
  const rest = [month, day, hour, minute, second].map((each) => String(each).padStart(2, '0')).join('');
  const digits = isShort ? String(year).slice(2) : String(year).padStart(4, '0');
  return der(isShort ? TAG.utcTime : TAG.generalizedTime, ASCII.encode(`${digits}${rest}Z`));
}

interface Extension {
  readonly id: string;
  readonly critical?: boolean;
  readonly value: Uint8Array;
}

export interface ExtensionFields {
  readonly isAuthority: boolean;
  readonly subjectKeyId: Uint8Array | undefined;
  readonly authorityKeyId: Uint8Array | undefined;
  readonly alternativeNames: readonly Uint8Array[];
  readonly hasSubject: boolean;
}

export function extensions({ isAuthority, subjectKeyId, authorityKeyId, alternativeNames, hasSubject }: ExtensionFields): Uint8Array {
  const all: Extension[] = [
    // Digital signature and key encipherment; authorities sign certificates as well.
    { id: '2.5.29.15', critical: true, value: isAuthority ? bitString(Uint8Array.of(0xa4), 2) : bitString(Uint8Array.of(0xa0), 5) },
    // Of servers and of clients.
    { id: '2.5.29.37', value: sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'), objectIdentifier('1.3.6.1.5.5.7.3.2')) },
    { id: '2.5.29.19', critical: true, value: isAuthority ? sequence(TRUE) : sequence() },
  ];
  if (subjectKeyId !== undefined) all.push({ id: '2.5.29.14', value: octetString(subjectKeyId) });
  if (authorityKeyId !== undefined) all.push({ id: '2.5.29.35', value: sequence(der(contextTag(0), authorityKeyId)) });
  // Nothing else says whose certificate it is, where there is no subject.
  if (alternativeNames.length > 0) all.push({ id: '2.5.29.17', critical: !hasSubject, value: sequence(...alternativeNames) });
  const written = all.map(({ id, critical = false, value }) =>
    sequence(objectIdentifier(id), ...(critical ? [TRUE] : []), octetString(value)),
  );
  return der(contextTag(3, { constructed: true }), sequence(...written));
}

/** The addresses of a list. Throws `FunctionError`. */
export function addressNames(list: GoValue): readonly Uint8Array[] {
  return elementsOf(list).map((element) => {
    if (typeof element !== 'string') throw new FunctionError(sprintf('error parsing ip: %v is not a string', [element]));
    const bytes = parseIpAddress(element);
    if (bytes === undefined) throw new FunctionError(`error parsing ip: ${element}`);
    return der(contextTag(7), bytes);
  });
}

/** The texts of a list of names of hosts. Throws `FunctionError`. */
export function hostNames(list: GoValue): readonly string[] {
  return elementsOf(list).map((element) => {
    if (typeof element === 'string') return element;
    throw new FunctionError(sprintf('error processing alternate dns name: %v is not a string', [element]));
  });
}

/** Throws `FunctionError` for a name that is not of ASCII. */
export function hostName(name: string): Uint8Array {
  if (!isAscii(name)) throw new FunctionError(`error creating certificate: x509: ${quote(name)} cannot be encoded as an IA5String`);
  return der(contextTag(2), ASCII.encode(name));
}
