import { XMLParser } from 'fast-xml-parser';
import { BucketError } from './bucket-error.ts';

/** An element: its children by name. Text is a string, a child without content ''. */
export type XmlElement = Readonly<Record<string, unknown>>;

/**
 * Reads what a store answers. Documents that define things of their own, or nest deeper than any listing, are refused with a `BucketError`.
 */
export function parseXml(text: string, lists: readonly string[]): XmlElement {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text))
    throw new BucketError('protocol', 'the store sent a document with definitions of its own: refused');
  const parser = new XMLParser({
    ignoreAttributes: true,
    ignoreDeclaration: true,
    parseTagValue: false,
    // A key may start or end with a space.
    trimValues: false,
    // Only `&amp;` and its like, and characters by number: what a key can need.
    processEntities: true,
    htmlEntities: true,
    isArray: (name) => lists.includes(name),
    maxNestedTags: 20,
  });
  try {
    return nullPrototype(parser.parse(text, true) as Record<string, unknown>);
  } catch (error) {
    if (error instanceof BucketError) throw error;
    throw new BucketError('protocol', 'the store sent something that is no listing', { cause: error });
  }
}

const nullPrototype = (value: Record<string, unknown>): XmlElement => Object.assign(Object.create(null), value);

export const childOf = (element: XmlElement, name: string): XmlElement => {
  const child = Object.hasOwn(element, name) ? element[name] : undefined;
  return typeof child === 'object' && child !== null && !Array.isArray(child) ? (child as XmlElement) : {};
};

export const textOf = (element: XmlElement, name: string): string => {
  const child = Object.hasOwn(element, name) ? element[name] : undefined;
  return typeof child === 'string' ? child : '';
};

export const childrenOf = (element: XmlElement, name: string): readonly XmlElement[] => {
  const child = Object.hasOwn(element, name) ? element[name] : undefined;
  return Array.isArray(child) ? child.filter((each): each is XmlElement => typeof each === 'object' && each !== null) : [];
};
