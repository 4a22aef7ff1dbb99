import type { ASN1Obj, X509Certificate } from '@sigstore/core';
import { ensure, Rejection } from './verdict.ts';

/** The attributes of a distinguished name, each at most once. */
export type DistinguishedName = ReadonlyMap<string, string>;

const MANDATORY = ['C', 'ST', 'O'];
/** RFC 4514, section 3, and the names Go prints. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'SERIALNUMBER',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.17': 'POSTALCODE',
};
const TEXT_TAGS = new Set([0x0c, 0x13, 0x16]); // UTF8String, PrintableString, IA5String

/**
 * Reads a name in the syntax of RFC 4514 by notation's rules: C, ST (or S) and O at least, no attribute twice, no `+`, no `=#`. Throws
 * {@link Rejection}.
 */
export function parseDistinguishedName(text: string): DistinguishedName {
  const name = new Map<string, string>();
  for (const part of splitUnescaped(text)) {
    const equals = part.indexOf('=');
    ensure(equals > 0, `'${text}' is no distinguished name`);
    const type = part.slice(0, equals).trim();
    const value = part.slice(equals + 1).trimStart();
    ensure(!value.startsWith('#'), `the distinguished name '${text}' has a value in hex`);
    add(name, type === 'S' ? 'ST' : type, unescaped(value, text));
  }
  return complete(name, text);
}

/** The subject of a certificate, by the same rules. Throws {@link Rejection}. */
export function subjectOf(certificate: X509Certificate): DistinguishedName {
  const name = new Map<string, string>();
  for (const relative of subjectSequence(certificate).subs) {
    ensure(relative.subs.length === 1, "the signing certificate's subject has a part with more than one attribute");
    const [type, value] = relative.subs[0]?.subs ?? [];
    ensure(type !== undefined && value !== undefined && TEXT_TAGS.has(value.tag.number), "the signing certificate's subject is not text");
    const oid = type.toOID();
    const short = SHORT_NAMES[oid];
    ensure(short !== undefined, `the signing certificate's subject has the unknown attribute ${oid}`);
    add(name, short, new TextDecoder('utf-8', { fatal: true }).decode(value.value));
  }
  return complete(name, "the signing certificate's subject");
}

/** RFC 5280: version (absent from version 1), serial number, signature, issuer, validity, subject. */
function subjectSequence({ tbsCertificate }: X509Certificate): ASN1Obj {
  const fields = tbsCertificate.subs;
  const subject = fields[fields[0]?.tag.isContextSpecific(0) === true ? 5 : 4];
  ensure(subject !== undefined, 'the signing certificate has no subject');
  return subject;
}

/** Whether every attribute of `expected` is in `name`, with the same value. */
export function isContainedIn(expected: DistinguishedName, name: DistinguishedName): boolean {
  return [...expected].every(([type, value]) => name.get(type) === value);
}

function add(name: Map<string, string>, type: string, value: string): void {
  ensure(!name.has(type), `the attribute '${type}' is in a distinguished name twice`);
  name.set(type, value);
}

function complete(name: DistinguishedName, text: string): DistinguishedName {
  const missing = MANDATORY.filter((type) => (name.get(type) ?? '') === '');
  ensure(missing.length === 0, `the distinguished name '${text}' lacks ${missing.join(', ')}`);
  return name;
}

function splitUnescaped(text: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '+') throw new Rejection(`the distinguished name '${text}' has a part with more than one attribute`);
    else if (text[at] === ',' || text[at] === ';') {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

/** `\,` is a comma, `\C3\A9` two bytes of UTF-8, and spaces at the end count only if escaped. */
function unescaped(value: string, text: string): string {
  const bytes: number[] = [];
  let end = 0;
  for (let at = 0; at < value.length; ) {
    const escaped = /^\\(?:([0-9A-Fa-f]{2})|([ "#+,;<=>\\]))/.exec(value.slice(at, at + 3));
    ensure(escaped !== null || value[at] !== '\\', `the distinguished name '${text}' has a malformed escape`);
    const character = String.fromCodePoint(value.codePointAt(at) ?? 0);
    if (escaped?.[1] !== undefined) bytes.push(Number.parseInt(escaped[1], 16));
    else bytes.push(...Buffer.from(escaped?.[2] ?? character));
    if (escaped !== null || character !== ' ') end = bytes.length;
    at += escaped === null ? character.length : escaped[0].length;
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes.slice(0, end)));
}
